/** Random JSON values with strings and numbers that are hard to write as YAML. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/json.js';
import { joined, plainText } from './random-scalars.js';

const character = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom(...'ab1 :#-') },
	{
		weight: 2,
		arbitrary: fc.constantFrom(
			'\n',
			'\n',
			'\n  ',
			' \n',
			'\t',
			'\r',
			'\r\n',
			'"',
			"'",
			'\\',
			'{',
			'---',
			'...',
			'- ',
			'%',
		),
	},
	{
		weight: 1,
		arbitrary: fc.constantFrom(...'é\u00a0\u0085\u2028\u2029\ufeff\x00\x07\x7f\x9f\ud7ff\ue000\ufffd\uffff😀'),
	},
	{ weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
);

export const hardString = fc.oneof(
	{ weight: 4, arbitrary: plainText },
	{ weight: 4, arbitrary: joined(character, { maxLength: 8 }) },
	{
		weight: 1,
		arbitrary: fc.constantFrom('a'.repeat(2000), `${'word '.repeat(300)}end`, `line\n${'x'.repeat(300)}\nend\n`),
	},
);

const number = fc.oneof(
	fc.integer(),
	fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (x === 0 ? 0 : x)),
	fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((x) => (Number.isSafeInteger(Number(x)) ? Number(x) : x)),
);

/** Values as this program has them: integers beyond 2^53 are bigints. */
export const { hardJson, hardObject } = fc.letrec<{ hardJson: Json; hardObject: JsonObject }>((tie) => ({
	hardJson: fc.oneof(
		{ maxDepth: 3, depthIdentifier: 'json' },
		{ weight: 5, arbitrary: hardString },
		{ weight: 1, arbitrary: number },
		{ weight: 1, arbitrary: fc.constantFrom(null, true, false) },
		{ weight: 2, arbitrary: fc.array(tie('hardJson'), { maxLength: 3 }) },
		{ weight: 3, arbitrary: tie('hardObject') },
	),
	hardObject: fc.dictionary(
		// A longer key is none in JSON that is read as YAML.
		hardString.filter((key) => key !== '__proto__' && key.length < 1000),
		tie('hardJson'),
		{ maxKeys: 4, noNullPrototype: true },
	),
}));
