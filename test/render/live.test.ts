import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindNames, kindOf } from '../../src/catalog/catalog.js';
import phases from '../../src/catalog/phases.yaml';
import type { JsonObject } from '../../src/json.js';
import { liveOf, requestsOf, saltOf } from '../../src/render/live.js';
import { leafKey } from '../../src/render/normalise.js';

const postgres = kindOf('Postgres') as Kind;
const id = { kind: 'Postgres', namespace: 'demo', name: 'orders' };

test('a live database is read in its stored form, with what rendered it', () => {
	const live = liveOf(postgres, id, {
		metadata: { uid: 'u-1', annotations: { 'kubedb-render/plan': 'd'.repeat(64) } },
		spec: { replicas: 3, storage: { resources: { requests: { storage: '1024Mi' } } } },
		status: { phase: 'Ready' },
	});
	assert.is(live.uid, 'u-1');
	assert.is(live.plan, 'd'.repeat(64));
	assert.is(live.phase, 'Ready');
	assert.equal(Object.keys(live.root), ['spec']);
	assert.is(live.leaves[leafKey(['spec', 'replicas'])], '3');
	const other = liveOf(postgres, id, { spec: { storage: { resources: { requests: { storage: '1Gi' } } } } });
	const storage = leafKey(['spec', 'storage', 'resources', 'requests', 'storage']);
	assert.is(live.leaves[storage], other.leaves[storage], '1024Mi is 1Gi');
});

test('a database that nobody rendered has no plan, and one without a status no phase', () => {
	const live = liveOf(postgres, id, { spec: {} });
	assert.equal([live.uid, live.plan, live.phase, live.leaves], ['', '', '', {}]);
	assert.not(live.isApplied(['spec', 'replicas']));
});

test('text that may be secret is remembered as a digest that differs from one database to the next', () => {
	const object: JsonObject = {
		spec: { podTemplate: { spec: { containers: [{ name: 'postgres', env: [{ name: 'A', value: 'hunter2' }] }] } } },
	};
	const one = JSON.stringify(liveOf(postgres, id, object).leaves);
	const other = JSON.stringify(liveOf(postgres, { ...id, name: 'other' }, object).leaves);
	assert.not.match(one, 'hunter2');
	assert.is.not(one, other);
	assert.is(saltOf(id), 'Postgres demo/orders');
});

test('the requests of a database are those that refer to it', () => {
	const requests = requestsOf(postgres, id, [
		request('a', 'Successful'),
		request('b', 'Failed', { spec: { type: 'Restart', databaseRef: { name: 'other' } } }),
		request('c', '', { spec: { type: 'Restart' } }),
	]);
	assert.equal([...requests.keys()], ['a']);
	const [found] = requests.values();
	assert.equal([found?.name, found?.type, found?.phase], ['a', 'Restart', 'Successful']);
});

test('every kind knows where its requests name the database', () => {
	for (const name of kindNames()) {
		const kind = kindOf(name) as Kind;
		const [head = '', ...rest] = (kind.facts.reference ?? 'spec.databaseRef.name').split('.');
		const spec = rest.reduceRight<unknown>((value, key) => ({ [key]: value }), id.name);
		const object = { metadata: { name: 'r' }, [head]: { type: 'Restart', ...(spec as JsonObject) } } as JsonObject;
		assert.is(requestsOf(kind, { ...id, kind: name }, [object]).size, 1, name);
	}
});

test('a request is over when it was carried out, failed, denied or skipped, and not before', () => {
	const expected: Record<string, string> = {
		'': 'waiting',
		Pending: 'waiting',
		WaitingForApproval: 'waiting',
		Approved: 'waiting',
		Progressing: 'running',
		Successful: 'done',
		Failed: 'failed',
		Denied: 'failed',
		Skipped: 'skipped',
		SomethingNew: 'running',
	};
	for (const [phase, status] of Object.entries(expected)) {
		const [found] = requestsOf(postgres, id, [request('a', phase)]).values();
		assert.is(found?.status, status, phase);
	}
	const { opsRequest } = phases as { opsRequest: { phases: { phase: string; final: boolean }[] } };
	for (const { phase, final } of opsRequest.phases) {
		const isOver = ['done', 'failed', 'skipped'].includes(expected[phase] as string);
		assert.is(isOver, final, phase);
	}
});

test('what KubeDB says of the phase is the message of the condition that is called so', () => {
	const of = (conditions: unknown) => {
		const [found] = requestsOf(postgres, id, [
			request('a', 'Failed', { status: { phase: 'Failed', conditions } }),
		]).values();
		return found?.message;
	};
	assert.is(
		of([
			{ type: 'Progressing', message: 'x' },
			{ type: 'Failed', message: 'no quota' },
		]),
		'no quota',
	);
	for (const conditions of [undefined, null, {}, [null], [{ type: 'Failed' }], [{ type: 'Failed', message: 7 }]])
		assert.is(of(conditions), '');
});

test.run();

function request(name: string, phase: string, more: unknown = {}): JsonObject {
	const object = { metadata: { name }, spec: { type: 'Restart', databaseRef: { name: 'orders' } }, status: { phase } };
	return { ...object, ...(more as JsonObject) } as JsonObject;
}
