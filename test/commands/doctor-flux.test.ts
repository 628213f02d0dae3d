import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import type { Finding } from '../../src/hosts/findings.js';
import { guards } from '../../src/hosts/guards.js';
import type { JsonObject } from '../../src/json.js';
import { type Cluster, fakeKubectl, listed } from './fake-kubectl.js';
import { run } from './run.js';

interface Stage {
	apiVersion: string;
	kind: string;
	metadata: { name: string; namespace: string; labels?: Record<string, string>; generation?: number };
	spec: Record<string, unknown> & { path: string };
	status?: { observedGeneration: number; conditions: object[] };
}

const test = suite('doctor flux');
const kubectl = fakeKubectl();
const folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
test.after(() => {
	kubectl.remove();
	rmSync(folder, { recursive: true });
});

const controller = (
	args: string[] = ['--requeue-dependency=5s'],
	image = 'ghcr.io/fluxcd/kustomize-controller:v1.9.5',
) => ({
	spec: { template: { spec: { containers: [{ name: 'manager', image, args }] } } },
	status: { readyReplicas: 1 },
});
const deployment = '/apis/apps/v1/namespaces/flux-system/deployments/kustomize-controller';
const crd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/kustomizations.kustomize.toolkit.fluxcd.io';
const kustomizations = '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations';
const crdWith = (fields: object) => ({
	spec: { versions: [{ schema: { openAPIV3Schema: { properties: { spec: { properties: fields } } } } }] },
});
const account = (name: string) => `system:serviceaccount:flux-system:${name}`;

function cluster(stages: readonly unknown[] = [], more: object = {}): Cluster {
	return {
		[deployment]: controller(),
		[crd]: crdWith({ healthCheckExprs: {} }),
		[kustomizations]: { items: stages },
		'/apis/kubedb.com/v1': { resources: [{ name: 'postgreses' }] },
		...listed(guards([account('kustomize-controller')])),
		...more,
	} as unknown as Cluster;
}

function doctor(seen: Cluster): { status: number | null; findings: Finding[] } {
	const { status, stdout, stderr } = run(['doctor', 'flux', '-o', 'json'], { env: kubectl.environment(seen) });
	assert.is(stderr, '');
	return { status, findings: JSON.parse(stdout).findings };
}

const bad = (findings: readonly Finding[]) => findings.filter(({ status }) => status === 'bad');
const about = (findings: readonly Finding[], check: string) => findings.find((each) => each.check === check);

function build(replicas: number, args: readonly string[]): void {
	const database = {
		apiVersion: 'gitops.kubedb.com/v1alpha1',
		kind: 'Postgres',
		metadata: { name: 'orders', namespace: 'demo' },
		spec: {
			version: '16.6',
			replicas,
			storageType: 'Durable',
			storage: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
		},
	};
	const input = JSON.stringify(database);
	const { status, stderr } = run(['build', '-', '--layout', 'flux', '--output-dir', join(folder, 'tree'), ...args], {
		input,
	});
	assert.is(status, 0, stderr);
}

let tree: string | undefined;

/** The text of the Kustomizations of a tree that scales a database from 3 to 5. */
function scaling(): string {
	build(3, ['--published', 'none', '--state', 'none']);
	const acknowledged = join(folder, 'state.yaml');
	assert.is(run(['state', 'acknowledge', join(folder, 'tree'), '--into', acknowledged]).status, 0);
	build(5, ['--published', join(folder, 'tree'), '--state', acknowledged]);
	return readFileSync(join(folder, 'tree/flux/demo-postgres-orders.yaml'), 'utf8');
}

/** As the cluster has them: each ready, but for what `states` says by key. */
function stages(states: Readonly<Record<string, readonly [string, string, string]>> = {}): Stage[] {
	tree ??= scaling();
	return parseAllDocuments(tree).map((document): Stage => {
		const stage = document.toJS() as Stage;
		const [, key = ''] = /\/([^/]+)$/.exec(stage.spec.path) ?? [];
		const [status, reason, message] = states[key] ?? ['True', 'ReconciliationSucceeded', 'Applied'];
		const labels = {
			'kustomize.toolkit.fluxcd.io/name': 'kubedb-rendered',
			'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
		};
		const conditions = [{ type: 'Ready', status, reason, message }];
		return {
			...stage,
			metadata: { ...stage.metadata, labels, generation: 1 },
			status: { observedGeneration: 1, conditions },
		};
	});
}

test('without Flux in the cluster: an error that says so, and nothing on stdout', () => {
	const { status, stdout, stderr } = run(['doctor', 'flux'], { env: kubectl.environment({}) });
	assert.is(status, 1);
	assert.is(stdout, '');
	assert.match(stderr, /^error\[no-flux\]: there is no Flux in this cluster\n/);
});

test('a whole installation with databases that are done has nothing bad', () => {
	const { status, findings } = doctor(cluster(stages()));
	assert.equal(bad(findings), []);
	assert.is(status, 0);
	assert.match(about(findings, 'database demo/postgres-orders')?.message ?? '', /^plan [0-9a-f]{8} is done$/);
	assert.is(about(findings, 'kubedb-render-fence-postgreses')?.status, 'good');
	assert.is(about(findings, '--requeue-dependency')?.status, 'good');
});

test('a controller of before healthCheckExprs is bad, by its CRD and by its image', () => {
	const old = cluster([], {
		[crd]: crdWith({}),
		[deployment]: controller([], 'ghcr.io/fluxcd/kustomize-controller:v1.4.0'),
	});
	const { status, findings } = doctor(old);
	assert.is(status, 1);
	assert.equal(
		bad(findings).map(({ check }) => check),
		['health checks', 'kustomize-controller'],
	);
	assert.match(about(findings, '--requeue-dependency')?.message ?? '', 'waits up to 30s');
});

test('no guards, and guards that do not bind the account of a stage, are bad', () => {
	const seen = cluster();
	const without = Object.fromEntries(Object.entries(seen).filter(([path]) => !path.includes('admissionregistration')));
	assert.match(about(doctor(without).findings, 'kubedb-render-chain')?.message ?? '', 'is missing');
	const own = stages().map((each) => ({ ...each, spec: { ...each.spec, serviceAccountName: 'tenant' } }));
	const fence = about(doctor(cluster(own)).findings, 'kubedb-render-fence-postgreses');
	assert.is(fence?.status, 'bad');
	assert.is(fence?.message, `does not bind ${account('tenant')}`);
	const bound = cluster(own, listed(guards([account('kustomize-controller'), account('tenant')])));
	assert.equal(bad(doctor(bound).findings), []);
	const standard = { [deployment]: controller(['--requeue-dependency=5s', '--default-service-account=tenant']) };
	assert.match(JSON.stringify(bad(doctor(cluster(stages(), standard)).findings)), account('tenant'));
});

const waits = ['False', 'DependencyNotReady', 'dependency not ready'] as const;
const later = { '50-database': waits, '90-state': waits };

const name = 'orders-horizontalscaling-abc123';
const inventory = { entries: [{ id: `demo_${name}_ops.kubedb.com_PostgresOpsRequest`, v: 'v1alpha1' }] };
const withInventory = (all: Stage[]) =>
	all.map((each) => (each.spec.path.endsWith('scaling') ? { ...each, status: { ...each.status, inventory } } : each));
const request = (phase: string) => ({
	[`/apis/ops.kubedb.com/v1alpha1/namespaces/demo/postgresopsrequests/${name}`]: {
		metadata: { name },
		status: { phase, conditions: [{ type: phase, message: 'no node has room' }] },
	},
});

test('a failed operation: its stage, what KubeDB says of it, and what to do, whatever Flux is doing', () => {
	const stalled = `health check failed after 2s: failed early due to stalled resources: [PostgresOpsRequest/demo/${name} status: 'Failed']`;
	for (const state of [
		['False', 'HealthCheckFailed', stalled],
		['Unknown', 'Progressing', 'Running health checks for revision prod with a timeout of 35s'],
	] as const) {
		const seen = cluster(withInventory(stages({ '10-horizontalscaling': state, ...later })), request('Failed'));
		const { status, findings } = doctor(seen);
		assert.is(status, 1);
		const [finding, ...more] = bad(findings);
		assert.equal(more, []);
		assert.is(finding?.message, `stage 10-horizontalscaling: ${name} is Failed: no node has room`);
		assert.is(
			finding?.mend,
			'Take the change back, or set kubedb-render/retry.horizontalscaling to a new value, and publish.',
		);
	}
});

test('an operation that takes longer than one health check is no failure', () => {
	const slow = "health check failed after 2m: timeout waiting for: [PostgresOpsRequest/demo/x status: 'InProgress']";
	const { status, findings } = doctor(
		cluster(
			withInventory(stages({ '10-horizontalscaling': ['False', 'HealthCheckFailed', slow], ...later })),
			request('Progressing'),
		),
	);
	assert.is(status, 0);
	assert.is(about(findings, 'database demo/postgres-orders')?.status, 'note');
});

test('a stage that Flux has not looked at since it changed does not count as done', () => {
	const changed = stages().map((each) => ({ ...each, metadata: { ...each.metadata, generation: 2 } }));
	assert.is(about(doctor(cluster(changed)).findings, 'database demo/postgres-orders')?.status, 'note');
});

test('a gate that is shut, a guard that refuses, a stage that is suspended: each with its own way out', () => {
	const stale = 'health check failed after 1s: failed early due to stalled resources: [ConfigMap/demo/x]';
	const shut = doctor(
		cluster(stages({ '00-gate': ['False', 'HealthCheckFailed', stale], '01-plan': waits, ...later })),
	);
	assert.match(bad(shut.findings)[0]?.mend ?? '', /--published.*--state cluster/);
	const forbidden = 'ConfigMap/demo/x dry-run failed (Forbidden): stale plan refused';
	const refused = doctor(cluster(stages({ '01-plan': ['False', 'ReconciliationFailed', forbidden], ...later })));
	assert.match(bad(refused.findings)[0]?.mend ?? '', /--published.*--state cluster/);
	const held = stages().map((each) =>
		each.spec.path.endsWith('/50-database') ? { ...each, spec: { ...each.spec, suspend: true } } : each,
	);
	assert.is(bad(doctor(cluster(held)).findings)[0]?.mend, 'flux resume kustomization demo-postgres-orders-50-database');
});

test('the root Kustomization that fails, force, and gitops resources that Flux applies as they are', () => {
	const kustomization = (name: string, more: object, conditions: JsonObject[] = []) => ({
		metadata: { name, namespace: 'flux-system', generation: 1 },
		spec: { path: './', ...more },
		status: { observedGeneration: 1, conditions },
	});
	const failed = { type: 'Ready', status: 'False', reason: 'BuildFailed', message: 'kustomization path not found' };
	const root = kustomization('kubedb-rendered', { force: true }, [failed]);
	const plain = kustomization('apps', {});
	const unrendered = {
		...plain,
		status: {
			...plain.status,
			inventory: { entries: [{ id: 'demo_orders_gitops.kubedb.com_Postgres', v: 'v1alpha1' }] },
		},
	};
	const other = kustomization('infrastructure', { force: true }, [failed]);
	const { findings } = doctor(cluster([...stages(), root, unrendered, other]));
	assert.equal(
		bad(findings).map(({ check, message }) => `${check} ${message.split(':')[0]}`),
		[
			'Kustomization flux-system/kubedb-rendered has force',
			'Kustomization flux-system/kubedb-rendered BuildFailed',
			'Kustomization flux-system/apps applies gitops.kubedb.com resources as they are',
		],
	);
});

test.run();
