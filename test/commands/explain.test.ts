import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

declare const PROJECT_ROOT: string;
const program = join(PROJECT_ROOT, 'dist/kubedb-render.cjs');
const explain = (...args: string[]) =>
	execFileSync(process.execPath, [program, 'explain', ...args], { encoding: 'utf8' });

test('explain alone lists the kinds', () => {
	const text = explain();
	assert.match(text, /^Postgres +pg +StorageMigration, VolumeExpansion, .*Restart$/m);
	assert.match(text, /^Memcached +mc +/m);
});

test('explain -o json gives data', () => {
	const lines = JSON.parse(explain('-o', 'json'));
	assert.ok(lines.some(({ kind }: { kind: string }) => kind === 'Postgres'));
	const report = JSON.parse(explain('pg.spec.version', '-o', 'json'));
	assert.is(report.path, 'spec.version');
	assert.is(report.answers[0].payload, 'spec.updateVersion.targetVersion');
});

test('explain of a field tells which operation carries it out', () => {
	const text = explain('POSTGRES.spec.version');
	assert.match(text, /CARRIED OUT BY: UpdateVersion/);
	assert.match(text, /payload +spec\.updateVersion\.targetVersion/);
});

test('colours only where they are asked for', () => {
	assert.not.ok(explain('pg').includes('\u001b['));
	assert.ok(explain('pg', '--color', 'always').includes('\u001b['));
});

test('what is not there is an error with nothing on stdout', () => {
	const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'explain', 'postgers'], {
		encoding: 'utf8',
	});
	assert.is(status, 1);
	assert.is(stdout, '');
	assert.match(stderr, /^error\[unknown-kind\].*\n +Did you mean Postgres\?/);
});

test.run();
