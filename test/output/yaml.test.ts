import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { parseFully } from '../../src/input/full-yaml.js';
import { readSimple } from '../../src/input/simple-yaml.js';
import { splitStream } from '../../src/input/stream.js';
import { type Json, type JsonObject, toJson } from '../../src/json.js';
import { toYaml } from '../../src/output/yaml.js';
import { hardJson, hardString } from '../yaml/random-json.js';

/** What the full parser reads of a value that was written, without a warning. */
function reread(value: Json): Json {
	const chunks = splitStream({ name: 'written', text: toYaml(value) });
	assert.is(chunks.length, 1);
	const { value: read, warnings } = parseFully(chunks[0] as (typeof chunks)[0]);
	assert.equal(warnings, []);
	return read;
}

const sorted = (value: Json): Json => {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== 'object' || value === null) return value;
	const keys = Object.keys(value).sort();
	return Object.fromEntries(keys.map((key) => [key, sorted(value[key] as Json)]));
};

test('what is written is read back as the same value, in one document, with sorted keys and without a warning', () => {
	fc.assert(
		fc.property(hardJson, (value) => assert.is(toJson(reread(value)), toJson(sorted(value)))),
		{ seed: 1, numRuns: 1000 },
	);
});

test('wherever the simple reader answers, it reads the same', () => {
	const key = fc.constantFrom('a', 'name', 'spec-x', 'b.c/d');
	const text = fc.oneof(hardString, fc.constantFrom('a', 'a b', 'x\ny\n', '16.4'));
	const lists = fc.array(fc.oneof(text, fc.dictionary(key, text, { minKeys: 1, noNullPrototype: true })), {
		maxLength: 2,
	});
	const objects = fc.dictionary(key, fc.oneof(text, lists), { minKeys: 1, maxKeys: 2, noNullPrototype: true });
	let answered = 0;
	fc.assert(
		fc.property(objects, (value) => {
			const simple = readSimple(toYaml(value));
			if (simple === undefined) return;
			answered++;
			assert.is(toJson(simple), toJson(sorted(value)));
		}),
		{ seed: 2, numRuns: 1000 },
	);
	assert.ok(answered > 300, `only ${answered}`);
});

test('readers of YAML 1.1 and of YAML 1.2 take a string for the same string', () => {
	fc.assert(
		fc.property(hardString, hardString, (text, key) => {
			const written = toYaml({ [key]: [text] });
			for (const version of ['1.1', '1.2'] as const) {
				const read = parse(written, { version, uniqueKeys: false, logLevel: 'silent', maxAliasCount: 0 });
				assert.equal(Object.entries(read), [[key, [text]]], `${version}: ${written}`);
			}
		}),
		{ seed: 3, numRuns: 2000 },
	);
});

test('what is written is ASCII and line ends, or letters that everyone prints', () => {
	fc.assert(
		fc.property(hardJson, (value) => {
			assert.not.match(toYaml(value).replaceAll('\n', ''), /[\p{Control}\p{Surrogate}\p{Zl}\p{Zp}\ufeff]/u);
		}),
		{ seed: 4, numRuns: 500 },
	);
});

test('a manifest looks as kubectl would print it', () => {
	const object: JsonObject = {
		kind: 'Postgres',
		apiVersion: 'kubedb.com/v1',
		metadata: { name: 'x', annotations: {}, labels: { 'app.kubernetes.io/name': 'it is', on: 'yes' } },
		spec: {
			version: '16.4',
			replicas: 3,
			halted: false,
			nothing: null,
			storage: { resources: { requests: { storage: '10Gi', cpu: '500m' } } },
			list: [],
			containers: [{ name: 'a', args: ['-c', 'x: y', '#'] }, { ports: [{ port: 1 }] }, {}, [], [1, [2]]],
			inline: { 'user.conf': 'a = 1\nb = 2\n', tight: 'a\n\n  b', loose: 'a \nb', json: '{"a":"b\'s"}' },
			large: 2n ** 62n,
			date: '2026-11-21',
		},
	};
	assert.is(
		toYaml(object),
		`apiVersion: kubedb.com/v1
kind: Postgres
metadata:
  annotations: {}
  labels:
    app.kubernetes.io/name: it is
    "on": "yes"
  name: x
spec:
  containers:
  - args:
    - "-c"
    - "x: y"
    - "#"
    name: a
  - ports:
    - port: 1
  - {}
  - []
  - - 1
    - - 2
  date: "2026-11-21"
  halted: false
  inline:
    json: '{"a":"b''s"}'
    loose: "a \\nb"
    tight: |-
      a

        b
    user.conf: |
      a = 1
      b = 2
  large: 4611686018427387904
  list: []
  nothing: null
  replicas: 3
  storage:
    resources:
      requests:
        cpu: 500m
        storage: 10Gi
  version: "16.4"
`,
	);
});

test('a value that is no collection is a document too', () => {
	const values: [Json, string][] = [
		[null, 'null\n'],
		[true, 'true\n'],
		[1.5, '1.5\n'],
		['a', 'a\n'],
		['', '""\n'],
		['a\n--- b\n', '|\n  a\n  --- b\n'],
		[[], '[]\n'],
		[{}, '{}\n'],
		[[1], '- 1\n'],
	];
	for (const [value, text] of values) assert.is(toYaml(value), text);
});

test('a member that is undefined is left out', () => {
	assert.is(toYaml({ a: 1, b: undefined as unknown as Json }), 'a: 1\n');
});

test('a key that is too long for YAML is marked as a key', () => {
	const key = 'k'.repeat(1500);
	for (const value of [1, [1], { a: 1 }, 'a\nb\n'] as Json[]) {
		assert.match(toYaml({ [key]: value }), /^\? k{1500}\n:/);
		assert.equal(reread({ [key]: value }), { [key]: value });
	}
});

test.run();
