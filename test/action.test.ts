/** The composite GitHub Action and the pre-commit hooks, as their hosts run them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { bundle } from './commands/run.js';

declare const PROJECT_ROOT: string;

interface Action {
	readonly inputs: Record<string, { default: string }>;
	readonly runs: { readonly steps: readonly { readonly run: string; readonly env: Record<string, string> }[] };
}

const action = parse(readFileSync(join(PROJECT_ROOT, 'action.yml'), 'utf8')) as Action;
const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
const source = (replicas: number) => `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata: {name: pg, namespace: demo}
spec:
  version: "16.6"
  replicas: ${replicas}
  storageType: Durable
  storage: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  deletionPolicy: WipeOut
`;

/** Runs the action's only step, with npx replaced by the bundle. */
function use(inputs: Record<string, string>, files: Record<string, string>) {
	const home = mkdtempSync(join(tmpdir(), 'kubedb-render-action-'));
	writeFileSync(
		join(home, 'npx'),
		`#!/bin/sh\n[ "$1 $2" = "--yes kubedb-render@${version}" ] || exit 99\nshift 2\nexec node ${bundle} "$@"\n`,
		{ mode: 0o755 },
	);
	for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
	const [step] = action.runs.steps;
	const values = Object.entries(step?.env ?? {}).map(([name, expression]) => {
		const input = /inputs\.(\w+)/.exec(expression)?.[1] as string;
		return [name, inputs[input] ?? String(action.inputs[input]?.default)];
	});
	const env = {
		...Object.fromEntries(values),
		PATH: `${home}:${process.env.PATH}`,
		GITHUB_OUTPUT: join(home, 'output'),
		GITHUB_STEP_SUMMARY: join(home, 'summary'),
	};
	const script = join(home, 'script.sh');
	writeFileSync(script, step?.run ?? '');
	const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
		cwd: home,
		env,
		encoding: 'utf8',
	});
	const read = (name: string) => (status === 0 ? readFileSync(join(home, name), 'utf8') : '');
	return { status, stdout, stderr, home, output: () => read('output'), summary: () => read('summary') };
}

test('the action plans: annotations, a summary, and whether there is anything to do', () => {
	const ran = use({ path: 'pg.yaml', state: 'none' }, { 'pg.yaml': source(3) });
	assert.is(ran.status, 0, ran.stderr);
	assert.match(ran.stdout, 'Plan: 1 database to create');
	assert.is(ran.output(), 'changes=true\n');
	assert.match(ran.summary(), '**Plan: 1 database to create');
});

test('the action fails where the render is refused, and does not run what stands in an input', () => {
	const ran = use({ path: 'pg.yaml', state: 'none' }, { 'pg.yaml': source(3).replace('replicas: 3', 'replicas: x') });
	assert.is(ran.status, 1);
	assert.match(ran.stdout, '::error file=pg.yaml,line=6');
	const evil = use({ path: '$(touch pwned) `touch pwned`', state: 'none;touch pwned' }, {});
	assert.is(evil.status, 1);
	assert.not.ok(spawnSync('ls', [evil.home]).stdout.toString().includes('pwned'));
});

test('the action tests cases, and takes no other command', () => {
	assert.is(use({ command: 'test', path: join(PROJECT_ROOT, 'fixtures/postgres/horizontal-scaling') }, {}).status, 0);
	assert.is(use({ command: 'rm' }, {}).status, 1);
	assert.is(action.inputs.version?.default, version);
});

test('the pre-commit hooks name commands that there are', () => {
	const hooks = parse(readFileSync(join(PROJECT_ROOT, '.pre-commit-hooks.yaml'), 'utf8')) as {
		entry: string;
		args?: string[];
	}[];
	const home = mkdtempSync(join(tmpdir(), 'kubedb-render-hook-'));
	const file = join(home, 'pg.yaml');
	writeFileSync(file, source(3));
	for (const { entry, args } of hooks) {
		const operands = args ? [join(PROJECT_ROOT, 'fixtures/postgres/horizontal-scaling')] : [file];
		const { status, stderr } = spawnSync(process.execPath, [bundle, ...entry.split(' ').slice(1), ...operands], {
			encoding: 'utf8',
		});
		assert.is(status, 0, stderr);
	}
});

interface Step {
	readonly uses?: string;
	readonly with?: Record<string, string>;
}
interface PreCommit {
	readonly repos: { readonly hooks: { entry: string; args?: string[]; pass_filenames?: boolean; files?: string }[] }[];
}

test('the pages show the action and the hooks as they are: inputs that there are, commands that work', () => {
	const blocks = ['docs/ci.md', 'docs/testing.md'].flatMap((page) =>
		[...readFileSync(join(PROJECT_ROOT, page), 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms)].map(
			([, text]) => parse(text as string) as Step[] | PreCommit,
		),
	);
	const steps = blocks.filter((block) => Array.isArray(block)).flat();
	const uses = steps.filter((step) => step.uses?.startsWith('./'));
	assert.is(uses.length, 2);
	for (const step of uses) {
		assert.ok(steps.some((each) => `./${each.with?.path}` === step.uses));
		for (const input of Object.keys(step.with ?? {})) assert.ok(action.inputs[input], input);
	}
	const hooks = blocks.flatMap((block) => ('repos' in block ? block.repos : [])).flatMap((repo) => repo.hooks);
	assert.is(hooks.length, 2);
	const home = mkdtempSync(join(tmpdir(), 'kubedb-render-hook-'));
	mkdirSync(join(home, 'tests/pg/1-create'), { recursive: true });
	mkdirSync(join(home, 'databases'));
	writeFileSync(join(home, 'tests/pg/1-create/input.yaml'), source(3));
	writeFileSync(join(home, 'databases/pg.yaml'), source(3));
	assert.is(spawnSync(process.execPath, [bundle, 'test', 'tests', '--update'], { cwd: home }).status, 0);
	for (const { entry, args = [], pass_filenames = true, files = '' } of hooks) {
		const operands = pass_filenames ? ['databases/pg.yaml'] : [];
		for (const operand of operands) assert.match(operand, new RegExp(files));
		const command = [bundle, ...entry.split(' ').slice(1), ...args, ...operands];
		const { status, stderr } = spawnSync(process.execPath, command, { cwd: home, encoding: 'utf8' });
		assert.is(status, 0, stderr);
	}
});

test.run();
