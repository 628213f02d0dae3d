/** Where a field stands in the text that it was read from. */
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml';
import type { Place } from '../problems.js';
import { keyOfItem } from '../render/path.js';
import { targetsOf } from './aliases.js';
import { mayHoldSecret } from './secret-text.js';
import { type Chunk, type Source, textOf } from './stream.js';
import { yamlOptions } from './yaml-options.js';

/** Where the lines of a source begin; looked up for every problem, of which there may be many. */
const lineStarts = new WeakMap<Source, readonly number[]>();

/** The place of an offset in a source. */
export function placeAt(source: Source, offset: number, length: number): Place {
	const { text } = source;
	const starts = lineStarts.get(source) ?? startsOf(text);
	lineStarts.set(source, starts);
	let [line, above] = [0, starts.length];
	while (above - line > 1) {
		const middle = (line + above) >> 1;
		if ((starts[middle] as number) <= offset) line = middle;
		else above = middle;
	}
	const start = starts[line] as number;
	const end = line + 1 < starts.length ? (starts[line + 1] as number) - 1 : text.length;
	return {
		source: source.name,
		line: line + 1,
		column: Math.max(1, offset - start + 1),
		length: Math.max(1, Math.min(length, end - offset)),
		text: text.slice(start, end).replace(/\r$/, ''),
	};
}

/** A byte order mark is no part of the first line. */
function startsOf(text: string): number[] {
	const starts = [text.startsWith('\uFEFF') ? 1 : 0];
	for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
	return starts;
}

const secretive = new WeakMap<Chunk, boolean>();

/** Whether nothing of a chunk may be shown. */
export function isSecret(chunk: Chunk): boolean {
	const answer = secretive.get(chunk) ?? mayHoldSecret(textOf(chunk));
	secretive.set(chunk, answer);
	return answer;
}

/** The place of a part of a chunk. A line on which a Secret may stand is left out. */
export function placeIn(chunk: Chunk, from: number, to: number): Place {
	const place = placeAt(chunk.source, chunk.start + from, to - from);
	return isSecret(chunk) ? { ...place, text: '' } : place;
}

interface Tree {
	readonly root: Node | null;
	readonly targets: ReadonlyMap<Alias, Node>;
}

/** What was parsed of chunks in which something is wrong. */
const trees = new WeakMap<Chunk, Tree>();

function treeOf(chunk: Chunk): Tree {
	const known = trees.get(chunk);
	if (known) return known;
	const text = textOf(chunk);
	const document = parseDocument(text, yamlOptions);
	const tree = { root: document.contents as Node | null, targets: targetsOf(document, text) };
	trees.set(chunk, tree);
	return tree;
}

/**
 * The place of a field path in a chunk: of its value, or of its key. Items of lists are numbers, or `[name=x]` for the
 * item whose name is x. Where the path leads nowhere, it is the place of the key below which the rest is missing.
 */
export function placeOf(chunk: Chunk, path: readonly (string | number)[], what: 'key' | 'value' = 'value'): Place {
	const { root, targets } = treeOf(chunk);
	const resolve = (node: unknown): unknown => (isAlias(node) ? targets.get(node) : node);
	let node: unknown = root;
	let found = root;
	let key: Node | undefined;
	for (const [depth, segment] of path.entries()) {
		const container = resolve(node);
		const pair = isMap(container)
			? (container.items as Pair<Node, Node | null>[]).find(
					(p) => isScalar(p.key) && String(p.key.value) === String(segment),
				)
			: undefined;
		if (pair) {
			node = pair.value;
			key = pair.key;
			const last = depth === path.length - 1;
			found = (last && what === 'key') || !standsBesideKey(pair.value) ? pair.key : pair.value;
			continue;
		}
		const item = isSeq(container) ? findItem(container.items as Node[], segment, resolve) : undefined;
		if (!item) {
			found = key ?? firstKey(container) ?? found;
			break;
		}
		node = found = item;
		key = undefined;
	}
	const range = found?.range ?? [0, 1];
	return placeIn(chunk, range[0], range[1]);
}

function firstKey(node: unknown): Node | undefined {
	return isMap(node) ? (node.items[0]?.key as Node | undefined) : undefined;
}

/** Whether there is a value that a caret can underline: not one that is empty, or that stands on lines below. */
function standsBesideKey(node: Node | null): node is Node {
	if ((isMap(node) || isSeq(node)) && !node.flow) return false;
	return node?.range !== undefined && node.range !== null && node.range[1] > node.range[0];
}

function findItem(items: Node[], segment: string | number, resolve: (node: unknown) => unknown): Node | undefined {
	if (typeof segment === 'number') return items[segment];
	const match = /^\[([^=\]]+)=(.*)\]$/s.exec(segment);
	if (!match) return /^\[\d+\]$/.test(segment) ? items[Number(segment.slice(1, -1))] : undefined;
	const [, key, name] = match as unknown as [string, string, string];
	return items.find((each) => {
		const item = resolve(each);
		if (isMap(item)) return String(item.get(key)) === name;
		return isScalar(item) && keyOfItem(String(item.value), key) === name;
	});
}
