/**
 * `node e2e/kustomize/kustomize.mjs`: the examples on the real kustomize and the kubectl on PATH, and what the
 * documentation says about both. Needs dist/kubedb-render.cjs (npm run build), Go and kubectl.
 */
import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { kustomizeFolder } from './install.mjs';

const root = resolve(new URL('../..', import.meta.url).pathname);
const bundle = join(root, 'dist/kubedb-render.cjs');
const examples = join(root, 'sidecar/examples/kustomize');
const home = mkdtempSync(join(tmpdir(), 'kubedb-render-kustomize-'));
chmodSync(bundle, 0o755);
mkdirSync(join(home, 'bin'));
symlinkSync(bundle, join(home, 'bin/kubedb-render'));
mkdirSync(join(home, 'plugins/kubedb-render/v1/render'), { recursive: true });
symlinkSync(bundle, join(home, 'plugins/kubedb-render/v1/render/Render'));
const path = `${join(home, 'bin')}:${kustomizeFolder()}:${process.env.PATH}`;
const plugins = ['--enable-alpha-plugins', '--enable-exec'];

function run(command, args, { state = 'none', ...env } = {}) {
	const { status, stdout, stderr, error } = spawnSync(command, args, {
		encoding: 'utf8',
		env: { ...process.env, PATH: path, KUBEDB_RENDER_STATE: state, ...env },
	});
	if (error) throw error;
	return { status, stdout, stderr };
}

const kustomize = (folder, env) => run('kustomize', ['build', ...plugins, folder], env);
const kubectl = (folder, env) =>
	run('kubectl', ['kustomize', '--enable-alpha-plugins', folder], {
		KUSTOMIZE_PLUGIN_HOME: join(home, 'plugins'),
		...env,
	});

function objectsIn({ status, stdout, stderr }) {
	assert.is(status, 0, stderr);
	return parseAllDocuments(stdout).map((document) => document.toJS());
}

const nameOf = ({ kind, metadata }) => `${kind}/${metadata.name}`;

/** As text, keys and objects in one order: kustomize and build sort differently. */
function comparable(objects) {
	const sorted = (value) =>
		Array.isArray(value)
			? value.map(sorted)
			: value && typeof value === 'object'
				? Object.fromEntries(
						Object.keys(value)
							.sort()
							.map((key) => [key, sorted(value[key])]),
					)
				: value;
	return objects
		.map((object) => JSON.stringify(sorted(object)))
		.sort()
		.join('\n');
}

/** A copy of the examples with some text replaced. */
function changed(file, from, to) {
	const folder = mkdtempSync(join(home, 'changed-'));
	cpSync(examples, folder, { recursive: true });
	const text = readFileSync(join(folder, file), 'utf8');
	assert.ok(text.includes(from), `${file} holds ${from}`);
	writeFileSync(join(folder, file), text.replace(from, to));
	return folder;
}

const built = objectsIn(run('kubedb-render', ['build', join(examples, 'overlays/prod')]));
const names = [
	'ConfigMap/prod-ha-postgres-postgres-plan',
	'Deployment/prod-client',
	'Postgres/prod-ha-postgres',
	'ConfigMap/prod-ha-postgres-postgres-state',
];

/** kustomize leaves what it knows where it is, and puts what is new behind it. */
const kept = [names[1], names[0], names[2], names[3]];

test('build: the overlay with its prefix, namespace, patches and images', () => {
	assert.equal(built.map(nameOf), names);
	const database = built[2];
	assert.is(database.spec.replicas, 3);
	assert.is(database.metadata.namespace, 'demo');
	assert.is(built[1].spec.template.spec.containers[0].image, 'example/client:1.2');
});

for (const form of ['path', 'node', 'shebang']) {
	test(`kustomize build render/${form}: the same objects as build, ours in the order of the waves`, () => {
		const { stderr, ...ran } = kustomize(join(examples, 'render', form));
		const objects = objectsIn({ ...ran, stderr });
		assert.is(stderr, '');
		assert.equal(objects.map(nameOf), kept);
		assert.is(comparable(objects), comparable(built));
	});
}

test('kubectl kustomize render/kubectl: the same objects as build, ours in the order of the waves', () => {
	const objects = objectsIn(kubectl(join(examples, 'render/kubectl')));
	assert.equal(objects.map(nameOf), kept);
	assert.is(comparable(objects), comparable(built));
});

test('kustomize build render/kubectl: the legacy form runs under kustomize too', () => {
	const env = { KUSTOMIZE_PLUGIN_HOME: join(home, 'plugins') };
	assert.is(comparable(objectsIn(kustomize(join(examples, 'render/kubectl'), env))), comparable(built));
});

test('a change becomes an operation, alike in every form', () => {
	const before = join(home, 'before.yaml');
	writeFileSync(before, run('kubedb-render', ['build', join(examples, 'overlays/prod')]).stdout);
	const folder = changed('overlays/prod/kustomization.yaml', 'value: 3', 'value: 5');
	const expected = objectsIn(run('kubedb-render', ['build', join(folder, 'overlays/prod')], { state: before }));
	assert.is(expected.filter(({ kind }) => kind === 'PostgresOpsRequest').length, 1);
	assert.is(comparable(objectsIn(kustomize(join(folder, 'render/path'), { state: before }))), comparable(expected));
	assert.is(comparable(objectsIn(kubectl(join(folder, 'render/kubectl'), { state: before }))), comparable(expected));
});

test('a refused database: nothing on stdout, the reason on stderr, no exit 0', () => {
	const folder = changed('overlays/prod/kustomization.yaml', 'value: 3', 'value: x');
	for (const ran of [kustomize(join(folder, 'render/path')), kubectl(join(folder, 'render/kubectl'))]) {
		assert.is(ran.status, 1);
		assert.is(ran.stdout, '');
		assert.match(ran.stderr, 'Postgres demo/prod-ha-postgres: spec.replicas is the string "x"');
	}
});

test('buildMetadata: [originAnnotations] makes problems name the file', () => {
	const folder = changed('overlays/prod/kustomization.yaml', 'value: 3', 'value: x');
	const file = join(folder, 'render/path/kustomization.yaml');
	writeFileSync(file, `${readFileSync(file, 'utf8')}buildMetadata: [originAnnotations]\n`);
	assert.match(kustomize(join(folder, 'render/path')).stderr, 'base/ha-postgres.yaml: error[wrong-type]');
});

test('without the plugin, or where functions are not run, no gitops resource gets out', () => {
	const missing = kubectl(join(examples, 'render/kubectl'), { KUSTOMIZE_PLUGIN_HOME: home });
	assert.is(missing.status, 1);
	assert.match(missing.stderr, 'kubedb-render/v1/render/Render');
	// kubectl does not run KRM exec functions, and says nothing.
	assert.equal(objectsIn(kubectl(join(examples, 'render/shebang'))).map(nameOf), ['Deployment/prod-client']);
	const half = run('kustomize', ['build', '--enable-alpha-plugins', join(examples, 'render/path')]);
	assert.equal(objectsIn(half).map(nameOf), ['Deployment/prod-client']);
});

test('a component renders before the patches of its overlay: that is why the render is none', () => {
	const folder = changed(
		'overlays/prod/kustomization.yaml',
		'namespace: demo',
		'components: [../../component]\nnamespace: demo',
	);
	mkdirSync(join(folder, 'component'));
	const render = readFileSync(join(folder, 'render/path/kustomization.yaml'), 'utf8');
	const transformers = render.slice(render.indexOf('transformers:'));
	writeFileSync(
		join(folder, 'component/kustomization.yaml'),
		`apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${transformers}`,
	);
	const { status, stdout, stderr } = kustomize(join(folder, 'overlays/prod'), { KUBEDB_RENDER_NAMESPACE: 'demo' });
	assert.is(status, 0, stderr);
	assert.match(stdout, 'database: Postgres demo/ha-postgres\n');
	assert.not.match(stdout, 'replicas: 3');
});

test('kustomize fn run: each rendered object in a file of its own, all else untouched', () => {
	const folder = mkdtempSync(join(home, 'fn-run-'));
	cpSync(join(examples, 'base'), folder, { recursive: true });
	const args = ['fn', 'run', folder, '--enable-exec', '--exec-path', 'kubedb-render-fn'];
	writeFileSync(join(home, 'bin/kubedb-render-fn'), '#!/bin/sh\nexec kubedb-render fn\n', { mode: 0o755 });
	const { status, stderr } = run('kustomize', args, { KUBEDB_RENDER_NAMESPACE: 'demo' });
	assert.is(status, 0, stderr);
	assert.equal(readdirSync(folder).sort(), [
		'client.yaml',
		'configmap-ha-postgres-postgres-plan.yaml',
		'configmap-ha-postgres-postgres-state.yaml',
		'kustomization.yaml',
		'postgres-ha-postgres.yaml',
	]);
	const [after, before] = [folder, join(examples, 'base')].map((each) =>
		readFileSync(join(each, 'client.yaml'), 'utf8'),
	);
	assert.is(comparable(objectsIn({ status: 0, stdout: after })), comparable(objectsIn({ status: 0, stdout: before })));
});

test('docs/kustomize.md: the commands of its start work as they stand there', () => {
	const folder = mkdtempSync(join(home, 'docs-'));
	const page = readFileSync(join(root, 'docs/kustomize.md'), 'utf8');
	const block = /(?:^(<!-- run with kustomize -->)\n)?^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$/gms;
	let runs = 0;
	for (const [, mark, , file, text] of page.matchAll(block)) {
		if (file) {
			mkdirSync(join(folder, file, '..'), { recursive: true });
			writeFileSync(join(folder, file), text);
		} else if (mark) {
			const { status, stdout, stderr } = run('bash', ['-euo', 'pipefail', '-c', `cd ${folder}\n${text}`]);
			assert.is(status, 0, `${text}\n${stdout}${stderr}`);
			runs++;
		}
	}
	assert.is(runs, 2);
	const [first, same] = ['first.yaml', 'same.yaml'].map((file) => readFileSync(join(folder, file), 'utf8'));
	assert.is(comparable(objectsIn({ status: 0, stdout: first })), comparable(objectsIn({ status: 0, stdout: same })));
});

test.run();
