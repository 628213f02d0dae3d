/**
 * Quantities and durations by value, and spelled as Go prints them (k8s.io/apimachinery pkg/api/resource/quantity.go,
 * Go's time/format.go), because that is how KubeDB stores them.
 */

const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimalExponents: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const decimalSuffixes = Object.fromEntries(
	Object.entries(decimalExponents).map(([suffix, exponent]) => [exponent, suffix]),
);
/** Go caps what has a binary suffix at int64. */
const MAX_BINARY = (2n ** 63n - 1n) * 10n ** 9n;
const pattern = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE]i)|([eE][+-]?\d+)|([numkMGTPE]?))$/;

type Format = 'binary' | 'exponent' | 'decimal';

interface Parsed {
	readonly nano: bigint;
	readonly format: Format;
	/** Go keeps the text of a quantity that it takes for canonical already, which is not always what it would print. */
	readonly asWritten: boolean;
}

function parse(text: string): Parsed | undefined {
	const match = pattern.exec(text);
	if (!match) return undefined;
	const [, sign, number, binarySuffix, exponent, suffix] = match as unknown as [string, string, string, ...string[]];
	const [whole = '', fraction = ''] = number.split('.');
	const power = exponent ? Number(exponent.slice(1)) : binarySuffix ? 0 : (decimalExponents[suffix ?? ''] as number);
	if (Math.abs(power) > 100) return undefined;
	let value = BigInt(whole + fraction || '0');
	if (binarySuffix) value *= 1024n ** BigInt(binary.indexOf(binarySuffix) + 1);
	const scale = 9 + power - fraction.length;
	// Go rounds anything finer than a nano up, away from zero.
	const exact = scale >= 0 ? value * 10n ** BigInt(scale) : divideUp(value, 10n ** BigInt(-scale));
	const nano = binarySuffix && exact > MAX_BINARY ? MAX_BINARY : exact;
	const format = binarySuffix ? 'binary' : exponent ? 'exponent' : 'decimal';
	const digits = (whole.replace(/^0+/, '') || '0') + fraction;
	const asWritten = binarySuffix
		? fraction === '' && keepsBinary(BigInt(digits), 10 * (binary.indexOf(binarySuffix) + 1), digits.length)
		: digits.length <= 18 && scale >= 0 && (scale - 9) % 3 === 0 && !/^0|000$/.test(digits);
	return { nano: sign === '-' ? -nano : nano, format, asWritten };
}

function keepsBinary(value: bigint, exponent: number, digits: number): boolean {
	return 14 - digits - Math.floor((exponent * 3) / 10) >= 0 && (value & 7n) !== 0n;
}

function divideUp(value: bigint, by: bigint): bigint {
	return (value + by - 1n) / by;
}

/** A quantity in units of 10^-9, or undefined if the text (or number) is none. */
export function quantityValue(text: string | number | bigint): bigint | undefined {
	return parse(String(text))?.nano;
}

/** A quantity as Go spells it: `1024Mi` -> `1Gi`, `0.5` -> `500m`, `1.2Gi` -> `1288490188800m`. Other text stays. */
export function canonicalQuantity(text: string | number | bigint): string {
	const parsed = parse(String(text));
	if (!parsed || parsed.asWritten) return String(text);
	const { nano } = parsed;
	if (nano === 0n) return '0';
	const unit = 10n ** 9n;
	const whole = nano % unit === 0n ? nano / unit : undefined;
	if (parsed.format === 'binary' && whole !== undefined && (whole >= 1024n || whole <= -1024n)) {
		let value = whole;
		let index = 0;
		while (value % 1024n === 0n && index < binary.length) {
			value /= 1024n;
			index++;
		}
		return index === 0 ? `${value}` : `${value}${binary[index - 1]}`;
	}
	let exponent = -9;
	let number = nano;
	while (number % 1000n === 0n && (parsed.format === 'exponent' || exponent < 18)) {
		number /= 1000n;
		exponent += 3;
	}
	if (parsed.format === 'exponent') return exponent === 0 ? `${number}` : `${number}e${exponent}`;
	return `${number}${decimalSuffixes[exponent]}`;
}

const units: Record<string, bigint> = {
	ns: 1n,
	us: 1000n,
	µs: 1000n,
	μs: 1000n,
	ms: 1_000_000n,
	s: 1_000_000_000n,
	m: 60_000_000_000n,
	h: 3_600_000_000_000n,
};

/** A Go duration (`1h30m`) in nanoseconds, or undefined if the text is none. */
export function durationValue(text: string): bigint | undefined {
	if (/^[+-]?0$/.test(text)) return 0n;
	const match = /^([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$/.exec(text);
	if (!match) return undefined;
	let total = 0n;
	for (const [, number, unit] of (match[2] as string).matchAll(/([\d.]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/g)) {
		const [whole = '', fraction = ''] = (number as string).split('.');
		total += (BigInt(whole + fraction || '0') * (units[unit as string] as bigint)) / 10n ** BigInt(fraction.length);
	}
	const value = match[1] === '-' ? -total : total;
	return value < -(2n ** 63n) || value >= 2n ** 63n ? undefined : value;
}

/** A duration as Go prints it: `24h` -> `24h0m0s`, `90s` -> `1m30s`. Other text stays. */
export function canonicalDuration(text: string): string {
	const nanos = durationValue(text);
	if (nanos === undefined) return text;
	const sign = nanos < 0n ? '-' : '';
	const abs = nanos < 0n ? -nanos : nanos;
	const second = units.s as bigint;
	if (abs === 0n) return '0s';
	if (abs < second) {
		const [unit, size] = abs < 1000n ? ['ns', 1n] : abs < 1_000_000n ? ['µs', 1000n] : ['ms', 1_000_000n];
		return `${sign}${fixed(abs, size as bigint)}${unit}`;
	}
	const hours = abs / (3600n * second);
	const minutes = (abs / (60n * second)) % 60n;
	const seconds = `${fixed(abs % (60n * second), second)}s`;
	if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
	return minutes > 0n ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

/** `value / size` without trailing zeros. */
function fixed(value: bigint, size: bigint): string {
	const fraction = value % size === 0n ? '' : `.${String(value % size).padStart(String(size).length - 1, '0')}`;
	return `${value / size}${fraction.replace(/0+$/, '')}`;
}
