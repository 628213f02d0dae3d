import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json, JsonObject } from '../../src/json.js';
import { appliedTo } from '../../src/render/applied.js';
import { parsePath } from '../../src/render/path.js';

const client = (applied: unknown) => ({
	metadata: {
		annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied as string },
	},
});
const server = (...managedFields: Json[]) => ({ metadata: { managedFields } });
const entry = (fieldsV1: Json, more: JsonObject = {}) => ({ operation: 'Apply', manager: 'argocd', fieldsV1, ...more });

test('what a client-side apply has named was applied', () => {
	const is = asks(client('{"spec":{"replicas":3,"storage":{"class":null},"list":[{"name":"a"}],"empty":{}}}'));
	assert.ok(is('spec.replicas'));
	assert.ok(is('spec'));
	assert.ok(is('spec.storage.class'), 'null is a value that was applied');
	assert.ok(is('spec.empty'));
	assert.not(is('spec.version'));
	assert.not(is('spec.replicas.x'));
	assert.not(is('status'));
});

test('a list counts as a whole', () => {
	const is = asks(client('{"spec":{"list":[{"name":"a"}]}}'));
	assert.ok(is('spec.list[name=a]'));
	assert.ok(is('spec.list[name=b].x'));
	assert.not(is('spec.other[name=a]'));
	const owned = asks(server(entry({ 'f:spec': { 'f:list': { 'k:{"name":"a"}': {} } } })));
	assert.ok(owned('spec.list[name=b]'));
});

test('what a server-side apply owns was applied, by whichever manager', () => {
	const is = asks(
		server(entry({ 'f:spec': { 'f:a': {} } }), entry({ 'f:spec': { 'f:b': { 'f:c': {} } } }, { manager: 'x' })),
	);
	assert.ok(is('spec.a'));
	assert.ok(is('spec.b'));
	assert.ok(is('spec.b.c'));
	assert.not(is('spec.b.d'));
	assert.not(is('spec.c'));
});

test('what KubeDB and others update was not applied', () => {
	const fields = { 'f:spec': { 'f:a': {} } };
	assert.not(asks(server(entry(fields, { operation: 'Update' })))('spec.a'));
	assert.not(asks(server(entry(fields, { subresource: 'status' })))('spec.a'));
});

test('both count together', () => {
	const object = {
		metadata: { ...client('{"spec":{"a":1}}').metadata, ...server(entry({ 'f:spec': { 'f:b': {} } })).metadata },
	};
	assert.equal(['spec.a', 'spec.b', 'spec.c'].map(asks(object)), [true, true, false]);
});

test('what says nothing is no evidence of an apply', () => {
	const objects: unknown[] = [
		{},
		{ metadata: null },
		client('{"spec":'),
		client(7),
		client('null'),
		server(null, 'x', {}, { operation: 'Apply' }, { operation: 'Apply', fieldsV1: 'x' }),
		{ metadata: { managedFields: {} } },
	];
	for (const object of objects) assert.not(asks(object)('spec.replicas'), JSON.stringify(object));
});

test.run();

function asks(object: unknown): (path: string) => boolean {
	const isApplied = appliedTo(object as JsonObject);
	return (path) => isApplied(parsePath(path));
}
