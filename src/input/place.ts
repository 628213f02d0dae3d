/** Where a field stands in the text that it was read from. */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml';
import type { Place } from '../problems.js';
import { keyOfItem } from '../render/path.js';
import { mayHoldSecret } from './secret-text.js';
import { type Chunk, type Source, textOf } from './stream.js';
import { yamlOptions } from './yaml-options.js';

/** The place of an offset in a source. */
export function placeAt(source: Source, offset: number, length: number): Place {
	const { text } = source;
	const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
	const newline = text.indexOf('\n', lineStart);
	const lineEnd = newline === -1 ? text.length : newline;
	let line = 1;
	for (let at = text.indexOf('\n'); at !== -1 && at < lineStart; at = text.indexOf('\n', at + 1)) line++;
	return {
		source: source.name,
		line,
		column: offset - lineStart + 1,
		length: Math.max(1, Math.min(length, lineEnd - offset)),
		text: text.slice(lineStart, lineEnd).replace(/\r$/, ''),
	};
}

/** The place of a part of a chunk. A line on which a Secret may stand is left out. */
export function placeIn(chunk: Chunk, from: number, to: number): Place {
	const place = placeAt(chunk.source, chunk.start + from, to - from);
	return mayHoldSecret(textOf(chunk)) ? { ...place, text: '' } : place;
}

/**
 * The place of a field path in a chunk: of its value, or of its key. Items of lists are numbers, or `[name=x]` for the
 * item whose name is x. Where the path leads nowhere, it is the place of the key below which the rest is missing.
 */
export function placeOf(chunk: Chunk, path: readonly (string | number)[], what: 'key' | 'value' = 'value'): Place {
	const document = parseDocument(textOf(chunk), yamlOptions);
	const anchors = new Map<string, Node>();
	collectAnchors(document.contents as Node | null, anchors);
	const resolve = (node: unknown): unknown => (isAlias(node) ? anchors.get(node.source) : node);
	let node: unknown = document.contents;
	let found: Node | null = document.contents as Node | null;
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
		const item = isSeq(container) ? findItem(container.items as Node[], segment) : undefined;
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

function findItem(items: Node[], segment: string | number): Node | undefined {
	if (typeof segment === 'number') return items[segment];
	const match = /^\[([^=\]]+)=(.*)\]$/.exec(segment);
	if (!match) return /^\[\d+\]$/.test(segment) ? items[Number(segment.slice(1, -1))] : undefined;
	const [, key, name] = match as unknown as [string, string, string];
	return items.find((item) =>
		isMap(item) ? String(item.get(key)) === name : isScalar(item) && keyOfItem(String(item.value), key) === name,
	);
}

function collectAnchors(node: unknown, anchors: Map<string, Node>): void {
	if (isScalar(node) || isSeq(node) || isMap(node)) {
		if (node.anchor) anchors.set(node.anchor, node);
		if (isSeq(node)) for (const item of node.items) collectAnchors(item, anchors);
		if (isMap(node)) for (const pair of node.items) collectAnchors(pair.value, anchors);
	}
}
