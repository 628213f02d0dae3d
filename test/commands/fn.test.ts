import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type JsonObject, parseJson } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';
import { bundle, type RunOptions, run } from './run.js';

const postgres = (patch: Record<string, unknown> = {}, annotations: Record<string, string> = {}) => ({
	apiVersion: 'gitops.kubedb.com/v1alpha1',
	kind: 'Postgres',
	metadata: { name: 'pg', namespace: 'demo', ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
	spec: {
		version: '16.6',
		replicas: 3,
		storageType: 'Durable',
		storage: {
			storageClassName: 'standard',
			accessModes: ['ReadWriteOnce'],
			resources: { requests: { storage: '1Gi' } },
		},
		deletionPolicy: 'WipeOut',
		...patch,
	},
});

const config = (spec: Record<string, unknown> = { state: 'none' }) => ({
	apiVersion: 'kubedb-render/v1',
	kind: 'Render',
	metadata: { name: 'render' },
	spec,
});

const list = (items: unknown[], functionConfig: unknown = config()) =>
	JSON.stringify({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items, functionConfig });

const fn = (input: string, args: string[] = [], options: RunOptions = {}) =>
	run(['fn', ...args], { input, ...options });

function itemsIn(stdout: string): JsonObject[] {
	return getAt(parseJson(stdout), ['items']) as JsonObject[];
}

const idsIn = (stdout: string) =>
	itemsIn(stdout).map(({ kind, metadata }) => `${String(kind)}/${String(getAt(metadata, ['name']))}`);

function folder(): string {
	return mkdtempSync(join(tmpdir(), 'kubedb-render-'));
}

function refused(input: string, code: string, args: string[] = [], options: RunOptions = {}): string {
	const { status, stdout, stderr } = fn(input, args, options);
	assert.is(status, 1, stderr);
	assert.is(stdout, '');
	assert.match(stderr.split('\n')[0] as string, `error[${code}]`);
	return stderr;
}

test('fn: a gitops CR becomes plan, database and state, and all else stays where it was and as it was', () => {
	const other = {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: { name: 'x', annotations: { 'a/b': 'c' } },
		data: { n: 'y' },
	};
	const { status, stdout, stderr } = fn(list([other, postgres()]));
	assert.is(status, 0, stderr);
	assert.is(stderr, '');
	assert.equal(idsIn(stdout), [
		'ConfigMap/pg-postgres-plan',
		'ConfigMap/x',
		'Postgres/pg',
		'ConfigMap/pg-postgres-state',
	]);
	assert.equal(itemsIn(stdout)[1] as unknown, other);
	assert.is(getAt(parseJson(stdout), ['apiVersion']), 'config.kubernetes.io/v1');
});

test('fn: a list without gitops CRs comes back as it is, with no --state at all', () => {
	const items = [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: {} }];
	const { status, stdout } = fn(list(items, undefined));
	assert.is(status, 0);
	assert.equal(itemsIn(stdout) as unknown, items);
	assert.equal(itemsIn(fn(list([])).stdout), []);
});

test('fn: the same databases as build prints', () => {
	const built = run(['build', '-', '--state', 'none', '-o', 'json'], { input: JSON.stringify(postgres()) });
	const rendered = fn(list([postgres()]));
	const lines = built.stdout
		.trimEnd()
		.split('\n')
		.map((line) => parseJson(line));
	assert.equal(itemsIn(rendered.stdout), lines as JsonObject[]);
});

test('fn: the state is where the config says, and operations follow', () => {
	const home = folder();
	writeFileSync(
		join(home, 'before.yaml'),
		run(['build', '-', '--state', 'none'], { input: JSON.stringify(postgres()) }).stdout,
	);
	const { stdout, stderr } = fn(list([postgres({ replicas: 5 })], config({ state: 'before.yaml' })), [], { cwd: home });
	assert.is(stderr, '');
	assert.ok(idsIn(stdout).some((id) => id.startsWith('PostgresOpsRequest/pg-horizontalscaling-')));
});

test('fn: a flag wins over the config, the config over the environment', () => {
	const env = { KUBEDB_RENDER_STATE: '/nowhere', KUBEDB_RENDER_NAMESPACE: 'from-env' };
	const bare = { ...postgres(), metadata: { name: 'pg' } };
	const namespaceOf = (args: string[], spec: Record<string, unknown>) =>
		getAt(itemsIn(fn(list([bare], config(spec)), args, { env }).stdout)[0], ['metadata', 'namespace']);
	assert.is(namespaceOf([], { state: 'none' }), 'from-env');
	assert.is(namespaceOf([], { state: 'none', namespace: 'from-config' }), 'from-config');
	assert.is(namespaceOf(['-n', 'from-flag'], { state: 'none', namespace: 'from-config' }), 'from-flag');
});

test("fn: a ConfigMap's data are settings too, as kpt writes them", () => {
	const data = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { state: 'none' } };
	assert.is(fn(list([postgres()], data)).status, 0);
	assert.match(refused(list([postgres()], { ...data, spec: {} }), 'function-config'), 'stand in data');
});

test('fn: a config with an unknown setting is refused, with the nearest one', () => {
	assert.match(refused(list([postgres()], config({ stat: 'none' })), 'setting'), 'Did you mean state?');
	refused(list([postgres()], config({ state: ['none'] })), 'setting');
	refused(list([postgres()], config({ state: null })), 'setting');
	refused(list([postgres()], config({ source: 'no' })), 'setting');
});

test('fn: inside Argo CD a config cannot say where the state is', () => {
	const env = { ARGOCD_APP_NAME: 'x', KUBE_VERSION: '1.30' };
	assert.match(refused(list([postgres()]), 'setting', [], { env }), 'no setting "state"');
});

test('fn: without --state there are no databases, but an error', () => {
	refused(list([postgres()], config({})), 'no-state');
});

test('fn: a functionConfig in any YAML, before or behind the items', () => {
	const items = `items:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: x\n  data:\n    text: |\n      functionConfig:\n       state: no\n- ${JSON.stringify(postgres())}\n`;
	const written = 'functionConfig:\n  # how\n  spec: {state: &a none}\n\n  metadata: {name: *a}\n  kind: X\n';
	const head = 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n';
	for (const text of [head + items + written, head + written + items, head + items + written.trimEnd()]) {
		const { status, stdout, stderr } = fn(text);
		assert.is(status, 0, stderr);
		assert.is(itemsIn(stdout).length, 4);
		assert.is(getAt(itemsIn(stdout)[1], ['data', 'text']), 'functionConfig:\n state: no\n');
	}
});

test('fn: what is no ResourceList is refused, and so is a part of one', () => {
	refused('', 'no-resource-list');
	refused(JSON.stringify(postgres()), 'no-resource-list');
	refused(`${list([])}\n${list([])}`, 'no-resource-list');
	refused('kind: ResourceList\napiVersion: config.kubernetes.io/v2\nitems: []\n', 'no-resource-list');
	refused('kind: ResourceList\napiVersion: config.kubernetes.io/v1\nitems: {}\n', 'no-resource-list');
	refused('kind: ResourceList\napiVersion: config.kubernetes.io/v1\nitems: [x]\n', 'no-resource-list');
	refused('kind: ResourceList\napiVersion: config.kubernetes.io/v1\nitems: [\n', 'yaml');
});

test('fn: run as a generator, which sees no resources, it says so', () => {
	assert.match(refused(list([config()]), 'generator'), 'transformers:');
});

test('fn: every problem is on stderr, with the file that kustomize or kpt names, and stdout is empty', () => {
	const origin = { 'config.kubernetes.io/origin': 'path: databases/pg.yaml\nrepo: x\n' };
	const path = { 'internal.config.kubernetes.io/path': 'other/pg.yaml' };
	const wrong = [
		postgres({ replicas: 'x', version: 5 }, origin),
		{ ...postgres({ replicas: [] }, path), kind: 'MariaDB' },
	];
	const stderr = refused(list(wrong), 'wrong-type');
	assert.match(stderr, 'databases/pg.yaml: error[wrong-type]: Postgres demo/pg: spec.replicas');
	assert.match(stderr, 'databases/pg.yaml: error[wrong-type]: Postgres demo/pg: spec.version');
	assert.match(stderr, 'other/pg.yaml: error[wrong-type]: MariaDB demo/pg: spec.replicas');
	assert.match(stderr, '3 errors.');
});

test('fn: results name the resource, the field path, its value and the proposed one', () => {
	const home = folder();
	const before = join(home, 'before.yaml');
	writeFileSync(before, run(['build', '-', '--state', 'none'], { input: JSON.stringify(postgres()) }).stdout);
	const smaller = postgres({ storage: { ...postgres().spec.storage, resources: { requests: { storage: '512Mi' } } } });
	const input = list([smaller], config({ state: before }));
	const file = join(home, 'results.json');
	refused(input, 'volume-shrinks', ['--results', file]);
	const result = getAt(parseJson(readFileSync(file, 'utf8')), ['results']) as JsonObject[];
	assert.is(result.length, 1);
	assert.equal(result[0]?.resourceRef, {
		apiVersion: 'gitops.kubedb.com/v1alpha1',
		kind: 'Postgres',
		name: 'pg',
		namespace: 'demo',
	} as JsonObject);
	assert.equal(result[0]?.field, {
		path: 'spec.storage.resources.requests.storage',
		currentValue: '512Mi',
		proposedValue: '1Gi',
	} as JsonObject);
	assert.is(result[0]?.severity, 'error');
	const shown = fn(input, ['--results', '-']);
	assert.is(shown.status, 1);
	assert.match(shown.stderr, 'error[volume-shrinks]');
	assert.equal(itemsIn(shown.stdout), []);
	assert.equal(getAt(parseJson(shown.stdout), ['results']) as unknown, result);
});

test('fn: a warning is a result of a run that went well', () => {
	const text = `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig: ${JSON.stringify(config())}\nitems:\n- ${JSON.stringify(postgres())}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {a: 010}}\n`;
	const { status, stdout, stderr } = fn(text);
	assert.is(status, 0);
	assert.match(stderr, 'warning[yaml-quote-it]');
	const [result] = getAt(parseJson(stdout), ['results']) as JsonObject[];
	assert.is(result?.severity, 'warning');
	assert.equal(result?.tags, { code: 'yaml-quote-it' } as JsonObject);
});

test('fn: integers past 2^53 and the string "<<" come out as kustomize meant them; a key !!merge << is refused', () => {
	const text = (line: string) =>
		`apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig: ${JSON.stringify(config())}\nitems:\n- ${JSON.stringify(postgres())}\n- apiVersion: x/v1\n  kind: X\n  metadata: {name: x}\n  spec:\n    ${line}\n`;
	const specOf = (line: string) => {
		const { stdout, stderr, status } = fn(text(line));
		assert.is(status, 0, stderr);
		return stdout.match(/"kind":"X".*?"spec":(\{.*?\})/)?.[1];
	};
	assert.is(specOf('big: 9223372036854775807'), '{"big":9223372036854775807}');
	assert.is(specOf('big: -9007199254740993'), '{"big":-9007199254740993}');
	assert.is(specOf('s: !!merge <<'), '{"s":"<<"}');
	assert.is(specOf('s: "<<"'), '{"s":"<<"}');
	refused(text('!!merge <<: {a: b}'), 'yaml-tag');
	refused(text('big: .inf'), 'yaml-number');
});

test("fn: kustomize's and kpt's annotations do not reach the database; where files are written, each object has a path beside its source", () => {
	const marks = {
		'config.kubernetes.io/local-config': 'true',
		'kustomize.config.k8s.io/id': 'group: x',
		'internal.config.kubernetes.io/index': '0',
		'config.k8s.io/id': '1',
		team: 'data',
	};
	const plain = itemsIn(fn(list([postgres({}, marks)])).stdout)[1];
	assert.equal(Object.keys(getAt(plain, ['metadata', 'annotations']) as JsonObject).sort(), [
		'argocd.argoproj.io/sync-options',
		'argocd.argoproj.io/sync-wave',
		'kubedb-render/plan',
		'team',
	]);
	const path = { 'config.kubernetes.io/path': 'db/pg.yaml', 'internal.config.kubernetes.io/path': 'db/pg.yaml' };
	const items = itemsIn(fn(list([postgres({}, path)])).stdout);
	const paths = items.map((item) => getAt(item, ['metadata', 'annotations', 'config.kubernetes.io/path']));
	assert.equal(paths, [
		'db/configmap-pg-postgres-plan.yaml',
		'db/postgres-pg.yaml',
		'db/configmap-pg-postgres-state.yaml',
	]);
});

test('fn: two databases of one name are refused, never one of them taken', () => {
	refused(list([postgres(), postgres()]), 'duplicate');
});

test('fn CONFIG: a stream in, a stream out, with what is not ours byte for byte', () => {
	const home = folder();
	const path = join(home, 'config');
	writeFileSync(path, JSON.stringify(config()));
	const other = 'apiVersion: v1 # kept\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: 0o7}\n';
	const { status, stdout, stderr } = fn(`${other}---\n${JSON.stringify(postgres())}\n`, [path]);
	assert.is(status, 0, stderr);
	assert.ok(stdout.includes(`---\n${other}`));
	assert.match(stdout, 'kind: Postgres');
	assert.match(refused(list([postgres()]), 'two-configs', [path]), 'functionConfig');
	refused('', 'generator', [path]);
	writeFileSync(path, `${JSON.stringify(config())}\n${JSON.stringify(config())}\n`);
	refused(JSON.stringify(postgres()), 'two-configs', [path]);
	refused(JSON.stringify(postgres()), 'no-config', [join(home, 'missing')]);
});

test('fn: a link called Render is the legacy exec plugin as kustomize runs it', () => {
	const home = folder();
	const program = join(home, 'Render');
	symlinkSync(bundle, program);
	const path = join(home, 'config');
	writeFileSync(path, JSON.stringify(config()));
	const env = { KUSTOMIZE_PLUGIN_CONFIG_STRING: JSON.stringify(config()) };
	const { status, stdout, stderr } = run([path], { input: JSON.stringify(postgres()), env, program });
	assert.is(status, 0, stderr);
	assert.match(stdout, 'name: pg-postgres-plan');
});

test.run();
