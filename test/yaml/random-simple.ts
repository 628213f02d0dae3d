/** Random YAML of the shapes that people write in manifests nearly all of the time, and of some close to them. */
import fc from 'fast-check';
import { plainText } from './random-scalars.js';

/** A node: what stands behind its key or dash, and the lines below, not indented yet. */
type Node = readonly [head: string, below: readonly string[], kind: 'scalar' | 'map' | 'list'];

const name = fc.constantFrom('name', 'cpu', 'limits', 'apiVersion', 'spec-x', 'a.b/c', 'A_1', 'on', 'null', 'x');
const text = fc.oneof(
	{ weight: 3, arbitrary: plainText },
	{ weight: 1, arbitrary: plainText.map((each) => `"${each}"`) },
	{ weight: 1, arbitrary: plainText.map((each) => `'${each}'`) },
	{
		weight: 1,
		arbitrary: fc.constantFrom('{}', '[]', '"', "''''", '|', '>-', '"a"b', "'a' b", '- a', '&a b', '*a', '!!str 1'),
	},
);
const trail = fc.oneof(
	{ weight: 6, arbitrary: fc.constant('') },
	fc.constantFrom(' ', '  ', ' # why', ' #', '#', '\t', ' # "', " # '"),
);
const blank = fc.oneof(
	{ weight: 12, arbitrary: fc.constant([]) },
	fc.constantFrom([''], ['# why'], ['  # why'], ['   ']),
);
const literalLine = fc.constantFrom(
	'a',
	'a = b',
	'# no comment',
	'  deeper',
	'- a',
	'k: "v"',
	'',
	'',
	' ',
	'a ',
	'\ta',
);
const width = fc.constantFrom(2, 2, 2, 2, 1, 4);

const indented = (lines: readonly string[], by: number) =>
	lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));

const { node } = fc.letrec<{ node: Node }>((tie) => ({
	node: fc.oneof(
		{ maxDepth: 4, depthIdentifier: 'simple' },
		{ weight: 5, arbitrary: fc.tuple(text, trail).map(([value, end]): Node => [` ${value}${end}`, [], 'scalar']) },
		{
			weight: 1,
			arbitrary: fc
				.tuple(fc.constantFrom('|', '|-', '|', '|+', '>', '|2', '| # why'), fc.array(literalLine, { maxLength: 4 }))
				.map(([header, lines]): Node => [` ${header}`, lines, 'scalar']),
		},
		{
			weight: 3,
			arbitrary: fc
				.tuple(trail, fc.array(fc.tuple(name, tie('node'), width, blank), { minLength: 1, maxLength: 4 }))
				.map(([end, members]): Node => [end, members.flatMap((member) => memberLines(...member)), 'map']),
		},
		{
			weight: 2,
			arbitrary: fc
				.tuple(
					trail,
					fc.array(fc.tuple(tie('node'), fc.constantFrom('-', '-', '-', '-  '), blank), { minLength: 1, maxLength: 3 }),
				)
				.map(([end, items]): Node => [end, items.flatMap((item) => itemLines(...item)), 'list']),
		},
	),
}));

function memberLines(key: string, [head, below, kind]: Node, by: number, before: readonly string[]): string[] {
	// Half of all lists stand where their key stands.
	const isFlush = kind === 'list' && by < 4 && below.length % 2 === 0;
	return [...before, `${key}:${head}`, ...indented(below, isFlush ? 0 : by)];
}

function itemLines([head, below, kind]: Node, dash: string, before: readonly string[]): string[] {
	if (kind === 'scalar' || below.length === 0) return [...before, dash.trim() + head, ...indented(below, 2)];
	const [first = '', ...rest] = indented(below, dash.length + 1);
	return [...before, dash + first.slice(dash.length), ...rest];
}

/** The fields of an object. Their names differ, so that most documents can be read. */
export const simpleDocuments = fc
	.tuple(
		fc.array(fc.tuple(node, width, blank), { minLength: 1, maxLength: 4 }),
		fc.constantFrom('\n', '\n', '\n', '', '\n\n'),
	)
	.map(([members, end]) => {
		const lines = members.flatMap(([value, by, before], i) => memberLines(`f${i}`, value, by, before));
		return lines.join('\n') + end;
	});
