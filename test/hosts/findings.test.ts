import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
	applicationFindings,
	diffFindings,
	type Finding,
	healthFindings,
	kubedbFindings,
	sidecarFindings,
} from '../../src/hosts/findings.js';
import { argocdCm } from '../../src/hosts/sidecar.js';
import type { JsonObject } from '../../src/json.js';

const statuses = (findings: readonly Finding[]) => findings.map(({ status }) => status);

function application(spec: JsonObject = {}, status: JsonObject = {}): JsonObject {
	const source = { plugin: { name: 'kubedb-render' } };
	return { metadata: { namespace: 'argocd', name: 'x' }, spec: { source, ...spec }, status };
}

test('health rules: ours are good, none is bad, others are noted', () => {
	assert.equal(statuses(healthFindings({ data: argocdCm() })), ['good', 'good']);
	assert.equal(statuses(healthFindings({ data: {} })), ['bad', 'bad']);
	const other = 'ops.kubedb.com/*:\n  health.lua: |\n    return {}\n';
	assert.equal(statuses(healthFindings({ data: { 'resource.customizations': other } })), ['note', 'bad']);
});

test('an Application that waits for nothing, or prunes in the background, is told so with the way out', () => {
	for (const option of [
		'ApplyOutOfSyncOnly=true',
		'Replace=true',
		'RespectIgnoreDifferences=true',
		'PrunePropagationPolicy=background',
	]) {
		const syncPolicy = { syncOptions: ['CreateNamespace=true', option] };
		const [finding] = applicationFindings(application({ syncPolicy }), true);
		assert.is(finding?.status, 'bad');
		assert.match(finding?.message ?? '', option);
		assert.ok(finding?.mend);
	}
	const harmless = application({ syncPolicy: { syncOptions: ['Replace=false'] } });
	assert.equal(statuses(applicationFindings(harmless, true)), ['good']);
});

test('an Application without the plugin matters only where it applies gitops resources', () => {
	const plain = { metadata: { namespace: 'argocd', name: 'x' }, spec: { source: {} }, status: {} };
	assert.equal(applicationFindings(plain, true), []);
	const raw = { ...plain, status: { resources: [{ group: 'gitops.kubedb.com', kind: 'Postgres' }] } };
	assert.match(applicationFindings(raw, true)[0]?.mend ?? '', /plugin\.name: kubedb-render/);
});

test("a failed sync shows why: the message of what failed, not Argo CD's summary", () => {
	const resources = [
		{ kind: 'ConfigMap', name: 'a', status: 'Synced', hookPhase: 'Running', message: 'ok' },
		{ kind: 'PostgresOpsRequest', name: 'b', status: 'Synced', hookPhase: 'Failed', message: 'Failed: no space' },
	];
	const message = 'one or more synchronization tasks completed unsuccessfully';
	const operationState = { phase: 'Failed', message, syncResult: { resources } };
	const [finding] = applicationFindings(application({}, { operationState }), true);
	assert.is(finding?.message, 'its last sync failed: PostgresOpsRequest b: Failed: no space');
	assert.match(finding?.mend ?? '', /kubedb-render\/retry/);
});

test('without the server-side diff for all, each Application needs it', () => {
	assert.equal(statuses(diffFindings({ data: { 'controller.diff.server.side': 'true' } })), ['good']);
	assert.equal(statuses(diffFindings(undefined)), ['note']);
	assert.equal(statuses(applicationFindings(application(), false)), ['bad']);
	const annotations = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' };
	const annotated = { ...application(), metadata: { namespace: 'argocd', name: 'x', annotations } };
	assert.equal(statuses(applicationFindings(annotated, false)), ['good']);
});

test('the sidecar: missing, not ready, of another version', () => {
	assert.equal(statuses(sidecarFindings(undefined, [], '0.1.0')), ['bad']);
	const repoServer = {
		name: 'argocd-repo-server',
		env: [{ name: 'ARGOCD_PAUSE_GEN_AFTER_FAILED_ATTEMPTS', value: '0' }],
	};
	const deployment = (image: string): JsonObject => ({
		spec: { template: { spec: { containers: [repoServer, { name: 'kubedb-render', image }] } } },
	});
	const pod = (ready: boolean): JsonObject => ({ status: { containerStatuses: [{ name: 'kubedb-render', ready }] } });
	assert.equal(statuses(sidecarFindings(deployment('r/k:0.1.0'), [pod(true)], '0.1.0')), ['good', 'good']);
	assert.equal(statuses(sidecarFindings(deployment('r/k:0.1.0'), [pod(false)], '0.1.0')), ['bad', 'good']);
	assert.equal(statuses(sidecarFindings(deployment('r/k:0.2.0'), [pod(true)], '0.1.0')), ['good', 'note', 'good']);
});

test('a cluster without KubeDB is told so', () => {
	assert.equal(statuses(kubedbFindings(new Set())), ['bad']);
	assert.equal(statuses(kubedbFindings(new Set(['postgreses']))), ['good']);
});

test.run();
