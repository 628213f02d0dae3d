import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import type { Get } from '../../src/memory/api.js';
import { readCluster } from '../../src/memory/cluster.js';
import { type Identity, type Plan, planContent, planDigest, stateContent } from '../../src/memory/memory.js';
import { Refusal } from '../../src/problems.js';
import type { Live } from '../../src/render/live.js';
import { memoryObject } from '../../src/render/render.js';
import { refusalOf } from '../refusal.js';

const postgres: Identity = { kind: 'Postgres', namespace: 'demo', name: 'ha-postgres' };
const configMaps = '/api/v1/namespaces/demo/configmaps';
const requests = '/apis/ops.kubedb.com/v1alpha1/namespaces/demo/postgresopsrequests';
const databases = '/apis/kubedb.com/v1/namespaces/demo/postgreses';
const application = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop';
const shop = { namespace: 'argocd', name: 'shop' };

test('a database that was never rendered and does not run: nothing is remembered, and it is absent', async () => {
	const cluster = fake({ [configMaps]: listOf(), [requests]: listOf(), [databases]: listOf() });
	const memory = (await read([postgres], cluster))(postgres);
	assert.equal(memory, {
		plan: undefined,
		state: undefined,
		live: 'absent',
		requests: new Map(),
		inProgress: 'unknown',
	});
});

test('a cluster without KubeDB is none in which a database was rendered', async () => {
	const cluster = fake({ [configMaps]: listOf() });
	assert.is((await read([postgres], cluster))(postgres).live, 'absent');
});

test('one list for each namespace and kind, however many databases there are', async () => {
	const ids = ['a', 'b', 'c'].flatMap((name) => [
		{ ...postgres, name },
		{ ...postgres, name, namespace: 'shop' },
		{ kind: 'MariaDB', namespace: 'demo', name },
	]);
	const cluster = fake(new Proxy({}, { get: () => listOf(), has: () => true }));
	await read(ids, cluster);
	assert.equal(
		[...cluster.asked].sort(),
		[
			'/api/v1/namespaces/demo/configmaps',
			'/api/v1/namespaces/shop/configmaps',
			'/apis/kubedb.com/v1/namespaces/demo/mariadbs',
			'/apis/kubedb.com/v1/namespaces/demo/postgreses',
			'/apis/kubedb.com/v1/namespaces/shop/postgreses',
			'/apis/ops.kubedb.com/v1alpha1/namespaces/demo/mariadbopsrequests',
			'/apis/ops.kubedb.com/v1alpha1/namespaces/demo/postgresopsrequests',
			'/apis/ops.kubedb.com/v1alpha1/namespaces/shop/postgresopsrequests',
		].sort(),
	);
});

test('memory is read before OpsRequests, and these before the databases', async () => {
	const cluster = fake(settled());
	await read([postgres], cluster);
	assert.equal(cluster.asked, [configMaps, requests, databases]);
	assert.match(cluster.urls[0] as string, `${configMaps}?labelSelector=kubedb-render%2Frole&limit=500`);
	assert.is(cluster.urls[1], `${requests}?limit=500`);
});

test('what is there is found: plan, state, the live database, and its own requests', async () => {
	const foreign = request('other-restart-1', 'Successful', 'other');
	const cluster = fake({ ...settled(), [requests]: listOf(request('r-1', 'Failed'), foreign) });
	const memory = (await read([postgres], cluster))(postgres);
	assert.is(memory.plan?.generation, 1);
	assert.is(memory.state?.digest, memory.plan?.digest);
	assert.is((memory.live as Live).uid, 'u-1');
	assert.equal(
		memory.requests === 'unknown' ? [] : [...memory.requests.values()].map(({ name, status }) => [name, status]),
		[['r-1', 'failed']],
	);
});

test('the Application is asked only while a plan is not settled', async () => {
	const cluster = fake({ ...settled(), [application]: { kind: 'Application' } });
	assert.is((await read([postgres], cluster, shop))(postgres).inProgress, 'unknown');
	assert.not(cluster.asked.includes(application));

	const unsettled: Record<string, JsonObject> = {
		'no state yet': { [configMaps]: listOf(planObject()) },
		'another plan is done': { [configMaps]: listOf(planObject(), stateObject('b'.repeat(64))) },
		'the database carries another plan': { [databases]: listOf(database('b'.repeat(64))) },
		'the database is gone': { [databases]: listOf() },
	};
	for (const [what, changes] of Object.entries(unsettled)) {
		const objects = {
			...settled(),
			...(changes as Record<string, JsonObject>),
			[application]: { kind: 'Application' },
		};
		const asked = fake(objects);
		assert.is((await read([postgres], asked, shop))(postgres).inProgress, false, what);
		assert.is(asked.asked.at(-1), application, what);
	}
});

test('an operation is in progress when it runs, when it is being ended, and when it is only asked for', async () => {
	const status = (phase: string) => ({ status: { operationState: { phase } } });
	const cases: [JsonObject, boolean][] = [
		[status('Running'), true],
		[status('Terminating'), true],
		[{ operation: { sync: {} }, ...status('Succeeded') }, true],
		[status('Succeeded'), false],
		[status('Failed'), false],
		[status('Error'), false],
		[{}, false],
	];
	for (const [object, expected] of cases) {
		const objects = { ...unsettled(), [application]: { kind: 'Application', ...object } };
		assert.is((await read([postgres], fake(objects), shop))(postgres).inProgress, expected, JSON.stringify(object));
	}
});

test('without an Application to ask, whether an operation is in progress is unknown', async () => {
	assert.is((await read([postgres], fake(unsettled())))(postgres).inProgress, 'unknown');
	assert.is((await read([postgres], fake(unsettled()), shop))(postgres).inProgress, 'unknown');
});

test('an answer that is another object than the Application is refused', async () => {
	const objects = { ...unsettled(), [application]: { kind: 'Status', status: 'Success' } };
	const problem = await refusalOf(() => read([postgres], fake(objects), shop));
	assert.is(problem.code, 'cluster-unreadable');
	assert.match(problem.message, `the answer is no Application (GET ${application})`);
});

test('long lists are read page by page', async () => {
	const pages = new Map([
		['', { items: [request('r-1', 'Successful')], metadata: { continue: 'a/b=' } }],
		['a%2Fb%3D', { items: [request('r-2', 'Failed')], metadata: { continue: 'c' } }],
		['c', { items: [request('r-3', '')], metadata: { continue: '' } }],
	]);
	const rest = fake(settled());
	const get: Get = async (url) => {
		if (!url.startsWith(requests)) return rest.get(url);
		return pages.get(/&continue=(.*)/.exec(url)?.[1] ?? '') as unknown as JsonObject;
	};
	const memory = (await read([postgres], { get }))(postgres);
	assert.equal(memory.requests === 'unknown' ? [] : [...memory.requests.keys()], ['r-1', 'r-2', 'r-3']);
});

test('a page that fails, fails the whole list', async () => {
	const rest = fake(settled());
	const get: Get = async (url) => {
		if (!url.startsWith(requests)) return rest.get(url);
		if (url.includes('continue='))
			throw new Refusal([{ code: 'x', severity: 'error', message: 'the list is too old' }]);
		return { items: [], metadata: { continue: 'c' } };
	};
	assert.is((await refusalOf(() => read([postgres], { get }))).message, 'the list is too old');
});

test('a list that vanishes between two pages is refused', async () => {
	const rest = fake(settled());
	const get: Get = async (url) => {
		if (!url.startsWith(databases)) return rest.get(url);
		return url.includes('continue=') ? undefined : { items: [], metadata: { continue: 'c' } };
	};
	assert.is((await refusalOf(() => read([postgres], { get }))).code, 'no-kubedb');
});

test('an answer without a list of objects is refused, whichever it is', async () => {
	for (const path of [configMaps, requests, databases])
		for (const answer of [{}, { items: null }, { items: {} }, { items: [null] }, { items: [{}] }, { kind: 'Status' }]) {
			const objects = { ...settled(), [path]: answer as unknown as JsonObject };
			const problem = await refusalOf(() => read([postgres], fake(objects)));
			assert.is(problem.code, 'cluster-unreadable');
			assert.match(problem.message, `the answer is no list of objects (GET ${path})`);
		}
});

test('an API server that knows no ConfigMaps is none: its 404 is not taken for nothing', async () => {
	const problem = await refusalOf(() => read([postgres], fake({})));
	assert.is(problem.code, 'cluster-unreadable');
	assert.match(problem.message, `what answers knows nothing of ${configMaps}`);
	assert.is(problem.hint, 'Check the address of the API server.');
});

test('a cluster that remembers a database of a kind it does not have is refused', async () => {
	for (const [missing, name] of [
		[databases, 'postgreses.kubedb.com'],
		[requests, 'postgresopsrequests.ops.kubedb.com'],
	] as const) {
		const { [missing]: _, ...objects } = settled();
		const problem = await refusalOf(() => read([postgres], fake(objects)));
		assert.is(problem.code, 'no-kubedb');
		assert.is(problem.message, `Postgres demo/ha-postgres was rendered before, but the cluster has no ${name}`);
		assert.match(problem.hint ?? '', 'right cluster');
	}
});

test('damaged memory in the cluster is refused', async () => {
	const object = planObject();
	const damaged = { ...object, data: { ...(object.data as JsonObject), spec: '{}' } };
	const problem = await refusalOf(() => read([postgres], fake({ ...settled(), [configMaps]: listOf(damaged) })));
	assert.is(problem.code, 'memory-damaged');
});

test('what a failed read says is passed on', async () => {
	for (const path of [configMaps, requests, databases]) {
		const rest = fake(settled());
		const get: Get = async (url) => {
			if (url.startsWith(path)) throw new Refusal([{ code: 'forbidden', severity: 'error', message: path }]);
			return rest.get(url);
		};
		assert.is((await refusalOf(() => read([postgres], { get }))).message, path);
	}
});

test('names are escaped in paths', async () => {
	const cluster = fake(unsettled());
	await read([postgres], cluster, { namespace: '../x', name: 'a/b?c' });
	assert.is(cluster.urls.at(-1), '/apis/argoproj.io/v1alpha1/namespaces/..%2Fx/applications/a%2Fb%3Fc');
});

/** A cluster that has what is given by path, and answers 404 for all else. */
function fake(objects: Record<string, JsonObject>) {
	const urls: string[] = [];
	const asked: string[] = [];
	const get: Get = async (url) => {
		const path = url.split('?')[0] as string;
		urls.push(url);
		asked.push(path);
		return path in objects ? objects[path] : undefined;
	};
	return { get, asked, urls };
}

function read(ids: readonly Identity[], { get }: { get: Get }, application?: { namespace: string; name: string }) {
	const wanted = ids.map((id) => ({ id, kind: kindOf(id.kind) as Kind }));
	return readCluster(wanted, get, application);
}

function listOf(...items: JsonObject[]): JsonObject {
	return { kind: 'List', metadata: { resourceVersion: '1' }, items };
}

function settled(): Record<string, JsonObject> {
	const { digest } = somePlan();
	return {
		[configMaps]: listOf(planObject(), stateObject(digest)),
		[requests]: listOf(),
		[databases]: listOf(database(digest)),
	};
}

function unsettled(): Record<string, JsonObject> {
	return { ...settled(), [configMaps]: listOf(planObject()) };
}

function database(plan: string): JsonObject {
	return {
		apiVersion: 'kubedb.com/v1',
		kind: 'Postgres',
		metadata: { name: 'ha-postgres', namespace: 'demo', uid: 'u-1', annotations: { 'kubedb-render/plan': plan } },
		spec: { version: '16.4' },
	};
}

function request(name: string, phase: string, of = 'ha-postgres'): JsonObject {
	return {
		kind: 'PostgresOpsRequest',
		metadata: { name },
		spec: { type: 'Restart', databaseRef: { name: of } },
		status: { phase },
	};
}

function planObject(): JsonObject {
	return memoryObject(postgres, 'plan', planContent(postgres, somePlan()));
}

function stateObject(digest: string): JsonObject {
	const state = { generation: 1, digest, spec: { spec: {} }, tokens: {}, removed: false };
	return memoryObject(postgres, 'state', stateContent(postgres, state));
}

function somePlan(): Plan {
	const plan = { generation: 1, base: '', follows: [], assumed: '', uid: 'u-1', touched: [], tokens: {} };
	const whole = { ...plan, operations: [], spec: { spec: {} } };
	return { ...whole, digest: planDigest(whole) };
}

test.run();
