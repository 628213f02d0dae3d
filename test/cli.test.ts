import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from '../src/commands/build.js';
import { resolveSettings } from '../src/settings.js';
import { bundle, type RunOptions } from './commands/run.js';
import { refusalOf } from './refusal.js';
import { cliFixtures, run } from './run-cli.js';
import { matchesFixture } from './snapshot.js';

const test = suite('command line');
let folder: string;
test.before(() => {
	folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
});
test.after(() => rmSync(folder, { recursive: true }));

const warned = `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata: {name: orders, namespace: shop, annotations: {since: 2026-01-01}}
spec: {version: "16.4", storage: {resources: {requests: {storage: 1Gi}}}}
`;
const inArgoCD = { ARGOCD_APP_NAME: 'shop', KUBE_VERSION: '1.35', KUBEDB_RENDER_STATE: 'none' };

test('every command has a help text, on stdout, with status 0', () => {
	const root = run(['--help']);
	assert.equal([root.status, root.stderr], [0, '']);
	matchesFixture(root.stdout, 'cli/help.txt');
	assert.is(run(['-h']).stdout, root.stdout);
	assert.is(run(['help']).stdout, root.stdout);
	for (const command of ['build', 'plan', 'completion']) {
		const help = run([command, '--help']);
		assert.equal([help.status, help.stderr], [0, '']);
		matchesFixture(help.stdout, `cli/help-${command}.txt`);
		assert.is(run(['help', command]).stdout, help.stdout);
	}
});

test('without a command, the help is an error', () => {
	const { status, stdout, stderr } = run([]);
	assert.equal([status, stdout], [1, '']);
	assert.is(stderr, run(['--help']).stdout);
});

test('--version is the version of the package, and of the KubeDB API that the catalog follows', () => {
	const read = (path: string) => JSON.parse(readFileSync(join(cliFixtures, '../..', path), 'utf8'));
	const { version } = read('package.json');
	const [, api] = read('src/catalog/schemas.json').source.split('@');
	assert.equal(run(['--version']), { status: 0, stdout: `${version} (catalog of KubeDB's API ${api})\n`, stderr: '' });
});

test('what is mistyped is an error that says what was meant', () => {
	const cases: [string[], RegExp][] = [
		[['biuld'], /^error: unknown command 'biuld'\n\(Did you mean build\?\)\n$/],
		[['build', '--stat', 'none'], /^error: unknown option '--stat'\n\(Did you mean --state\?\)\n$/],
		[['build', '--source', 'plane'], /'plane' is invalid\. Allowed choices are auto, plain, kustomize\.\n$/],
		[['build', '-o', 'yml'], /'yml' is invalid\. Allowed choices are yaml, json, name, argocd\.\n$/],
		[['plan', '-o', 'yaml'], /'yaml' is invalid\./],
		[['plan', '--color', 'yes'], /'yes' is invalid\. Allowed choices are auto, always, never\.\n$/],
		[['build', '--state'], /option '--state <where>' argument missing/],
		[['build', '--request-timeout', 'x', 'databases'], /^error\[setting]: --request-timeout cannot be "x"\n/],
		[['build', '--application', 'x', 'databases'], /^error\[setting]: --application cannot be "x"\n/],
	];
	for (const [args, message] of cases) fails(args, message);
});

test('a render without --state is an error that lists where the state may be', () => {
	fails(['build', 'databases'], /^error\[no-state]: --state is missing: .*\n {3}--state cluster .*\n {3}--state FILE/);
	fails(['plan', 'databases'], /^error\[no-state]: /);
});

test('what is in no database needs no state', () => {
	const { status, stdout } = run(['build', 'databases/others.yaml']);
	assert.is(status, 0);
	assert.is(stdout, `---\n${fixture('databases/others.yaml')}`);
	assert.is(run(['plan', 'databases/others.yaml']).stdout, '\nPlan: 0 operations on 0 databases.\n');
});

test('a render of its own output is the fixed point', () => {
	const first = run(['build', 'databases', '--state', 'none']);
	assert.equal([first.status, first.stderr], [0, '']);
	const second = run(['build', 'databases', '--state', '-'], { input: first.stdout });
	assert.equal(second, first);
	for (const format of ['json', 'argocd']) {
		const before = run(['build', 'databases', '--state', 'none', '-o', format]);
		assert.is(run(['build', 'databases', '--state', '-'], { input: before.stdout }).stdout, first.stdout, format);
	}
	const changed = run(['build', 'changed', '--state', '-'], { input: first.stdout });
	assert.match(changed.stdout, 'kind: PostgresOpsRequest');
	assert.is(run(['build', 'changed', '--state', '-'], { input: changed.stdout }).status, 0);
});

test('a database that left the source keeps its state, so that its return takes no old names', () => {
	const first = run(['build', 'databases', '--state', 'none']).stdout;
	const left = run(['build', '-', '--state', written(first)], { input: warned.replaceAll('orders', 'other') });
	assert.is(left.status, 0);
	assert.match(left.stdout, /name: orders-postgres-state/);
	assert.match(left.stdout, /removed: "true"/);
	assert.not.match(left.stdout, 'name: orders-postgres-plan');
	const again = run(['build', '-', '--state', written(left.stdout)], { input: warned.replaceAll('orders', 'other') });
	assert.is(again.stdout, left.stdout);
	const back = run(['build', 'databases', '--state', written(left.stdout)]);
	assert.match(back.stdout, 'generation: "2"');
});

test('build prints YAML, JSON lines, names, and what Argo CD reads', () => {
	const print = (...args: string[]) => run(['build', 'databases', '--state', 'none', ...args]).stdout;
	matchesFixture(print(), 'cli/databases.yaml.txt');
	assert.is(print('-o', 'yaml'), print());
	matchesFixture(print('-o', 'argocd'), 'cli/databases.argocd.txt');
	const kinds = ['ConfigMap', 'ConfigMap', 'Secret', 'Postgres', 'ConfigMap'];
	const lines = print('-o', 'json').trimEnd().split('\n');
	assert.equal(
		lines.map((line) => JSON.parse(line).kind),
		kinds,
	);
	assert.is(
		print('-o', 'name'),
		'configmap/orders-postgres-plan\nconfigmap/settings\nsecret/orders-auth\npostgres.kubedb.com/orders\nconfigmap/orders-postgres-state\n',
	);
});

test('files and folders are read in the order that is given, -f first, and options stand anywhere', () => {
	const expected = run(['build', 'databases', '--state', 'none']).stdout;
	for (const args of [
		['build', '--state', 'none', 'databases'],
		['build', '--state=none', '-f', 'databases'],
		['build', '-f', 'databases/orders.yaml', '--state', 'none', '-f', 'databases/others.yaml'],
		['build', '--filename=databases/orders.yaml', '--state=none', 'databases/others.yaml'],
	])
		assert.equal(run(args), { status: 0, stdout: expected, stderr: '' }, args.join(' '));
	assert.is(run(['build', 'mixed/a.yml', '-f', 'mixed/b.json', '-o', 'name']).stdout, 'configmap/b\nconfigmap/a\n');
});

test('a folder is read without what lies below it, unless that is asked for', () => {
	assert.is(run(['build', 'mixed', '-o', 'name']).stdout, 'configmap/a\nconfigmap/b\n');
	assert.is(run(['build', '-R', 'mixed', '-o', 'name']).stdout, 'configmap/a\nconfigmap/b\nconfigmap/c\n');
	const environment = { KUBEDB_RENDER_RECURSIVE: 'true' };
	assert.is(
		run(['build', 'mixed', '-o', 'name'], { env: environment }).stdout,
		'configmap/a\nconfigmap/b\nconfigmap/c\n',
	);
	assert.is(run(['build'], { cwd: join(cliFixtures, 'databases'), env: { KUBEDB_RENDER_STATE: 'none' } }).status, 0);
});

test('JSON of the source that a YAML reader would not read is written as it would', () => {
	assert.match(run(['build', 'mixed/b.json']).stdout, '"data": {"path": "a/b 😀"}}\n');
});

test('nothing to render is an error: a host would take it for the wish to have nothing', () => {
	mkdirSync(join(folder, 'empty'));
	fails(['build', '--state', 'none'], /^\.: error\[no-manifests]: /, { cwd: join(folder, 'empty') });
	fails(['build', 'empty', '--state', 'none'], /^empty: error\[no-manifests]: /, { cwd: folder });
	fails(['build', 'nowhere', '--state', 'none'], /^nowhere: error\[not-found]: /);
	for (const input of ['', '\n', '---\n# nothing\n---\n'])
		fails(['build', '-', '--state', 'none'], /^<stdin>: error\[no-documents]: /, { input });
});

test('a state that holds nothing of any database is an error: the render before may have failed', () => {
	for (const input of ['', '# nothing\n'])
		fails(['build', 'databases', '--state', '-'], /^<stdin>: error\[empty-state]: the state is empty/, { input });
	fails(
		['build', 'databases', '--state', 'databases'],
		/^databases: error\[empty-state]: the state is no output of a render/,
	);
	fails(['build', 'databases', '--state', 'nowhere'], /^nowhere: error\[not-found]: /);
	const damaged = run(['build', 'databases', '--state', 'none']).stdout.replace('"replicas":3', '"replicas":4');
	fails(['build', 'databases', '--state', '-'], /^error\[memory-damaged]: ConfigMap shop\/orders-postgres-/, {
		input: damaged,
	});
});

test('stdin is read once', () => {
	fails(['build', '-', '-', '--state', 'none'], /^error\[setting]: stdin \(-\) is named twice/, { input: warned });
	fails(['build', '-', '--state', '-'], /^error\[setting]: source and state cannot both be read from stdin/, {
		input: warned,
	});
});

test('a terminal as stdin is refused, for the source and for the state', async () => {
	const world = {
		environment: {},
		stdinIsTerminal: () => true,
		readStdin: () => assert.unreachable('nobody types manifests') as never,
	};
	const source = await refusalOf(() => build(['-'], {}, resolveSettings({ state: 'none' }, {}), world));
	assert.is(source.code, 'terminal');
	assert.match(source.message, 'the source is to be read from stdin, which is a terminal');
	const databases = [join(cliFixtures, 'databases')];
	const state = await refusalOf(() => build(databases, {}, resolveSettings({ state: '-' }, {}), world));
	assert.match(state.message, 'the state is to be read from stdin');
});

test('a stdin that is no stream is an error', () => {
	const descriptor = openSync(folder, 'r');
	const { status, stderr } = spawnSync(process.execPath, [bundle, 'build', '-'], {
		stdio: [descriptor, 'pipe', 'pipe'],
		encoding: 'utf8',
	});
	closeSync(descriptor);
	assert.is(status, 1);
	assert.match(stderr, /^<stdin>: error\[unreadable]: it cannot be read: EISDIR\n/);
	fails(['build', '-'], /^<stdin>: error\[not-utf8]: /, { input: Buffer.from([0x6b, 0xff]) });
});

test('warnings go to stderr and change nothing, --quiet silences them', () => {
	const { status, stdout, stderr } = run(['build', '-', '--state', 'none'], { input: warned });
	assert.is(status, 0);
	assert.match(stderr, /^<stdin>:3:64: warning\[yaml-quote-it]: .*\n {3}3 \| .*\n {5}\| {64}\^{10}\n {3}Quote it\.\n$/);
	assert.not.match(stdout, 'warning');
	assert.equal(run(['build', '-', '--state', 'none', '--quiet'], { input: warned }), { status: 0, stdout, stderr: '' });
	assert.equal(run(['build', '-q', '-', '--state', 'none'], { input: warned }), { status: 0, stdout, stderr: '' });
	assert.match(run(['plan', '-', '--state', 'none'], { input: warned }).stderr, 'warning[yaml-quote-it]');
});

test('--quiet does not silence errors', () => {
	const bad = warned.replace('version', 'verson');
	const loud = run(['build', '-', '--state', 'none'], { input: bad });
	assert.match(loud.stderr, 'warning[');
	fails(['build', '-q', '-', '--state', 'none'], /^<stdin>:4:\d: error\[/, { input: bad });
	assert.not.match(run(['build', '-q', '-', '--state', 'none'], { input: bad }).stderr, 'warning[');
});

test('all problems are shown, errors first, and counted', () => {
	const two = `${warned.replace('version', 'verson')}---\n${warned.replace('orders', 'Orders')}`;
	const { stderr } = run(['build', '-', '--state', 'none'], { input: two });
	assert.match(stderr, /^<stdin>:4:\d: error\[/);
	assert.match(stderr, /^<stdin>:8:18: error\[bad-name]/m);
	assert.match(stderr, /\d errors\.\n$/);
	assert.ok(stderr.lastIndexOf('error[') < stderr.indexOf('warning['));
});

test('colours: as --color says, else as NO_COLOR, FORCE_COLOR and TERM say, else for terminals', () => {
	const mark = '\u001b[';
	const plan = (args: string[], environment?: NodeJS.ProcessEnv) => {
		const { stdout } = run(['plan', 'databases', '--state', 'none', ...args], environment ? { env: environment } : {});
		return stdout.includes(mark);
	};
	assert.is(plan([]), false);
	assert.is(plan(['--color', 'always']), true);
	assert.is(plan(['--color', 'always'], { NO_COLOR: '1' }), true);
	assert.is(plan(['--color', 'never'], { FORCE_COLOR: '1' }), false);
	assert.is(plan([], { FORCE_COLOR: '1' }), true);
	assert.is(plan([], { FORCE_COLOR: '0' }), false);
	assert.is(plan([], { FORCE_COLOR: '1', NO_COLOR: '1' }), false);
	assert.is(plan([], { FORCE_COLOR: '', NO_COLOR: '' }), false);
	assert.is(plan([], { TERM: 'dumb' }), false);
	const refused = ['build', 'nowhere', '--state', 'none'];
	assert.is(run([...refused, '--color', 'always']).stderr.includes(mark), true);
	assert.is(run([...refused, '--color', 'never'], { env: { FORCE_COLOR: '1' } }).stderr.includes(mark), false);
	assert.is(run(['build', 'databases', '--state', 'none', '--color', 'always']).stdout.includes(mark), false);
});

test('plan tells of operations in text and JSON, and exits with 2 where that is asked for', () => {
	const state = written(run(['build', 'databases', '--state', 'none']).stdout);
	const nothing = run(['plan', 'databases', '--state', state, '--detailed-exitcode']);
	assert.is(nothing.status, 0);
	assert.match(nothing.stdout, 'nothing to do');
	const changed = run(['plan', 'changed', '--state', state, '--detailed-exitcode']);
	assert.equal([changed.status, changed.stderr], [2, '']);
	matchesFixture(changed.stdout, 'cli/changed.plan.txt');
	assert.is(run(['plan', 'changed', '--state', state]).status, 0);
	const asJson = run(['plan', 'changed', '--state', state, '-o', 'json']);
	matchesFixture(asJson.stdout, 'cli/changed.plan.json');
	const [database] = JSON.parse(asJson.stdout).databases;
	assert.equal(
		database.operations.map(({ type }: { type: string }) => type),
		['VolumeExpansion', 'HorizontalScaling'],
	);
	fails(['plan', 'refused', '--state', state, '--detailed-exitcode'], /error\[volume-shrinks]/);
	assert.is(run(['plan', 'databases', '--state', 'none', '--detailed-exitcode']).status, 2);
});

test('--output-dir writes files, the same again at the next run, and they are a state', () => {
	const out = join(folder, 'out');
	const args = ['build', 'databases', '--state', 'none', '--output-dir', out];
	assert.equal(run(args), { status: 0, stdout: '', stderr: '' });
	const files = filesIn(out);
	assert.equal(
		[...files.keys()],
		[
			'passed-through.yaml',
			'shop/configmap-orders-postgres-plan.yaml',
			'shop/configmap-orders-postgres-state.yaml',
			'shop/postgres-orders.yaml',
		],
	);
	assert.is(files.get('passed-through.yaml'), `---\n${fixture('databases/others.yaml')}`);
	assert.equal(run(args), { status: 0, stdout: '', stderr: '' });
	assert.equal(filesIn(out), files);
	run(['build', 'databases', '--state', out, '--output-dir', out]);
	assert.equal(filesIn(out), files);
	const stream = run(['build', 'databases', '--state', 'none']).stdout;
	assert.is(run(['build', 'databases', '--state', out]).stdout, stream);
});

test('--output-dir takes away what is not rendered any more, and nothing that it did not write', () => {
	const out = join(folder, 'operations');
	run(['build', 'databases', '--state', 'none', '--output-dir', out]);
	const before = filesIn(out);
	run(['build', 'changed', '--state', out, '--output-dir', out]);
	const operations = [...filesIn(out).keys()].filter((name) => name.startsWith('shop/postgresopsrequest-orders-'));
	assert.is(operations.length, 2);
	writeFileSync(join(out, 'shop/kept.yaml'), 'kind: X\n');
	run(['build', 'databases', '--state', 'none', '--output-dir', out]);
	assert.equal(filesIn(out), new Map([...before, ['shop/kept.yaml', 'kind: X\n']].sort() as [string, string][]));
	fails(['build', 'databases', '--state', 'none', '--output-dir', cliFixtures], /error\[foreign-folder]: /);
});

test('a refused render writes no files, and a folder that cannot be written is an error', () => {
	const out = join(folder, 'refused');
	fails(['build', 'databases', '--output-dir', out], /error\[no-state]/);
	assert.not.ok(readdirSync(folder).includes('refused'));
	const file = written('x');
	fails(['build', 'databases', '--state', 'none', '--output-dir', file], /error\[unwritable]: it cannot be written: E/);
});

test('Secrets pass through as they are, and no other output and no error shows them', () => {
	const state = written(run(['build', 'databases', '--state', 'none']).stdout);
	const all = run(['build', 'databases', '--state', state]).stdout;
	assert.is(all.split('hunter2').length, 2, 'once, where the source has it');
	const asJson = run(['build', 'databases', '--state', state, '-o', 'json']).stdout;
	assert.is(asJson.split('hunter2').length, 2);
	const others: [string[], RunOptions?][] = [
		[['build', 'databases', '--state', state, '-o', 'name']],
		[['plan', 'databases', '--state', 'none']],
		[['plan', 'changed', '--state', state, '-o', 'json']],
		[['build', 'refused', '--state', state]],
		[['build', 'databases', 'databases', '--state', state]],
		[
			['build', '-', '--state', 'none'],
			{
				input: `${fixture('databases/orders.yaml')}---\n${fixture('databases/others.yaml').replace('hunter2', '"hunter2')}`,
			},
		],
		[['build', '-', '-o', 'json'], { input: fixture('databases/others.yaml').replace('hunter2', '[hunter2') }],
		[['build', '-'], { input: fixture('databases/others.yaml').replace('hunter2', '"hunter2\\x7f"'), env: inArgoCD }],
	];
	for (const [args, options] of others) {
		const { stdout, stderr } = run(args, options);
		assert.not.match(stdout + stderr, 'hunter2', args.join(' '));
	}
	const changed = run(['build', '-', '--state', state], {
		input: `${fixture('databases/orders.yaml')}---\n${fixture('databases/others.yaml').replace('hunter2', 'hunter3')}`,
	});
	assert.match(changed.stdout, 'type: RotateAuth');
	assert.is(changed.stdout.split(/hunter[23]/).length, 2);
});

test('inside Argo CD the output is for its two readings, with the namespace of the destination, and no warnings', () => {
	const { status, stdout, stderr } = run(['build', 'databases'], { env: inArgoCD });
	assert.equal([status, stderr], [0, '']);
	assert.is(stdout, run(['build', 'databases', '--state', 'none', '-o', 'argocd']).stdout);
	const input = warned.replace('namespace: shop, ', '');
	const environment = { ...inArgoCD, ARGOCD_APP_NAMESPACE: 'elsewhere' };
	const quiet = run(['build', '-'], { input, env: environment });
	assert.is(quiet.stderr, '');
	assert.match(quiet.stdout, '"namespace":"elsewhere"');
	assert.match(run(['build', '-', '-n', 'named'], { input, env: environment }).stdout, '"namespace":"named"');
});

test('inside Argo CD the first line of an error is the whole story', () => {
	const { status, stdout, stderr } = run(['build', 'refused'], {
		env: { ...inArgoCD, KUBEDB_RENDER_STATE: written(run(['build', 'databases', '--state', 'none']).stdout) },
	});
	assert.equal([status, stdout], [1, '']);
	assert.match(
		stderr,
		/^refused\/orders\.yaml:12:18: error\[volume-shrinks]: Postgres shop\/orders: spec\.storage\.resources\.requests\.storage cannot shrink from 10Gi to 5Gi\n/,
	);
});

test('characters that do not get through Argo CD are refused there, and nowhere else', () => {
	const input = warned.replace('2026-01-01', '"a\\x85b"');
	fails(
		['build', '-'],
		/^<stdin>:3:64: error\[control-character]: Postgres shop\/orders: metadata\.annotations\.since holds the character U\+0085/,
		{
			input,
			env: inArgoCD,
		},
	);
	fails(['build', '-', '-o', 'argocd', '--state', 'none'], /control-character/, { input });
	assert.is(run(['build', '-', '-o', 'yaml'], { input, env: inArgoCD }).status, 0);
	assert.match(run(['build', '-', '--state', 'none'], { input }).stdout, 'since: "a\\u0085b"');
});

test("Argo CD's Source Hydrator is refused", () => {
	const environment = { ARGOCD_APP_NAME: 'shop', KUBE_VERSION: '', KUBEDB_RENDER_STATE: 'none' };
	fails(['build', 'databases'], /^error\[hydrator]: .*\n {3}Use spec\.source instead/, { env: environment });
});

test('plugin parameters set what an Application may set, and nothing else', () => {
	const parameters = (name: string, string: string) => ({
		...inArgoCD,
		ARGOCD_APP_PARAMETERS: JSON.stringify([{ name, string }]),
	});
	assert.is(
		run(['build', 'mixed', '-o', 'name'], { env: parameters('recursive', 'true') }).stdout.split('\n').length,
		4,
	);
	fails(['build', 'mixed'], /^error\[setting]: there is no plugin parameter "state"\n/, {
		env: parameters('state', 'none'),
	});
	fails(['build', 'mixed'], /^error\[setting]: the plugin parameter recursive cannot be "yes"\n/, {
		env: parameters('recursive', 'yes'),
	});
});

test('--state cluster reads through the kubectl of the user', () => {
	const bin = join(folder, 'bin');
	mkdirSync(bin);
	const script =
		'#!/bin/sh\nfor path; do :; done\necho \'{"kind":"List","metadata":{},"items":[]}\'\necho "$path" >>"$LOG"\n';
	writeFileSync(join(bin, 'kubectl'), script, { mode: 0o755 });
	const environment = { PATH: `${bin}:${process.env.PATH}`, LOG: join(folder, 'log') };
	const { status, stdout, stderr } = run(['build', 'databases', '--state', 'cluster'], { env: environment });
	assert.equal([status, stderr], [0, '']);
	assert.is(stdout, run(['build', 'databases', '--state', 'none']).stdout);
	assert.match(readFileSync(join(folder, 'log'), 'utf8'), '/apis/kubedb.com/v1/namespaces/shop/postgreses');
	writeFileSync(join(bin, 'kubectl'), '#!/bin/sh\necho "error: no route to host" >&2\nexit 1\n');
	fails(['build', 'databases', '--state', 'cluster'], /^error\[cluster-unreadable]: .*no route to host/, {
		env: environment,
	});
});

test('a reader that has read enough ends it quietly', () => {
	const big = bigManifest();
	const script = `"$NODE" "$BUNDLE" build "$BIG" | head -n 1; echo "\${PIPESTATUS[0]}"`;
	const env = { PATH: process.env.PATH, NODE: process.execPath, BUNDLE: bundle, BIG: big };
	const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { env, encoding: 'utf8' });
	assert.equal([stdout, stderr], ['---\n141\n', '']);
});

test('a stdout that cannot be written is an error, and a stderr that cannot be is none more', () => {
	const descriptor = openSync(bundle, 'r');
	const start = (stdio: (number | 'pipe')[], args: string[]) =>
		spawnSync(process.execPath, [bundle, 'build', ...args], { stdio, cwd: cliFixtures, encoding: 'utf8' });
	const stdout = start([0, descriptor, 'pipe'], ['databases', '--state', 'none']);
	assert.is(stdout.status, 1);
	assert.match(stdout.stderr, /^error\[unwritable]: stdout cannot be written: EBADF\n/);
	const stderr = start([0, 'pipe', descriptor], ['nowhere']);
	closeSync(descriptor);
	assert.equal([stderr.status, stderr.stdout], [1, '']);
});

test('pipes that another program has made non-blocking are read and written to their end', async () => {
	const expected = run(['build', bigManifest()]).stdout;
	// Node makes the pipes that it opens non-blocking, for all who share them, for as long as it lives.
	const helper = "process.stdin.pause(); process.stdout; process.stderr.write('ready'); setTimeout(() => {}, 60_000)";
	const script = '"$NODE" -e "$HELPER" <&0 & sleep 1; "$NODE" "$BUNDLE" build -; status=$?; kill $!; exit $status';
	const env = { ...process.env, NODE: process.execPath, BUNDLE: bundle, HELPER: helper };
	const child = spawn('bash', ['--norc', '-c', script], { env });
	const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
	let stderr = '';
	child.stderr.on('data', (part) => {
		stderr += part;
	});
	// Late, so that it finds nothing to read at first, and then no room to write.
	const source = readFileSync(bigManifest());
	await later(2000);
	child.stdin.write(source.subarray(0, 100_000));
	await later(200);
	child.stdin.end(source.subarray(100_000));
	await later(1000);
	const parts: Buffer[] = [];
	child.stdout.on('data', (part: Buffer) => parts.push(part));
	assert.equal([await ended, stderr], [0, 'ready']);
	assert.ok(Buffer.concat(parts).toString() === expected);
});

test.run();

/** Asserts status 1, nothing on stdout, and how stderr begins or what it holds. */
function fails(args: string[], message: RegExp, options?: RunOptions): void {
	const { status, stdout, stderr } = run(args, options);
	assert.is(status, 1, args.join(' '));
	assert.is(stdout, '', args.join(' '));
	assert.match(stderr, message);
	assert.not.match(stderr, 'internal');
}

function fixture(path: string): string {
	return readFileSync(join(cliFixtures, path), 'utf8');
}

let count = 0;
function written(text: string): string {
	const path = join(folder, `written-${count++}.yaml`);
	writeFileSync(path, text);
	return path;
}

/** More than any pipe holds at once. */
function bigManifest(): string {
	return written(`kind: ConfigMap\ndata:\n  text: ${'x'.repeat(400_000)}\n`);
}

function filesIn(path: string): Map<string, string> {
	const names = (readdirSync(path, { recursive: true }) as string[]).filter((name) => name.endsWith('.yaml')).sort();
	return new Map(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

function later(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
