import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';
import { run } from './run.js';

const database = (name: string, replicas: number, namespace = 'demo') => `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  version: "16.6"
  replicas: ${replicas}
  storageType: Durable
  storage: {storageClassName: standard, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  deletionPolicy: WipeOut
`;

function home(): string {
	return mkdtempSync(join(tmpdir(), 'kubedb-render-state-'));
}

/** Renders two databases into a tree. */
function render(tree: string, replicas: readonly [number, number], state: string, published = 'none'): void {
	const input = [database('a', replicas[0]), database('b', replicas[1])].join('---\n');
	const args = ['--layout', 'flux', '--output-dir', tree, '--published', published, '--state', state];
	const { status, stderr } = run(['build', '-', ...args], { input });
	assert.is(status, 0, stderr);
}

function acknowledge(args: readonly string[], input = '') {
	return run(['state', 'acknowledge', ...args], { input });
}

const namesIn = (text: string) =>
	parseAllDocuments(text).map((document) => String(getAt(document.toJS() as JsonObject, ['metadata', 'name'])));

test('state acknowledge: prints the states of the tree, and nothing else of it', () => {
	const tree = join(home(), 'tree');
	render(tree, [3, 3], 'none');
	const { status, stdout, stderr } = acknowledge([tree]);
	assert.is(status, 0, stderr);
	assert.equal(namesIn(stdout), ['a-postgres-state', 'b-postgres-state']);
});

test('state acknowledge --database: the others keep the state that they had', () => {
	const folder = home();
	const [tree, into] = [join(folder, 'tree'), join(folder, 'state.yaml')];
	render(tree, [3, 3], 'none');
	acknowledge([tree, '--into', into]);
	const first = readFileSync(into, 'utf8');
	render(tree, [5, 5], into, tree);
	assert.is(acknowledge([tree, '--into', into, '--database', 'demo/b']).status, 0);
	const generations = parseAllDocuments(readFileSync(into, 'utf8')).map((each) =>
		getAt(each.toJS() as JsonObject, ['data', 'generation']),
	);
	assert.equal(generations as unknown[], ['1', '2']);
	assert.ok(readFileSync(into, 'utf8').startsWith(first.slice(0, first.indexOf('---', 4))));
	const missing = acknowledge([tree, '--into', into, '--database', 'demo/x']);
	assert.is(missing.status, 1);
	assert.match(missing.stderr, 'There are: demo/a, demo/b.');
});

test('state acknowledge: a tree that was overtaken is refused, and so is what is no tree', () => {
	const folder = home();
	const [tree, into] = [join(folder, 'tree'), join(folder, 'state.yaml')];
	render(tree, [3, 3], 'none');
	const old = join(folder, 'old');
	render(old, [3, 3], 'none');
	acknowledge([tree, '--into', into]);
	render(tree, [5, 5], into, tree);
	acknowledge([tree, '--into', into]);
	const { status, stdout, stderr } = acknowledge([old, '--into', into]);
	assert.is(status, 1);
	assert.is(stdout, '');
	assert.match(stderr, 'error[older-tree]: Postgres demo/a: generation 2 is acknowledged already');
	assert.match(acknowledge([folder]).stderr, 'error[no-tree]');
});

test('state show: a tree that is not settled with its operations, a state alone, and what kubectl prints', () => {
	const folder = home();
	const [tree, into] = [join(folder, 'tree'), join(folder, 'state.yaml')];
	render(tree, [3, 3], 'none');
	acknowledge([tree, '--into', into]);
	render(tree, [5, 3], into, tree);
	const shown = run(['state', 'show', tree]);
	assert.match(
		shown.stdout,
		/^Postgres demo\/a +generation 2 {2}plan \w{8} {2}state \w{8} {2}published\n {3}HorizontalScaling {2}a-horiz/,
	);
	assert.match(
		run(['state', 'show', into]).stdout,
		/^Postgres demo\/a +generation 1 {2}no plan {2}state \w{8} {2}settled\n/,
	);
	const plan = readdirSync(join(tree, 'databases/demo/postgres-a'))[0] as string;
	const input = readFileSync(join(tree, 'databases/demo/postgres-a', plan, '01-plan/objects.yaml'), 'utf8');
	const piped = run(['state', 'show', '-'], { input });
	assert.match(piped.stdout, /not settled\n {3}HorizontalScaling {2}a-horizontalscaling-\w{6} {2}spec.replicas\n$/);
	const json = JSON.parse(run(['state', 'show', tree, '-o', 'json']).stdout) as { databases: { name: string }[] };
	assert.equal(
		json.databases.map(({ name }) => name),
		['a', 'b'],
	);
	const nothing = run(['state', 'show', '-'], { input: 'kind: ConfigMap\n' });
	assert.is(nothing.status, 1);
	assert.match(nothing.stderr, 'error[no-memory]');
});

test('state acknowledge --applied: only what Flux reports as applied to the end, from this tree', () => {
	const folder = home();
	const tree = join(folder, 'tree');
	render(tree, [3, 3], 'none');
	const live = (name: string, patch: { path?: string; observed?: number; ready?: string } = {}) => {
		const file = join(tree, `flux/demo-postgres-${name}.yaml`);
		const objects = parseAllDocuments(readFileSync(file, 'utf8')).map((each) => each.toJS() as JsonObject);
		const last = objects.at(-1) as JsonObject;
		return {
			...last,
			metadata: { ...(last.metadata as JsonObject), generation: 2 },
			spec: { ...(last.spec as JsonObject), ...(patch.path ? { path: patch.path } : {}) },
			status: {
				observedGeneration: patch.observed ?? 2,
				conditions: [{ type: 'Ready', status: patch.ready ?? 'True', reason: 'R', message: 'M' }],
			},
		};
	};
	const applied = (...items: unknown[]) =>
		acknowledge([tree, '--applied', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
	const both = applied(live('a'), live('b'));
	assert.equal(namesIn(both.stdout), ['a-postgres-state', 'b-postgres-state']);
	assert.is(both.stderr, '');
	for (const [wrong, why] of [
		[live('b', { ready: 'False' }), 'is not ready: R: M'],
		[live('b', { observed: 1 }), 'has not been looked at'],
		[live('b', { path: './other' }), 'is at ./other'],
		[{ kind: 'Kustomization' }, 'is not there'],
	] as const) {
		const { status, stdout, stderr } = applied(live('a'), wrong);
		assert.is(status, 0, stderr);
		assert.equal(namesIn(stdout), ['a-postgres-state']);
		assert.match(stderr, 'warning[not-applied]: Postgres demo/b: not acknowledged');
		assert.match(stderr, why);
	}
	const late = run(
		['build', '-', '--layout', 'flux', '--output-dir', join(folder, 'late'), '--published', 'none', '--state', 'none'],
		{ input: database('pg', 3, 'zoo') },
	);
	assert.is(late.status, 0, late.stderr);
	const file = readFileSync(join(folder, 'late/flux/zoo-postgres-pg.yaml'), 'utf8');
	const last = parseAllDocuments(file).at(-1)?.toJS() as JsonObject;
	const status = { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] };
	const item = { ...last, metadata: { ...(last.metadata as JsonObject), generation: 1 }, status };
	const zoo = acknowledge([join(folder, 'late'), '--applied', '-'], JSON.stringify({ items: [item] }));
	assert.equal(namesIn(zoo.stdout), ['pg-postgres-state'], 'whatever file of the tree comes first');
	writeFileSync(join(folder, 'empty.json'), '{"items": []}');
	assert.match(acknowledge([tree, '--applied', join(folder, 'empty.json')]).stderr, 'error[no-kustomizations]');
});

test.run();
