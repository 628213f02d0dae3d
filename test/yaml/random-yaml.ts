/** Random documents of YAML: the fields of a Kubernetes object as text. Not every one of them can be read. */
import fc from 'fast-check';
import { doubleQuoted, key, plainText, property, scalar, singleQuoted } from './random-scalars.js';
import { simpleDocuments } from './random-simple.js';

/** A node as lines: `head` stands behind a key or a dash, `below` on lines of its own, to be indented. */
interface Lines {
	readonly head: string;
	readonly below: readonly string[];
	readonly isList?: boolean;
}

const together = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((list) => list.join(''));
const oneLine = (text: fc.Arbitrary<string>): fc.Arbitrary<Lines> => text.map((head) => ({ head, below: [] }));

const comment = fc.oneof(
	{ weight: 8, arbitrary: fc.constant('') },
	fc.constantFrom(' # c', ' #', ' # a: b', '  ', '\t', '#c', '\t# c', ' #\u00e9"\''),
);
const width = fc.constantFrom(0, 1, 2, 2, 2, 2, 2, 4);

const blockScalar: fc.Arbitrary<Lines> = fc.record({
	head: together(
		property,
		fc.constantFrom('|', '>'),
		fc.constantFrom('', '', '', '-', '+', '2', '1-', '-1', '+2', '0'),
		comment,
	),
	below: fc.array(
		fc.oneof(
			{ weight: 3, arbitrary: fc.constantFrom('a', 'b c', '# no comment', '- a', 'a: b') },
			fc.constantFrom('', '', ' ', '  x', '\ta', 'a\t', 'a ', '   ', '*x', '---'),
		),
		{ maxLength: 5 },
	),
});

const severalLines: fc.Arbitrary<Lines> = fc.record({
	head: plainText,
	below: fc.array(fc.oneof({ weight: 3, arbitrary: plainText }, fc.constant('')), { minLength: 1, maxLength: 2 }),
});

/** What stands behind a key and its colon, or behind a dash. `compact` puts the first line of a collection there too. */
function behind(start: string, { head, below, isList }: Lines, indent: number, compact: boolean): string[] {
	if (compact && head === '' && below.length > 0 && start.startsWith('-')) {
		const [first = '', ...rest] = below;
		return [start + first, ...rest.map((line) => ' '.repeat(start.length) + line)];
	}
	// Only lists may stand where their key stands; too often nothing would be readable otherwise.
	const spaces = ' '.repeat(indent === 0 && !isList ? 2 : indent);
	return [start + head, ...below.map((line) => (line === '' ? line : spaces + line))];
}

function member(name: string, value: Lines, indent: number): string[] {
	return behind(value.head === '' ? `${name}:` : `${name}: `, value, indent, false);
}

const { flow, node } = fc.letrec<{ flow: string; node: Lines; block: Lines }>((tie) => ({
	flow: fc.oneof(
		{ maxDepth: 2, depthIdentifier: 'flow' },
		{ weight: 3, arbitrary: together(property, scalar) },
		{
			weight: 1,
			arbitrary: fc
				.tuple(
					fc.array(tie('flow'), { maxLength: 3 }),
					fc.constantFrom(', ', ',', ' , ', ',\n   '),
					fc.constantFrom('', '', ',', ' ', ' # c\n'),
				)
				.map(([items, comma, end]) => `[${items.join(comma)}${end}]`),
		},
		{
			weight: 1,
			arbitrary: fc
				.tuple(
					fc.array(together(key, fc.constantFrom(': ', ': ', ': ', ':', ' : '), tie('flow')), { maxLength: 3 }),
					fc.constantFrom(', ', ', ', ',', ',\n  ', ', ?'),
				)
				.map(([members, comma]) => `{${members.join(comma)}}`),
		},
	),
	node: fc.oneof(
		{ maxDepth: 3, depthIdentifier: 'node' },
		{ weight: 6, arbitrary: oneLine(together(property, scalar, comment)) },
		{ weight: 1, arbitrary: oneLine(together(property, tie('flow'), comment)) },
		{ weight: 1, arbitrary: blockScalar },
		{ weight: 1, arbitrary: severalLines },
		{ weight: 4, arbitrary: tie('block') },
	),
	block: fc.oneof(
		{ depthIdentifier: 'node' },
		fc
			.tuple(
				together(property, comment),
				fc.array(fc.tuple(fc.constantFrom('- ', '- ', '- ', '-', '-   '), tie('node'), width, fc.boolean()), {
					minLength: 1,
					maxLength: 3,
				}),
			)
			.map(([head, items]) => ({
				head: head.trimEnd(),
				below: items.flatMap((item) => behind(...item)),
				isList: true,
			})),
		fc
			.tuple(together(property, comment), fc.array(fc.tuple(key, tie('node'), width), { minLength: 1, maxLength: 4 }))
			.map(([head, members]) => ({ head: head.trimEnd(), below: members.flatMap((each) => member(...each)) })),
	),
}));

/** Lines that stand anywhere: comments, blanks, separators, and mistakes. */
const stray = fc.constantFrom(
	'',
	'',
	'# comment',
	'  # comment',
	'   ',
	'\t',
	'...',
	'a',
	'- a',
	'  a: b',
	'#c: d',
	'    x',
);

/** All that YAML has. Often enough it is mistaken. */
const written = fc
	.tuple(
		fc.array(fc.tuple(fc.constantFrom('v', 'w', 'x', 'y1', 'spec'), node, width), { minLength: 1, maxLength: 4 }),
		fc.option(fc.tuple(fc.nat(20), stray), { freq: 4 }),
		fc.constantFrom('\n', '\n', '\n', '', '\n\n', '\r\n'),
	)
	.map(([members, extra, end]) => {
		const lines = members.flatMap(([name, value, indent], i) => member(`${name}${i}`, value, indent));
		if (extra) lines.splice(extra[0] % (lines.length + 1), 0, extra[1]);
		return lines.join(end === '\r\n' ? end : '\n') + end;
	});

/** One character too many, too few, or in the wrong place. */
const mistaken = (texts: fc.Arbitrary<string>) =>
	fc
		.tuple(
			texts,
			fc.nat(),
			fc.constantFrom('insert', 'remove', 'swap'),
			fc.constantFrom(...' :-#\'"\n\t[]{},&*!|>%@\\?~0a'),
		)
		.map(([text, where, how, character]) => {
			const list = [...text];
			const at = where % Math.max(1, list.length);
			if (how === 'insert') list.splice(at, 0, character);
			else if (how === 'remove') list.splice(at, 1);
			else list.splice(at, 2, list[at + 1] ?? '', list[at] ?? '');
			return list.join('');
		});

/** Documents of one scalar or flow collection each, in every place where it may stand. */
const lone = fc.oneof(
	plainText.map((text) => `v: ${text}\n`),
	plainText.map((text) => `v: [${text}]\n`),
	plainText.map((text) => `v:\n- ${text}\n`),
	plainText.map((text) => `v: {${text}: a}\n`),
	plainText.map((text) => `v:\n  ${text}: a\n`),
	plainText.map((text) => `v: {a: ${text}}\n`),
	together(property, plainText).map((text) => `v: ${text}\n`),
	together(property, fc.oneof(doubleQuoted, singleQuoted)).map((text) => `v: ${text}\n`),
	blockScalar.map((value) => `${behind('v: ', value, 2, false).join('\n')}\n`),
	flow.map((text) => `v: ${text}\n`),
);

export const yamlDocuments = fc.oneof(lone, written, mistaken(written), simpleDocuments, mistaken(simpleDocuments));
