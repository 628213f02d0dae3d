import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mayHoldSecret } from '../../src/input/secret-text.js';
import { splitStream } from '../../src/input/stream.js';
import { parseChunk } from '../../src/input/yaml.js';
import { type Problem, Refusal, showProblem } from '../../src/problems.js';
import { takeApart } from '../../src/render/source.js';

test('Secrets are known by their kind, in YAML and JSON, alone and in a List; encrypted ones are none', () => {
	for (const text of [
		'kind: Secret',
		'kind:   "Secret"',
		'{"kind":"Secret"}',
		"'kind' : 'Secret'",
		'- kind: Secret # x',
	])
		assert.ok(mayHoldSecret(text), text);
	for (const text of [
		'kind: SealedSecret',
		'kind: SecretStore',
		'kind: ExternalSecret',
		'secretName: Secret',
		'x: kind',
	])
		assert.not(mayHoldSecret(text), text);
});

/** Each holds hunter2, and something that a reader complains of. */
const broken = [
	'kind: Secret\nstringData:\n  password: "hunter2\n',
	'kind: Secret\nstringData:\n  password: [hunter2\n',
	'kind: Secret\nstringData:\n  password: hunter2: x\n',
	'kind: Secret\nstringData:\n  password: *hunter2\n  b: hunter2\n',
	'kind: Secret\nstringData:\n  password: @hunter2\n',
	'kind: Secret\nstringData:\n  password: hunter2\n  password: hunter2\n',
	'kind: Secret\nstringData:\n  password: !!int hunter2\n',
	'kind: Secret\nstringData:\n  password: !x hunter2\n',
	'kind: Secret\nstringData:\n  password: !!binary hunter2=/w==\n',
	'kind: Secret\nstringData: {a: .inf, b: hunter2}\n',
	'{"kind": "Secret", "stringData": {"password": "hunter2", }, x: [}\n',
	'--- {kind: Secret, stringData: {password: hunter2}}\n',
];

test('no problem of a Secret shows a line or a value of it', () => {
	for (const text of broken) {
		const problems = problemsOf(text);
		assert.ok(problems.length > 0, text);
		for (const problem of problems) {
			assert.not.match(JSON.stringify({ ...problem, place: { ...problem.place, text: '' } }), 'password: hunter2');
			assert.not.match(showProblem(problem), 'hunter2', text);
			assert.ok(problem.place);
		}
	}
});

test('a number of a Secret that is read in two ways is not shown by the warning', () => {
	const [chunk] = splitStream({ name: 's.yaml', text: 'kind: Secret\nstringData: {pin: 1_234}\n' });
	assert.ok(chunk);
	const { warnings } = parseChunk(chunk as never);
	assert.is(warnings.length, 1);
	assert.not.match(showProblem(warnings[0] as Problem), '1_234');
	assert.match(showProblem(warnings[0] as Problem), /^s\.yaml:2:19: warning\[yaml-quote-it]: kubectl and kustomize/);
});

test('a Secret beside a database that does not parse is told of with its place alone', () => {
	const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: auth}\nstringData:\n  password: "hunter2\n';
	const database = `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata: {name: x, namespace: demo}
spec: {version: "16.4", authSecret: {name: auth}, storage: {resources: {requests: {storage: 1Gi}}}}
`;
	const { problems } = takeApart(splitStream({ name: 'x.yaml', text: `${database}---\n${secret}` }), undefined);
	const shown = problems.map((problem) => showProblem(problem)).join('\n');
	assert.match(shown, /^x\.yaml:1\d:\d+: error\[yaml]: the YAML is not well-formed$/m);
	assert.not.match(shown, 'hunter2');
});

test('the lines of all else are shown', () => {
	const [problem] = problemsOf('kind: ConfigMap\ndata:\n  a: .inf\n');
	assert.match(showProblem(problem as Problem), '\n   3 |   a: .inf\n     |      ^^^^\n');
});

test('control characters of a source do not reach a terminal', () => {
	const [problem] = problemsOf('kind: "\u001b[31m\u009b31m\n');
	const text = showProblem(problem as Problem);
	assert.not.ok(text.includes('\u001b') || text.includes('\u009b'));
	const shown = showProblem({
		code: 'x',
		severity: 'error',
		message: 'a\u001bb\nc\td',
		hint: 'e\u0007f',
		resource: 'g\u009bh',
		place: { source: 'i\u001b', line: 1, column: 3, length: 1, text: '\tk\u001bl' },
	});
	assert.is(shown, 'i\ufffd:1:3: error[x]: g\ufffdh: a\ufffdb\nc\td\n   1 | \tk\ufffdl\n     | \t ^\n   e\ufffdf');
});

test.run();

function problemsOf(text: string): readonly Problem[] {
	try {
		return splitStream({ name: 's.yaml', text }).flatMap((chunk) => parseChunk(chunk).warnings);
	} catch (error) {
		if (error instanceof Refusal) return error.problems;
		throw error;
	}
}
