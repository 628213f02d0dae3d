import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitStream } from '../../src/input/stream.js';
import { lostIn, lostInArgo } from '../../src/output/argo-characters.js';
import { type Problem, showProblem } from '../../src/problems.js';
import { takeApart } from '../../src/render/source.js';

const database = `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata:
  name: x
  namespace: demo
  annotations:
    team: "a\\u0085b"
spec:
  version: "16.4"
  storage: {resources: {requests: {storage: 1Gi}}}
  podTemplate:
    spec:
      containers:
        - name: postgres
          env:
            - {name: A, value: fine}
            - name: PASSWORD
              value: "hunter2\\x7F"
`;

test('a value of a gitops resource that would not get through Argo CD is refused with its place', () => {
	const [first, second, ...more] = found(database);
	assert.equal(more, []);
	assert.is(first?.code, 'control-character');
	assert.is(first?.message, 'metadata.annotations.team holds the character U+0085, which does not get through Argo CD');
	assert.equal([first?.place?.line, first?.place?.column], [7, 11]);
	assert.is(first?.path, 'metadata.annotations.team');
	assert.is(first?.resource, 'Postgres demo/x');
	assert.match(
		second?.message ?? '',
		/\.env\[1\]\.value holds the character U\+007F, which does not get through Argo CD$/,
	);
	assert.equal([second?.place?.line, second?.place?.column], [18, 22]);
	assert.match(first?.hint ?? '', 'Remove it, or put the text into a Secret, as base64.');
});

test('so is one of a document that passes through, in whatever way it is written', () => {
	const cases: [string, string, number, number][] = [
		['kind: ConfigMap\ndata:\n  a: "x\\x85y"\n', 'U+0085', 3, 6],
		['kind: ConfigMap\ndata:\n  a: "x\\Ny"\n', 'U+0085', 3, 6],
		['kind: ConfigMap\ndata:\n  a: "x\\u0080y"\n', 'U+0080', 3, 6],
		['kind: ConfigMap\ndata:\n  a: "x\\U0000009fy"\n', 'U+009F', 3, 6],
		['kind: ConfigMap\ndata:\n  a: "x\\uFFFEy"\n', 'U+FFFE', 3, 6],
		['kind: ConfigMap\ndata:\n  a: "x\\uffffy"\n', 'U+FFFF', 3, 6],
		['kind: ConfigMap\ndata:\n  - [x, {a: "\\x7f"}]\n', 'U+007F', 3, 13],
		['{"kind": "ConfigMap",\n "data": {"a": "\\u007f"}}\n', 'U+007F', 2, 16],
	];
	for (const [text, character, line, column] of cases) {
		const problems = found(text);
		assert.is(problems.length, 1, text);
		const message = `${problems[0]?.path} holds the character ${character}, which does not get through Argo CD`;
		assert.is(problems[0]?.message, message);
		assert.equal([problems[0]?.place?.line, problems[0]?.place?.column], [line, column], text);
	}
});

test('a key counts like a value, and is pointed at', () => {
	const [problem] = found('kind: ConfigMap\ndata:\n  ok: x\n  "a\\x85": y\n');
	assert.match(problem?.message ?? '', 'a key of data holds the character U+0085');
	assert.equal([problem?.place?.line, problem?.place?.column], [4, 3]);
});

test('documents of a List, and databases in one, are found by their place in it', () => {
	const items = '- kind: ConfigMap\n  data: {a: "\\x7f"}\n';
	const list = (more: string) => `apiVersion: v1\nkind: List\nitems:\n${items}${more}`;
	const gitops = `- ${database.trimEnd().replaceAll('\n', '\n  ')}\n`;
	const [alone] = found(list(''));
	assert.equal([alone?.place?.line, alone?.path, alone?.resource], [5, 'data.a', 'ConfigMap (no name)']);
	const both = found(list(gitops)).map(({ place }) => place?.line);
	assert.equal([...both].sort(), [12, 23, 5]);
});

test('characters that cannot stand in YAML at all are refused wherever they stand, comments too', () => {
	for (const character of ['\u0000', '\u0008', '\u000b', '\u001b', '\u007f', '\u0085', '\u009f', '\ufffe', '\uffff']) {
		const [problem, ...more] = found(`kind: ConfigMap\n# a ${character} comment\ndata: {}\n`);
		assert.equal(more, []);
		assert.match(problem?.message ?? '', /^the character U\+[\dA-F]{4} cannot stand in a manifest$/);
		assert.equal([problem?.place?.line, problem?.place?.column], [2, 5]);
	}
});

test('what is suspicious and cannot be read is refused as what it is', () => {
	const [problem] = found('kind: ConfigMap\ndata:\n  a: "\\x7f"\n  a: 1\n');
	assert.is(problem?.code, 'yaml-duplicate');
});

test('no value and no line of a Secret is shown', () => {
	const problems = found('kind: Secret\nmetadata: {name: s}\nstringData:\n  password: "hunter2\\x7f"\n');
	assert.is(problems.length, 1);
	const shown = showProblem(problems[0] as Problem);
	assert.match(
		shown,
		/^in\.yaml:4:13: error\[control-character]: Secret s: stringData\.password holds the character U\+007F/,
	);
	assert.not.match(shown, 'hunter2');
});

test('nothing else is refused: not what JSON escapes, not other line ends, not emoji', () => {
	const texts = ['\u0001', '\t', '\n', '\r', '\u001f', '\u00a0', '\u2028', '\u2029', '\ufeff', '\ufffd', '😀', '\\x7f'];
	for (const text of texts) {
		assert.equal(found(`${JSON.stringify({ kind: 'ConfigMap', data: { a: text } })}\n`), []);
		assert.equal([...lostIn({ a: [text] })], []);
	}
	assert.equal(found('{"kind":"ConfigMap","data":{"a":"\\ud83d\\ude00"}}'), []);
	assert.equal(found("kind: ConfigMap\ndata: {a: 'C:\\Users\\x7f'}\n"), []);
	assert.equal(found('kind: ConfigMap\ndata: {a: "C:\\\\x7f"}\n'), []);
});

test('a string is lost if and only if it holds one of the characters, wherever it stands', () => {
	const lost = fc.constantFrom('\u007f', '\u0080', '\u0085', '\u009f', '\ufffe', '\uffff', '\ud800', '\udfff');
	const kept = fc.string({ unit: 'binary', maxLength: 5 }).filter((text) => [...lostIn(text)].length === 0);
	fc.assert(
		fc.property(kept, lost, kept, (before, character, after) => {
			assert.is([...lostIn({ a: [{ b: before + after }] })].length, 0);
			const [value] = [...lostIn({ a: [{ b: `${before}${character} ${after}` }] })];
			assert.equal([value?.path, value?.at], [['a', '[0]', 'b'], 'value']);
			const key = `${before}${character} ${after}`;
			assert.equal(
				[...lostIn({ [key]: 1 })].map(({ at, path }) => [at, path]),
				[['key', [key]]],
			);
		}),
		{ seed: 4, numRuns: 300 },
	);
});

test.run();

function found(text: string): Problem[] {
	const parts = takeApart(splitStream({ name: 'in.yaml', text }), undefined);
	assert.equal(parts.problems, []);
	return lostInArgo(parts);
}
