/** YAML as Kubernetes reads it, all of it: tags, anchors, merge keys, flow collections, folded text. */
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type Scalar } from 'yaml';
import { canonicalJson, isObject, type Json, type JsonObject } from '../json.js';
import { type Problem, Refusal } from '../problems.js';
import { targetsOf } from './aliases.js';
import { nodeObjections, textObjection } from './libyaml.js';
import { isSecret, placeIn } from './place.js';
import { disagreement, readPlain } from './scalars.js';
import { type Chunk, textOf } from './stream.js';
import type { Parsed } from './yaml.js';
import { firstError, templateIn } from './yaml-errors.js';
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
	const text = textOf(chunk);
	const isJson = chunk.isJson === true;
	const unreadable = textObjection(text, isJson);
	if (unreadable) {
		report(unreadable, unreadable.code, unreadable.message, unreadable.hint);
		throw new Refusal(problems);
	}
	const document = parseDocument(text, yamlOptions);
	const error = firstError(document, text);
	if (error) report(error, 'yaml', error.message, error.hint);
	else for (const each of nodeObjections(text, document, isJson)) report(each, each.code, each.message, each.hint);
	if (problems.length > 0) throw new Refusal(problems);

	const targets = targetsOf(document, text);
	const open = new Set<Node>();
	let aliased = 0;
	let expanding = 0;

	function read(node: Node | null | undefined): Json {
		if (!node) return null;
		if (expanding > 0 && ++aliased > 100_000) {
			report(node, 'yaml-aliases', 'aliases expand to more than 100,000 values here', 'Write the values out.');
			throw new Refusal(problems);
		}
		if (isAlias(node)) return readAlias(node);
		if (isScalar(node)) return readScalar(node);
		if (node.tag && !/^tag:yaml\.org,2002:(?:map|seq)$/.test(node.tag)) unknownTag(node);
		if (isSeq(node)) return (node.items as Node[]).map(read);
		return isMap(node) ? readMap(node.items as Pair<Node, Node | null>[]) : null;
	}

	function readAlias(node: Alias): Json {
		const target = targets.get(node);
		if (!target) {
			report(node, 'yaml-alias', `there is no anchor &${node.source} before this alias`);
			return null;
		}
		if (open.has(target)) {
			report(node, 'yaml-alias', `the value of &${node.source} contains itself`);
			return null;
		}
		open.add(target);
		expanding++;
		const value = read(target);
		expanding--;
		open.delete(target);
		return value;
	}

	function readScalar(node: Scalar): Json {
		const text = String(node.value ?? '');
		const tag = node.tag?.replace('tag:yaml.org,2002:', '!!');
		if (tag === '!!binary') return readBinary(node, text);
		// kustomize writes the string "<<" like this; as a value it can mean nothing else.
		if (tag === '!!merge' && text === '<<') return text;
		// Where nothing follows the tag, libyaml and the package disagree about where it ends.
		if (tag === '!' && text === '' && node.type === 'PLAIN') return unknownTag(node);
		if (tag === '!!str' || tag === '!' || (tag === undefined && node.type !== 'PLAIN'))
			// Half of a surrogate pair, which only JSON can write, is no character.
			return isJson ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text;
		if (tag !== undefined && !['!!int', '!!float', '!!bool', '!!null'].includes(tag)) return unknownTag(node);
		const value = readPlain(text);
		if (value === undefined) {
			report(node, 'yaml-number', `${text} is not a number that JSON has`, 'Quote it, if the string is meant.');
			return null;
		}
		if (isJson && typeof value === 'string') report(node, 'yaml-number', `${text} is too large a number`);
		if (tag !== undefined && !fits(tag, value, text))
			report(node, 'yaml-tag', `${text} is not ${names[tag]}, as its tag ${tag} says`, 'Remove the tag.');
		const unclear = tag === undefined && expanding === 0 ? disagreement(text) : undefined;
		if (unclear) warnings.push(problemAt(chunk, node.range, 'warning', 'yaml-quote-it', unclear, 'Quote it.'));
		return tag === '!!float' && typeof value === 'bigint' ? Number(value) : value;
	}

	function readBinary(node: Scalar, text: string): Json {
		const base64 = text.replace(/[\r\n]/g, '');
		const bytes = Buffer.from(base64, 'base64');
		try {
			if (bytes.toString('base64') === base64)
				return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
			report(node, 'yaml-tag', 'this !!binary does not hold base64');
		} catch {
			report(node, 'yaml-tag', 'this !!binary does not hold UTF-8 text, which a Kubernetes field cannot take');
		}
		return null;
	}

	function unknownTag(node: Node): null {
		report(node, 'yaml-tag', `the tag ${node.tag} means nothing to Kubernetes`, 'Remove it.');
		return null;
	}

	function readMap(pairs: Pair<Node, Node | null>[]): JsonObject {
		const object: JsonObject = {};
		const explicit = new Map<string, Node>();
		for (const pair of pairs) {
			if (isScalar(pair.key) && pair.key.value === '<<' && (pair.key.type === 'PLAIN' || pair.key.tag)) {
				if (pair.key.tag) report(pair.key, 'yaml-tag', 'a merge key (<<) takes no tag');
				else merge(object, pair, explicit);
				continue;
			}
			const key = readKey(pair.key);
			const value = read(pair.value);
			if (key === undefined) continue;
			if (explicit.has(key)) {
				const { line } = placeIn(chunk, explicit.get(key)?.range?.[0] ?? 0, 0);
				const message = `the key ${JSON.stringify(key)} stands here twice, first on line ${line}`;
				report(pair.key, 'yaml-duplicate', message, 'Keep one of the two.');
				continue;
			}
			explicit.set(key, pair.key);
			object[key] = value;
		}
		return object;
	}

	function readKey(node: Node): string | undefined {
		const key = read(node);
		const target = isAlias(node) ? targets.get(node) : node;
		const name = nameOf(key, target?.tag?.endsWith(':float') || isFloat(String((target as Scalar | undefined)?.value)));
		if (name === undefined || name === '__proto__') {
			const template = templateIn(text, node.range?.[0] ?? 0);
			const what = key === null ? 'null' : Array.isArray(key) ? 'a list' : isObject(key) ? 'a map' : String(key);
			if (template && isObject(key)) report(template, 'yaml', template.message, template.hint);
			else report(node, 'yaml-key', `a key is ${what}`, 'Keys are strings: quote it, if one is meant.');
			return undefined;
		}
		return name;
	}

	/** `<<`: keys that stand before it lose against it in go-yaml v2, and win in kustomize. */
	function merge(object: JsonObject, pair: Pair<Node, Node | null>, explicit: ReadonlyMap<string, Node>): void {
		const nodes = isSeq(pair.value) ? (pair.value.items as Node[]) : [pair.value];
		const sources = nodes.map(read);
		if (!sources.every(isObject)) {
			report(pair.value ?? pair.key, 'yaml-merge', 'a merge key (<<) takes a map or a list of maps');
			return;
		}
		const fresh = new Set<string>();
		for (const source of sources as JsonObject[]) {
			for (const [key, member] of Object.entries(source)) {
				if (fresh.has(key)) continue;
				if (explicit.has(key) && canonicalJson(object[key] as Json) !== canonicalJson(member)) {
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

const names: Record<string, string> = {
	'!!int': 'an integer',
	'!!float': 'a number',
	'!!bool': 'a boolean',
	'!!null': 'null',
};

function fits(tag: string, value: Json, text: string): boolean {
	if (tag === '!!null') return value === null;
	if (tag === '!!bool') return typeof value === 'boolean';
	const isInteger = typeof value === 'bigint' || (Number.isSafeInteger(value) && !isFloat(text));
	return isInteger || (tag === '!!float' && typeof value === 'number' && isFloat(text));
}

/** Whether the text of a number is that of a floating-point number; 8 and 9 are no octal digits. */
function isFloat(text: string): boolean {
	return /^[-+]?[\d_]*(?:\.|[\d_][eE])|^[-+]?0[\d_]*[89]/.test(text);
}

/**
 * The string that a key becomes, or undefined where it cannot become one. Keys that are numbers are printed by
 * sigs.k8s.io/yaml, floats in the shortest form of a float32 (`1e+06`): taken are those that look the same in any form.
 */
function nameOf(key: Json, isFloat: boolean): string | undefined {
	if (typeof key === 'string' || typeof key === 'boolean' || typeof key === 'bigint') return String(key);
	if (typeof key !== 'number') return undefined;
	const hasOneForm = isFloat ? /^\d{1,6}$|^(?=.{1,7}$)\d+\.\d{1,4}$/ : /^-?\d{1,16}$/;
	return hasOneForm.test(String(key)) && !Object.is(key, -0) ? String(key) : undefined;
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
	const shown = isSecret(chunk) ? (withoutValues[code] ?? message) : message;
	return { code, severity, message: shown, ...(hint ? { hint } : {}), place: placeIn(chunk, from, to) };
}

/** What is said of a Secret instead of messages that quote a value. */
const withoutValues: Record<string, string> = {
	yaml: 'the YAML is not well-formed',
	'yaml-flow': 'a list or a map in brackets is not well-formed',
	'yaml-escape': 'an escape in double quotes means nothing to kubectl',
	'yaml-anchor': 'an anchor has no proper name',
	'yaml-key': 'a key is no string',
	'yaml-alias': 'there is no anchor before an alias',
	'yaml-number': 'a value is no number in JSON',
	'yaml-tag': 'a value and its tag do not fit',
	'yaml-quote-it': 'kubectl and kustomize read a value differently',
};
