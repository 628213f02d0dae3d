import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from '../../src/commands/build.js';
import type { World } from '../../src/commands/load.js';
import { plan } from '../../src/commands/plan.js';
import { Refusal } from '../../src/problems.js';
import { resolveSettings } from '../../src/settings.js';
import { cliFixtures } from '../run-cli.js';

declare const PROJECT_ROOT: string;
const tls = (name: string) => readFileSync(join(PROJECT_ROOT, 'test/memory/tls', name), 'utf8');
const databases = [join(cliFixtures, 'databases')];

const test = suite('what commands read');
let folder: string;
let server: Server;
let asked: string[];
let answers: Record<string, unknown>;
test.before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
	writeFileSync(join(folder, 'ca.crt'), tls('ca.crt'));
	writeFileSync(join(folder, 'token'), 'secret');
	server = createServer({ key: tls('server.key'), cert: tls('server.crt') }, ({ url = '' }, response) => {
		const path = url.split('?')[0] as string;
		asked.push(path);
		const found = answers[path] ?? (/\/applications\/|policies|policybindings/.test(path) ? undefined : { items: [] });
		response.statusCode = found ? 200 : 404;
		response.end(JSON.stringify(found ?? {}));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
test.before.each(() => {
	asked = [];
	answers = {};
	rmSync(join(folder, 'namespace'), { force: true });
});
test.after(() => {
	server.closeAllConnections();
	server.close();
	rmSync(folder, { recursive: true });
});

test('inside Argo CD the Application is looked for where its name says, else where Argo CD runs', async () => {
	const of = async (name: string, more: NodeJS.ProcessEnv = {}) => {
		asked = [];
		const message = await refused({ ...inPod(), ARGOCD_APP_NAME: name, KUBE_VERSION: '1.35', ...more });
		assert.match(message, /the Application \S+ is not there yet/);
		return asked.find((path) => path.includes('/applications/'))?.replace('/apis/argoproj.io/v1alpha1/namespaces/', '');
	};
	assert.is(await of('shop'), 'argocd/applications/shop');
	writeFileSync(join(folder, 'namespace'), 'gitops\n');
	assert.is(await of('shop'), 'gitops/applications/shop');
	assert.is(await of('shop', { KUBEDB_RENDER_ARGOCD_NAMESPACE: 'other' }), 'other/applications/shop');
	assert.is(await of('team_shop'), 'team/applications/shop');
	assert.is(await of('team_shop_b'), 'team/applications/shop_b');
});

test('outside Argo CD an Application counts that is named, once a plan is not settled', async () => {
	const rendered = await build(databases, { output: 'json' }, resolveSettings({ state: 'none' }, {}), world({}));
	const plans = rendered.stdout.split('\n').filter((line) => line.includes('"kubedb-render/role":"plan"'));
	answers = { '/api/v1/namespaces/shop/configmaps': { items: plans.map((line) => JSON.parse(line)) } };
	const environment = inPod();
	const path = '/apis/argoproj.io/v1alpha1/namespaces/gitops/applications/orders';
	await build(databases, {}, resolveSettings({ state: 'cluster' }, environment), world(environment));
	assert.not.ok(asked.some((each) => each.includes('argoproj.io')));
	const flags = { state: 'cluster', application: 'gitops/orders' };
	await plan(databases, { color: false }, resolveSettings(flags, environment), world(environment));
	assert.is(asked.at(-1), path);
});

test('a source without databases asks no cluster', async () => {
	const environment = inPod();
	const others = [join(cliFixtures, 'databases/others.yaml')];
	await build(others, {}, resolveSettings({ state: 'cluster' }, environment), world(environment));
	assert.equal(asked, []);
});

test('what is wrong with the source and what is wrong with the cluster are told at once', async () => {
	const environment = { ...inPod(), KUBERNETES_SERVICE_PORT: '1' };
	const twice = [...databases, ...databases];
	const problems = await build(twice, {}, resolveSettings({ state: 'cluster' }, environment), world(environment)).catch(
		(error) => (error as Refusal).problems.map(({ code }) => code),
	);
	assert.equal(problems, ['duplicate', 'duplicate', 'cluster-unreadable']);
});

test.run();

function inPod(): NodeJS.ProcessEnv {
	const { port } = server.address() as AddressInfo;
	return {
		KUBERNETES_SERVICE_HOST: '127.0.0.1',
		KUBERNETES_SERVICE_PORT: String(port),
		KUBEDB_RENDER_SERVICE_ACCOUNT: folder,
		ARGOCD_APP_NAMESPACE: 'shop',
	};
}

function world(environment: NodeJS.ProcessEnv): World {
	return { environment, stdinIsTerminal: () => true, readStdin: () => new Uint8Array() };
}

async function refused(environment: NodeJS.ProcessEnv): Promise<string> {
	try {
		await build(databases, {}, resolveSettings({}, environment), world(environment));
	} catch (error) {
		if (error instanceof Refusal) return error.message;
		throw error;
	}
	throw new Error('it was not refused');
}
