/** Random quantities and durations as people, and machines, write them. */
import fc from 'fast-check';

const digits = fc.oneof(
	{ weight: 4, arbitrary: fc.nat(2048).map(String) },
	{
		weight: 2,
		arbitrary: fc.constantFrom('0', '1', '8', '10', '16', '100', '1000', '1024', '4096', '1000000', '1048576'),
	},
	{ weight: 2, arbitrary: fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String) },
	{
		weight: 1,
		arbitrary: fc.constantFrom('9223372036854775807', '9223372036854775808', '999999999999999999', '1'.repeat(30)),
	},
	{ weight: 1, arbitrary: fc.tuple(fc.constantFrom('0', '00'), fc.nat(999)).map(([zeros, n]) => `${zeros}${n}`) },
);
const fraction = fc.oneof(
	{ weight: 4, arbitrary: fc.constant('') },
	{ weight: 3, arbitrary: fc.constantFrom('.5', '.25', '.0', '.000', '.', '.1', '.001', '.125', '.500') },
	{
		weight: 2,
		arbitrary: fc
			.array(fc.constantFrom(...'0123456789'), { minLength: 1, maxLength: 14 })
			.map((list) => `.${list.join('')}`),
	},
);
const sign = fc.constantFrom('', '', '', '', '', '-', '+');
const suffix = fc.oneof(
	{ weight: 6, arbitrary: fc.constantFrom('', ...'n u m k M G T P E Ki Mi Gi Ti Pi Ei'.split(' ')) },
	{
		weight: 2,
		arbitrary: fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-', 'E-'), fc.nat(24)).map(([e, n]) => `${e}${n}`),
	},
);

/** Texts that are quantities. */
export const quantities = fc
	.tuple(sign, digits, fraction, suffix, fc.boolean())
	.map(
		([sign, whole, fraction, suffix, noWhole]) =>
			sign + (noWhole && /\.\d/.test(fraction) ? '' : whole) + fraction + suffix,
	);

const part = fc
	.tuple(
		fc.nat(5000),
		fc.constantFrom('', '', '', '.5', '.', '.001', '.123456789'),
		fc.constantFrom('h', 'm', 's', 'ms', 'us', 'µs', 'μs', 'ns'),
	)
	.map((list) => list.join(''));

/** Texts that are durations. */
export const durations = fc
	.tuple(
		sign,
		fc.oneof(
			fc.array(part, { minLength: 1, maxLength: 4 }).map((list) => list.join('')),
			fc.constantFrom('0', '0s', '2562047h47m16.854775807s', '9223372036854775807ns', '100000h'),
		),
	)
	.map((list) => list.join(''));

/** Texts that are nearly either. */
export const neither = fc
	.tuple(fc.oneof(quantities, durations), fc.nat(), fc.constantFrom(...'0.-+eiKMm sh_, x'))
	.map(([text, where, character]) => {
		const at = where % (text.length + 1);
		return text.slice(0, at) + character + text.slice(at);
	});
