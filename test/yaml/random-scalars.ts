/** Random scalars of YAML as text, most of them such as readers of YAML disagree about. */
import fc from 'fast-check';

export const joined = (parts: fc.Arbitrary<string>, constraints: fc.ArrayConstraints) =>
	fc.array(parts, constraints).map((list) => list.join(''));
const characters = (text: string) => fc.constantFrom(...text);
const anyOf = (text: string) => fc.constantFrom(...text.split(' '));

const words = anyOf(
	'y Y n N yes Yes YES yEs no NO on On ON off OFF true True TRUE tRue false FALSE null Null NULL nUll ~ << = - ? .inf -.Inf +.INF .nan .NaN ',
);
/** What may be a number, and what nearly is one. */
const numberLike = joined(
	fc.oneof(
		{ weight: 6, arbitrary: characters('0123456789') },
		{ weight: 3, arbitrary: characters('+-._eExXoObB:') },
		anyOf('0x 0b 0o inf nan a F T Z 00 99999999999 9007199254740993 18446744073709551615 1e3'),
	),
	{ minLength: 1, maxLength: 7 },
);
const dateLike = fc.constantFrom(
	'2001-12-14',
	'2001-1-4',
	'2001-12-14T21:59:43.1Z',
	'2001-12-14 21:59:43',
	'2001-12-14t21:59:43-05:00',
	'12:30:45',
	'1:20',
);
const ordinary = fc.oneof(
	anyOf('a postgres 1Gi 500m a.b/c 10.0.0.1 a:b http://x:80/y -a --x 16.4 a#b *.x @a %a é 😀 aGVsbG8= 77u/YQ== /w=='),
	fc.constantFrom('a b', "it's", 'a, b', 'a  b', 'a (b)', 'shared_buffers=256MB'),
);
const awkward = joined(
	fc.oneof(
		{ weight: 3, arbitrary: characters('ab1 ') },
		characters('-?:#&*!|>%@`"\',[]{}\\~<=_.'),
		fc.constantFrom(': ', ' #', '- ', '\t', 'é', '\u0085', '\u00a0', '\u2028', '\ufeff', '😀', '\x7f'),
	),
	{ minLength: 1, maxLength: 6 },
);

/** Texts of plain scalars, and of some that cannot stand as such. */
export const plainText = fc.oneof(
	{ weight: 3, arbitrary: words },
	{ weight: 5, arbitrary: numberLike },
	{ weight: 1, arbitrary: dateLike },
	{ weight: 4, arbitrary: ordinary },
	{ weight: 2, arbitrary: awkward },
);

const escapes = anyOf(
	'\\n \\t \\" \\\\ \\/ \\x41 \\u00e9 \\U0001F600 \\N \\_ \\L \\P \\e \\0 \\a \\b \\v \\f \\r \\\' \\q \\ud83d\\ude00 \\ud83d \\x4',
);
export const doubleQuoted = joined(
	fc.oneof(
		{ weight: 6, arbitrary: characters('ab 1#:-') },
		{ weight: 3, arbitrary: escapes },
		{ weight: 1, arbitrary: fc.constantFrom('\\ ', '\n  ', '\n\n  ', '\\\n  ', '  \n  \t', '\t', 'é') },
	),
	{ maxLength: 6 },
).map((text) => `"${text}"`);
export const singleQuoted = joined(
	fc.oneof(
		{ weight: 4, arbitrary: characters('ab 1#:-"\\') },
		fc.constantFrom("''", '\n  ', '\n\n  ', ' \n', '\t', 'é'),
	),
	{ maxLength: 6 },
).map((text) => `'${text}'`);

/** Anchors and tags in front of a node. */
export const property = fc.oneof(
	{ weight: 12, arbitrary: fc.constant('') },
	{ weight: 1, arbitrary: fc.constantFrom('&a ', '&b ', '&a !!str ', '!!str &b ') },
	{
		weight: 1,
		arbitrary: anyOf(
			'!!str !!int !!binary !!float !!bool !!null !!map !!seq !!binary !!timestamp !!merge ! !x !<tag:yaml.org,2002:str>',
		).map((tag) => `${tag} `),
	},
);

export const scalar = fc.oneof(
	{ weight: 8, arbitrary: plainText },
	{ weight: 2, arbitrary: doubleQuoted },
	{ weight: 1, arbitrary: singleQuoted },
	{ weight: 1, arbitrary: fc.constantFrom('*a', '*b') },
);

export const key = fc.oneof(
	{ weight: 12, arbitrary: anyOf('a b c d e name resources x.y/z') },
	{ weight: 2, arbitrary: plainText },
	{ weight: 1, arbitrary: doubleQuoted },
	{ weight: 1, arbitrary: singleQuoted },
	{ weight: 1, arbitrary: fc.constantFrom('<<', '<<', '? a\n', '&k a', '*a ', '!!str 1', '"<<"', '[a]', '{a: b}') },
);
