import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from './run.js';

const test = suite('doctor');
let folder: string;
test.before(() => {
	folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
});
test.after(() => rmSync(folder, { recursive: true }));

/** A kubectl that says the same to everything. */
function kubectl(script: string): Record<string, string> {
	writeFileSync(join(folder, 'kubectl'), `#!/bin/sh\n${script}\n`);
	chmodSync(join(folder, 'kubectl'), 0o755);
	return { PATH: `${folder}:${process.env.PATH}` };
}

test('a namespace without Argo CD is told of, with the way to name another', () => {
	const env = kubectl(
		`echo 'Error from server (NotFound): the server could not find the requested resource' >&2; exit 1`,
	);
	const { status, stdout, stderr } = run(['doctor'], { env });
	assert.is(status, 1);
	assert.is(stdout, '');
	assert.match(
		stderr,
		/^error\[no-argocd\]: there is no Argo CD in the namespace argocd\n {3}Name its namespace with --namespace\.\n$/,
	);
});

test('a cluster that cannot be read is not taken for one where something is missing', () => {
	const { status, stdout, stderr } = run(['doctor'], {
		env: kubectl(`echo 'Unable to connect to the server' >&2; exit 1`),
	});
	assert.is(status, 1);
	assert.is(stdout, '');
	assert.match(
		stderr,
		/^error\[cluster-unreadable\]: the cluster cannot be read: Unable to connect to the server \(GET /,
	);
	assert.match(stderr, /Check --kubeconfig and --context, or try again\./);
	assert.not.match(stderr, /rendered/);
});

test.run();
