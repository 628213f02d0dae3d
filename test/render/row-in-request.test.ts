import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import { parsePath } from '../../src/render/path.js';
import { isCarriedBy } from '../../src/render/row-in-request.js';

/** The lines of the catalog about a field that a request was made from, by what their items are or whether they have a payload. */
function rowsIn(kindName: string, id: string, spec: JsonObject): string[] {
	const path = parsePath(id);
	const matches = (kindOf(kindName) as Kind).matching(path).filter(({ field }) => field.length === path.length);
	return matches.flatMap(({ entry: { row }, field }) =>
		row && isCarriedBy({ spec }, row, field) ? [String(row.when?.item ?? row.to ?? 'without payload')] : [],
	);
}

test('the row of an item is told by the constants of the request', () => {
	const bob = 'spec.configuration.init.inline.mysqlUsers[username=bob]';
	const users = [{ username: 'bob' }];
	const request = (reqType: string) => ({ configuration: { mysqlUsers: { reqType, users } } });
	assert.equal(rowsIn('ProxySQL', bob, request('add')), ['new']);
	assert.equal(rowsIn('ProxySQL', bob, request('update')), ['existing']);
	assert.equal(rowsIn('ProxySQL', bob, request('delete')), ['removed']);
	const alice = 'spec.configuration.init.inline.mysqlUsers[username=alice]';
	assert.equal(rowsIn('ProxySQL', alice, request('add')), []);
});

test('an item that left is in the list of names', () => {
	const request = { configuration: { backend: { delete: ['standby'], sync: [{ groupName: 'primary' }] } } };
	const [row] = rowsIn('Pgpool', 'spec.configuration.backends[groupName=standby]', request);
	assert.is(row, 'spec.configuration.backend.sync[*]');
	assert.equal(rowsIn('Pgpool', 'spec.configuration.backends[groupName=other]', request), []);
});

test('a row without a payload is that of a request that does not speak of the field', () => {
	const shards = 'spec.cluster.announce.shards';
	const grown = { horizontalScaling: { shards: 4, announce: { shards: [{ endpoints: ['a'] }] } } };
	assert.ok(rowsIn('Redis', shards, grown).includes('spec.horizontalScaling.announce.shards'));
	assert.equal(rowsIn('Redis', shards, { horizontalScaling: { shards: 3 } }), ['without payload']);
});

test('an item that is removed by a mark is told by the mark', () => {
	const group = (more: JsonObject) => ({ horizontalScaling: { readReplicas: [{ name: 'r', ...more }] } });
	assert.equal(rowsIn('Postgres', 'spec.readReplicas[name=r]', group({ remove: true })), ['removed']);
	assert.equal(rowsIn('Postgres', 'spec.readReplicas[name=r]', group({ replicas: 2 })), []);
});

test.run();
