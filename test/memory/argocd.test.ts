import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import { chainName } from '../../src/hosts/chain.js';
import { fenceName } from '../../src/hosts/fence.js';
import type { JsonObject } from '../../src/json.js';
import { readInArgoCD } from '../../src/memory/argocd.js';
import { resolveSettings } from '../../src/settings.js';
import { refusalOf } from '../refusal.js';

declare const PROJECT_ROOT: string;
const tls = (name: string) => readFileSync(join(PROJECT_ROOT, 'test/memory/tls', name), 'utf8');
const postgres = kindOf('Postgres') as Kind;
const databases = [{ id: { kind: 'Postgres', namespace: 'demo', name: 'orders' }, kind: postgres }];
const application = { namespace: 'argocd', name: 'orders' };

let folder: string;
let server: Server;
let objects: Record<string, JsonObject>;

test.before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
	writeFileSync(join(folder, 'token'), 'secret');
	writeFileSync(join(folder, 'ca.crt'), tls('ca.crt'));
	server = createServer({ key: tls('server.key'), cert: tls('server.crt') }, ({ url = '' }, response) => {
		const path = url.split('?')[0] as string;
		const found = objects[path];
		const isList = !found && !/(?:applications|configmaps|policies|policybindings)\/[^/]+$/.test(path);
		response.statusCode = found || isList ? 200 : 404;
		response.end(
			JSON.stringify(
				found ??
					(isList
						? { kind: 'List', apiVersion: 'v1', metadata: {}, items: [] }
						: { kind: 'Status', code: 404, reason: 'NotFound' }),
			),
		);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
test.after(() => {
	server.closeAllConnections();
	server.close();
	rmSync(folder, { recursive: true });
});
test.before.each(() => {
	objects = { [applicationPath]: goingTo({ server: 'https://kubernetes.default.svc' }) };
});

const applicationPath = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/orders';

function goingTo(destination: JsonObject): JsonObject {
	return { kind: 'Application', metadata: { name: 'orders', namespace: 'argocd' }, spec: { destination } };
}

function read(more: Record<string, string> = {}) {
	const environment = {
		ARGOCD_APP_NAME: 'orders',
		ARGOCD_APP_NAMESPACE: 'demo',
		KUBERNETES_SERVICE_HOST: '127.0.0.1',
		KUBERNETES_SERVICE_PORT: String((server.address() as AddressInfo).port),
		...more,
	};
	const settings = resolveSettings({ serviceAccount: folder }, environment);
	return readInArgoCD(databases, application, settings, environment);
}

test('a database that is not there yet is absent, not unknown', async () => {
	const { memoryOf } = await read();
	const memory = memoryOf((databases[0] as (typeof databases)[0]).id);
	assert.is(memory.live, 'absent');
	assert.is(memory.plan, undefined);
});

test('an Application that is not there leaves the cluster unknown: nothing is read', async () => {
	delete objects[applicationPath];
	const problem = await refusalOf(() => read());
	assert.is(problem.code, 'no-application');
	assert.match(problem.hint ?? '', /--validate=false/);
});

test('databases outside the destination namespace are not read, unless whoever runs Argo CD allows it', async () => {
	const problem = await refusalOf(() => read({ ARGOCD_APP_NAMESPACE: 'team-b' }));
	assert.is(problem.code, 'other-namespace');
	await read({ ARGOCD_APP_NAMESPACE: 'team-b', KUBEDB_RENDER_ALLOW: 'other-namespaces' });
});

test('state is never read from another cluster than the one that the Application goes to', async () => {
	objects[applicationPath] = goingTo({ server: 'https://other.example' });
	assert.is((await refusalOf(() => read())).code, 'other-cluster');
});

test('operations are refused where no guard or no health rule would make Argo CD wait for them', async () => {
	const { checkOperations } = await read();
	await checkOperations([]);
	assert.is((await refusalOf(() => checkOperations(['Postgres']))).code, 'not-installed');
	for (const name of [chainName, fenceName(postgres)])
		for (const kind of ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'])
			objects[`/apis/admissionregistration.k8s.io/v1/${kind}/${name}`] = { kind, metadata: { name } };
	const rules = 'ops.kubedb.com/*:\n  health.lua: |\n    return {}\nkubedb.com/*:\n  health.lua: |\n    return {}\n';
	objects['/api/v1/namespaces/argocd/configmaps/argocd-cm'] = {
		kind: 'ConfigMap',
		metadata: { name: 'argocd-cm' },
		data: { 'resource.customizations': rules.replace('kubedb.com/*:\n  health.lua', 'kubedb.com/*:\n  actions') },
	};
	const problem = await refusalOf(() => checkOperations(['Postgres']));
	assert.match(problem.message, /lacks the health rule for ops\.kubedb\.com\/PostgresOpsRequest$/);
	objects['/api/v1/namespaces/argocd/configmaps/argocd-cm'] = {
		kind: 'ConfigMap',
		metadata: { name: 'argocd-cm' },
		data: { 'resource.customizations': rules },
	};
	await checkOperations(['Postgres']);
});

test('who runs Argo CD may go without guards', async () => {
	const { checkOperations } = await read({ KUBEDB_RENDER_ALLOW: 'no-guards' });
	await checkOperations(['Postgres']);
});

test.run();
