import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from './run.js';

const source = (replicas: number, storage = '1Gi', config = 'a=1') => `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata: {name: pg, namespace: demo}
spec:
  version: "16.6"
  replicas: ${replicas}
  storageType: Durable
  storage:
    accessModes: [ReadWriteOnce]
    resources: {requests: {storage: ${storage}}}
  configuration:
    inline:
      user.conf: ${JSON.stringify(config)}
  deletionPolicy: WipeOut
`;

/** Plans a change from 3 replicas; the source is the file pg.yaml. */
function plan(output: string, changed: string, ...args: string[]) {
	const cwd = mkdtempSync(join(tmpdir(), 'kubedb-render-plan-'));
	const before = run(['build', '-', '--state', 'none'], { input: source(3) });
	assert.is(before.status, 0, before.stderr);
	writeFileSync(join(cwd, 'before.yaml'), before.stdout);
	writeFileSync(join(cwd, 'pg.yaml'), changed);
	return run(['plan', 'pg.yaml', '--state', 'before.yaml', '-o', output, ...args], { cwd });
}

test('plan -o markdown: a table of operations, and what needs none on a list', () => {
	const { status, stdout } = plan('markdown', source(5).replace('WipeOut', 'Delete'));
	assert.is(status, 0);
	assert.match(stdout, '**Plan: 1 operation, 1 direct change on 1 database.**\n\n### Postgres demo/pg\n');
	assert.match(
		stdout,
		/\n\| 1 \| HorizontalScaling \| `replicas {2}3 -> 5` \| .* \| `pg-horizontalscaling-\w{6}` \|\n/,
	);
	assert.match(stdout, '\n- applied directly: `deletionPolicy  WipeOut -> Delete`\n');
	assert.match(plan('markdown', source(3)).stdout, '1 with nothing to do');
});

test('plan -o markdown: nothing in a value breaks out of its cell, becomes HTML, or calls a person', () => {
	const { stdout } = plan('markdown', source(3).replace('"16.6"', '"16.8` | <b> @somebody"'));
	const row = stdout.split('\n').find((line) => line.startsWith('| 1 |')) as string;
	assert.match(row, '`` version  16.6 -> 16.8` \\| <b> @somebody ``');
	assert.is(row.match(/(?<!\\)\|/g)?.length, 6);
});

test('plan -o github: notices on the lines of the source, errors as annotations and on stderr', () => {
	const good = plan('github', source(5), '--detailed-exitcode');
	assert.is(good.status, 2);
	assert.match(
		good.stdout,
		/^::notice file=pg\.yaml,line=6,col=13,title=HorizontalScaling::Postgres demo\/pg: operation 1, HorizontalScaling%0Areplicas {2}3 -> 5%0A/,
	);
	const bad = plan('github', source(3, '512Mi'));
	assert.is(bad.status, 1);
	assert.match(bad.stdout, '::error file=pg.yaml,line=10,col=37,title=volume-shrinks::Postgres demo/pg: ');
	assert.match(bad.stderr, 'pg.yaml:10:37: error[volume-shrinks]');
});

test('plan -o github: a percent sign, a line end and a colon cannot make another command', () => {
	const { stdout } = plan('github', source(3, '1Gi').replace('"16.6"', '"16%0A::error::x\\n::error::y"'));
	assert.not.match(stdout, /^::error::/m);
});

test('plan: configuration that may hold a secret is in no format', () => {
	for (const format of ['text', 'json', 'markdown', 'github'])
		assert.not.match(plan(format, source(3, '1Gi', 'password=hunter2')).stdout, 'hunter2');
});

test.run();
