import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from './run.js';

declare const PROJECT_ROOT: string;

const source = (replicas: number) => `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata: {name: pg, namespace: demo}
spec:
  version: "16.6"
  replicas: ${replicas}
  storageType: Durable
  storage: {storageClassName: standard, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  deletionPolicy: WipeOut
`;

/** A case whose second step scales up. */
function scaling(): string {
	const folder = join(mkdtempSync(join(tmpdir(), 'kubedb-render-test-')), 'scaling');
	for (const [step, replicas] of [
		['1-create', 3],
		['2-scale', 5],
	] as const) {
		mkdirSync(join(folder, step), { recursive: true });
		writeFileSync(join(folder, step, 'input.yaml'), source(replicas));
	}
	return folder;
}

const check = (...args: string[]) => run(['test', ...args]);

test("test: the project's own cases pass", () => {
	const { status, stdout, stderr } = check(join(PROJECT_ROOT, 'fixtures'));
	assert.is(status, 0, stdout + stderr);
	assert.match(stdout, / cases, 0 failed\./);
});

test('test: a case without expectations fails and shows them; --update writes them; then it passes', () => {
	const folder = scaling();
	const fresh = check(folder);
	assert.is(fresh.status, 1);
	assert.match(fresh.stdout, '1-create/expected.yaml is missing; now it would be:');
	assert.not.ok(existsSync(join(folder, '1-create/expected.yaml')), 'nothing is written without --update');
	const updated = check(folder, '--update');
	assert.is(updated.status, 0);
	assert.match(updated.stdout, '1 case, 4 files changed.');
	assert.match(readFileSync(join(folder, '2-scale/plan.txt'), 'utf8'), 'HorizontalScaling');
	assert.is(check(folder).status, 0);
	assert.match(check(folder, '--update').stdout, '0 files changed');
});

test('test: a step that only leads up to others has no expectations, but has to render', () => {
	const folder = scaling();
	writeFileSync(join(folder, '1-create/step.yaml'), 'expect: nothing\n');
	assert.is(check(folder, '--update').status, 0);
	assert.not.ok(existsSync(join(folder, '1-create/expected.yaml')));
	assert.is(check(folder).status, 0);
	writeFileSync(join(folder, '1-create/input.yaml'), source(3).replace('replicas: 3', 'replicas: x'));
	const { status, stdout } = check(folder);
	assert.is(status, 1);
	assert.match(stdout, '1-create/refused.txt is missing');
});

test('test: a word in step.yaml that there is not is refused with those that there are', () => {
	const folder = scaling();
	for (const [text, why] of [
		['expects: nothing', 'error[step-file]: there is no expects in it\n'],
		['expect: something', 'error[step-file]: expect can only be nothing\n'],
	] as const) {
		writeFileSync(join(folder, '1-create/step.yaml'), text);
		const { status, stdout } = check(folder);
		assert.is(status, 1);
		assert.match(stdout, why);
	}
});

test('test: a difference is shown as diff -u shows it, under its case and step', () => {
	const folder = scaling();
	check(folder, '--update');
	const file = join(folder, '2-scale/expected.yaml');
	writeFileSync(file, readFileSync(file, 'utf8').replace('    replicas: 5', '    replicas: 7'));
	const { status, stdout } = check(folder);
	assert.is(status, 1);
	assert.match(stdout, `FAIL  ${folder}\n      step 2-scale\n      --- ${file}\n      +++ now\n`);
	assert.match(stdout, '\n      -    replicas: 7\n      +    replicas: 5\n');
	assert.match(stdout, '--update');
	assert.not.match(stdout, 'step 1-create');
});

test('test: a refusal that was not expected, and one that does not come any more, both fail', () => {
	const folder = scaling();
	check(folder, '--update');
	const input = join(folder, '2-scale/input.yaml');
	writeFileSync(input, source(5).replace('storage: 1Gi', 'storage: 512Mi'));
	assert.match(check(folder).stdout, 'but the step is refused:');
	check(folder, '--update');
	assert.not.ok(existsSync(join(folder, '2-scale/expected.yaml')));
	assert.match(readFileSync(join(folder, '2-scale/refused.txt'), 'utf8'), 'input.yaml:');
	writeFileSync(input, source(5));
	assert.match(check(folder).stdout, 'the step is not refused any more');
});

test('test --junit: a suite for each case, a test for each step, the difference as text', () => {
	const folder = scaling();
	check(folder, '--update');
	rmSync(join(folder, '1-create/plan.txt'));
	const file = join(folder, 'results.xml');
	assert.is(check(folder, '--junit', file).status, 1);
	const xml = readFileSync(file, 'utf8');
	assert.match(xml, `<testsuite name="${folder}" tests="2" failures="1">`);
	assert.match(xml, `<testcase classname="${folder}" name="2-scale"/>`);
	assert.match(xml, /<failure message="[^"]*plan.txt is missing/);
	assert.match(xml, '1 database to create');
});

test('test: a folder without cases, and one that is not there, are refused', () => {
	const empty = mkdtempSync(join(tmpdir(), 'kubedb-render-test-'));
	assert.match(check(empty).stderr, 'error[no-cases]');
	assert.match(check(join(empty, 'x')).stderr, 'error[not-found]');
	assert.is(check(empty).status, 1);
	mkdirSync(join(empty, '1-x'));
	const broken = check(empty);
	assert.is(broken.status, 1);
	assert.match(broken.stdout, 'FAIL');
});

test('test init: the first case from a file, which passes at once', () => {
	const home = mkdtempSync(join(tmpdir(), 'kubedb-render-test-'));
	const [folder, file] = [join(home, 'cases/pg'), join(home, 'pg.yaml')];
	writeFileSync(file, source(3));
	const { status, stdout, stderr } = check('init', folder, '--from', file);
	assert.is(status, 0, stderr);
	assert.match(stdout, '1-create/expected.yaml');
	assert.is(readFileSync(join(folder, '1-create/input.yaml'), 'utf8'), source(3));
	assert.is(check(join(home, 'cases')).status, 0);
	assert.match(check('init', folder, '--from', file).stderr, 'error[exists]');
	assert.match(check('init', join(home, 'x')).stderr, 'error[setting]');
	assert.match(check('init', join(home, 'x'), '--database', 'Postgre/demo/pg').stderr, 'Did you mean Postgres?');
});

test('test init --database: asks for what runs in the cluster', () => {
	const home = mkdtempSync(join(tmpdir(), 'kubedb-render-test-'));
	const live = {
		apiVersion: 'kubedb.com/v1',
		kind: 'Postgres',
		metadata: { name: 'pg', uid: 'u' },
		spec: {
			version: '16.6',
			replicas: 3,
			storageType: 'Durable',
			deletionPolicy: 'WipeOut',
			storage: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
		},
		status: { phase: 'Ready' },
	};
	writeFileSync(join(home, 'live.json'), JSON.stringify(live));
	writeFileSync(join(home, 'kubectl'), `#!/bin/sh\necho "$@" > ${home}/asked\ncat ${home}/live.json\n`, {
		mode: 0o755,
	});
	const env = { PATH: `${home}:${process.env.PATH}` };
	const folder = join(home, 'pg');
	const { status, stderr } = run(['test', 'init', folder, '--database', 'Postgres/demo/pg'], { env });
	assert.is(status, 0, stderr);
	assert.match(readFileSync(join(home, 'asked'), 'utf8'), '/apis/kubedb.com/v1/namespaces/demo/postgreses/pg');
	const input = readFileSync(join(folder, '1-create/input.yaml'), 'utf8');
	assert.match(input, 'apiVersion: gitops.kubedb.com/v1alpha1');
	assert.not.match(input, 'uid');
	assert.is(check(folder).status, 0);
});

test('test: a step without input is an error that says where the manifests go', () => {
	const folder = scaling();
	rmSync(join(folder, '2-scale', 'input.yaml'));
	const { status, stdout, stderr } = check(folder);
	assert.is(status, 1);
	assert.match(`${stdout}${stderr}`, /error\[no-input\].*the step has no input\n.*Put the manifests into input\.yaml/);
});

test.run();
