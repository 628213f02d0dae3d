/** YAML as Kubernetes reads it, all of it: tags, anchors, merge keys, flow collections, folded text. */
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type Scalar } from 'yaml';
import { isObject, type Json, type JsonObject } from '../json.js';
import { type Problem, Refusal } from '../problems.js';
import { placeIn } from './place.js';
import { disagreement, readPlain } from './scalars.js';
import { mayHoldSecret } from './secret-text.js';
import { type Chunk, textOf } from './stream.js';
import type { Parsed } from './yaml.js';
import { firstError } from './yaml-errors.js';
import { yamlOptions } from './yaml-options.js';

/**
 * Reads a chunk. Throws a Refusal with every problem of it: YAML that does not parse, duplicate, null or collection
 * keys, `.inf` and `.nan`, tags that Kubernetes does not know, aliases that expand beyond reason.
 */
export function parseFully(chunk: Chunk): Parsed {
	const problems: Problem[] = [];
	const warnings: Problem[] = [];
	const report = (node: { range?: readonly number[] | null } | null, code: string, message: string, hint?: string) => {
		problems.push(problemAt(chunk, node?.range, 'error', code, message, hint));
	};
	const document = parseDocument(textOf(chunk), yamlOptions);
	const error = firstError(document, textOf(chunk));
	if (error) report(error, 'yaml', error.message, error.hint);
	if (problems.length === 0 && document.directives?.yaml.explicit)
		report({ range: [0, 1] }, 'yaml-directive', 'a %YAML directive is an error for Kubernetes', 'Leave it out.');
	if (problems.length > 0) throw new Refusal(problems);

	const anchors = new Map<string, Node>();
	let aliased = 0;
	let expanding = 0;

	function read(node: Node | null | undefined): Json {
		if (!node) return null;
		if (expanding > 0 && ++aliased > 100_000) {
			report(node, 'yaml-aliases', 'its aliases expand to more than 100,000 values');
			throw new Refusal(problems);
		}
		if (isAlias(node)) return readAlias(node);
		if ('anchor' in node && node.anchor) anchors.set(node.anchor, node);
		if (isScalar(node)) return readScalar(node);
		if (node.tag && !/^tag:yaml\.org,2002:(?:map|seq)$/.test(node.tag)) unknownTag(node);
		if (isSeq(node)) return (node.items as Node[]).map(read);
		return isMap(node) ? readMap(node.items as Pair<Node, Node | null>[]) : null;
	}

	function readAlias(node: Alias): Json {
		const target = anchors.get(node.source);
		if (!target) {
			report(node, 'yaml-alias', `there is no anchor &${node.source} before this alias`);
			return null;
		}
		expanding++;
		const value = read(target);
		expanding--;
		return value;
	}

	function readScalar(node: Scalar): Json {
		const text = String(node.value ?? '');
		const tag = node.tag?.replace('tag:yaml.org,2002:', '!!');
		if (tag === '!!binary') return readBinary(node, text);
		// kustomize writes the string "<<" like this; as a value it can mean nothing else.
		if (tag === '!!merge' && node.source === '<<') return node.source;
		if (tag === '!!str' || (tag === undefined && node.type !== 'PLAIN')) return text;
		if (tag !== undefined && !['!!int', '!!float', '!!bool', '!!null'].includes(tag)) return unknownTag(node);
		const value = readPlain(text);
		if (value === undefined) {
			report(node, 'yaml-number', `${text} is no number in JSON`, 'Quote it, if the string is meant.');
			return null;
		}
		if (tag !== undefined && !fits(tag, value)) report(node, 'yaml-tag', `${text} is no ${tag}`);
		const unclear = tag === undefined && expanding === 0 ? disagreement(text) : undefined;
		if (unclear) warnings.push(problemAt(chunk, node.range, 'warning', 'yaml-quote-it', unclear, 'Quote it.'));
		return tag === '!!float' && typeof value === 'bigint' ? Number(value) : value;
	}

	function readBinary(node: Scalar, text: string): Json {
		try {
			return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64'));
		} catch {
			report(node, 'yaml-tag', 'this !!binary does not hold UTF-8 text, which a Kubernetes field cannot take');
			return null;
		}
	}

	function unknownTag(node: Node): null {
		report(node, 'yaml-tag', `the tag ${node.tag} means nothing to Kubernetes`, 'Leave it out.');
		return null;
	}

	function readMap(pairs: Pair<Node, Node | null>[]): JsonObject {
		const object: JsonObject = {};
		const explicit = new Set<string>();
		for (const pair of pairs) {
			if (isScalar(pair.key) && pair.key.type === 'PLAIN' && !pair.key.tag && pair.key.value === '<<') {
				merge(object, pair, explicit);
				continue;
			}
			const key = readKey(pair.key);
			const value = read(pair.value);
			if (key === undefined) continue;
			if (explicit.has(key)) {
				report(pair.key, 'yaml-duplicate', `the key ${JSON.stringify(key)} stands here twice`, 'Keep one of the two.');
				continue;
			}
			explicit.add(key);
			object[key] = value;
		}
		return object;
	}

	function readKey(node: Node): string | undefined {
		// As a key it may be a merge key or the string, which differ.
		if (isScalar(node) && node.tag === 'tag:yaml.org,2002:merge') unknownTag(node);
		const key = read(node);
		if (key === null || typeof key === 'object') {
			const what = key === null ? 'null' : Array.isArray(key) ? 'a list' : 'a map';
			report(node, 'yaml-key', `a key is ${what}`, 'Keys of Kubernetes objects are strings.');
			return undefined;
		}
		if (key === '__proto__') {
			report(node, 'yaml-key', 'the key __proto__ is not accepted');
			return undefined;
		}
		return String(key);
	}

	/** `<<`: keys that stand before it lose against it in go-yaml v2, and win in kustomize. */
	function merge(object: JsonObject, pair: Pair<Node, Node | null>, explicit: Set<string>): void {
		const value = read(pair.value);
		const sources = Array.isArray(value) ? value : [value];
		if (!sources.every(isObject)) {
			report(pair.value, 'yaml-merge', 'a merge key (<<) takes a map or a list of maps');
			return;
		}
		const fresh = new Set<string>();
		for (const source of sources as JsonObject[]) {
			for (const [key, member] of Object.entries(source)) {
				if (fresh.has(key)) continue;
				if (explicit.has(key) && object[key] !== member) {
					const text = `kubectl lets the merged value of ${key} win, because << stands behind it; kustomize the other one`;
					warnings.push(problemAt(chunk, pair.key.range, 'warning', 'yaml-merge-order', text, 'Put << first.'));
				}
				fresh.add(key);
				object[key] = member;
			}
		}
	}

	const value = read(document.contents as Node | null);
	if (problems.length > 0) throw new Refusal(problems);
	return { value, warnings };
}

function fits(tag: string, value: Json): boolean {
	if (tag === '!!null') return value === null;
	if (tag === '!!bool') return typeof value === 'boolean';
	if (tag === '!!int') return typeof value === 'bigint' || Number.isInteger(value);
	return typeof value === 'number' || typeof value === 'bigint';
}

function problemAt(
	chunk: Chunk,
	range: readonly number[] | null | undefined,
	severity: Problem['severity'],
	code: string,
	message: string,
	hint?: string,
): Problem {
	const [from = 0, to = from + 1] = range ?? [];
	const shown = mayHoldSecret(textOf(chunk)) ? (withoutValues[code] ?? message) : message;
	return { code, severity, message: shown, ...(hint ? { hint } : {}), place: placeIn(chunk, from, to) };
}

/** What is said of a Secret instead of messages that quote a value. */
const withoutValues: Record<string, string> = {
	yaml: 'the YAML is not well-formed',
	'yaml-alias': 'there is no anchor before an alias',
	'yaml-number': 'a value is no number in JSON',
	'yaml-tag': 'a value and its tag do not fit',
	'yaml-quote-it': 'kubectl and kustomize read a value differently',
};
