import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFully } from '../../src/input/full-yaml.js';
import { disagreement } from '../../src/input/scalars.js';
import { readSimple } from '../../src/input/simple-yaml.js';
import { type Chunk, splitStream, textOf } from '../../src/input/stream.js';
import { type Parsed, parseChunk } from '../../src/input/yaml.js';
import { canonicalJson, isObject, type Json, toJson } from '../../src/json.js';
import { Refusal } from '../../src/problems.js';
import { documentRows, scalarRows, streamRows } from '../yaml/table.js';

declare const PROJECT_ROOT: string;

type Read = { readonly value: Json } | { readonly codes: readonly string[] };

function read(parse: (chunk: Chunk) => Parsed, chunk: Chunk): Read {
	try {
		return { value: parse(chunk).value };
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		for (const { place, source } of error.problems) assert.ok(place ?? source, 'a refusal has a place');
		return { codes: error.problems.map(({ code }) => code) };
	}
}

/** Reads a document by both readers, which must not differ. */
function readDocument(text: string): Read {
	const chunk = { source: { name: 'table', text }, start: 0, end: text.length };
	const full = read(parseFully, chunk);
	assert.equal(read(parseChunk, chunk), full, JSON.stringify(text));
	const simple = readSimple(text);
	if (simple !== undefined) assert.equal({ value: simple }, full, `simple reader: ${JSON.stringify(text)}`);
	return full;
}

const isRefused = (cell: string) => cell.startsWith('refused: ');

/** A scalar stands in several places; in each it means the same. */
const around: ((text: string) => string)[] = [
	(text) => `v: ${text}\n`,
	(text) => `v:   ${text}  # why\n`,
	(text) => `v:\n- ${text}\n`,
	(text) => `v:\n- a: ${text}\n  b: c\n`,
];
const unwrap = (value: Json): Json => {
	const v = isObject(value) ? value.v : undefined;
	const item = Array.isArray(v) ? v[0] : v;
	return isObject(item) ? (item.a as Json) : (item as Json);
};

test('a plain scalar is read as kubectl reads it, wherever it stands', () => {
	const rows = scalarRows(PROJECT_ROOT);
	assert.ok(rows.length > 200);
	for (const { text, kubectl } of rows) {
		for (const wrap of around) {
			// Items and members may begin with what a value may not.
			if (/^(?:[-?]|--?)$/.test(text) && !isRefused(kubectl)) continue;
			const document = wrap(text);
			const own = readDocument(document);
			if (isRefused(kubectl)) {
				if (document.startsWith('v: ')) assert.ok('codes' in own, document);
				continue;
			}
			assert.is('value' in own ? toJson(unwrap(own.value)) : own.codes, kubectl, JSON.stringify(document));
		}
	}
});

test('where kustomize makes something else of a scalar, a reader is warned', () => {
	const differing = scalarRows(PROJECT_ROOT).filter(({ kustomize }) => kustomize !== '=');
	assert.ok(differing.length >= 16 + 4);
	for (const { text, kustomize } of differing) {
		const warning = disagreement(text);
		assert.ok(warning, text);
		assert.match(warning as string, text);
		if (kustomize === `"${text}"`) assert.match(warning as string, `kustomize as the string "${text}"`);
	}
});

test('a document is read as kubectl reads it, or refused with a code', () => {
	const rows = documentRows(PROJECT_ROOT);
	assert.ok(rows.length > 130);
	for (const { name, text, kubectl, refused } of rows) {
		const own = readDocument(text);
		if (refused) assert.is('codes' in own && own.codes[0], refused, name);
		else {
			assert.not(isRefused(kubectl), `${name}: kubectl refuses it`);
			assert.is('value' in own && canonicalJson(own.value), canonicalJson(JSON.parse(kubectl)), name);
		}
	}
});

test('a stream falls into the documents that kubectl finds in it, or is refused', () => {
	for (const { name, text, names, error, refused } of streamRows(PROJECT_ROOT)) {
		const source = { name: 'stream', text };
		const readAll = () => splitStream(source).map((chunk) => ({ chunk, value: parseChunk(chunk).value }));
		if (refused) {
			assert.throws(
				readAll,
				(thrown: unknown) => thrown instanceof Refusal && thrown.problems[0]?.code === refused,
				name,
			);
			continue;
		}
		assert.is(error, undefined, name);
		const found = readAll();
		const nameOf = (value: Json) => isObject(value) && isObject(value.metadata) && value.metadata.name;
		assert.equal(
			found.map(({ value }) => nameOf(value)),
			names,
			name,
		);
		for (const { chunk } of found) assert.not.match(textOf(chunk), /^---/m, name);
	}
});

test.run();
