import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hookFor } from '../../src/catalog/hooks.js';
import type { Json, JsonObject } from '../../src/json.js';
import { getAt, parsePath } from '../../src/render/path.js';

const shards = parsePath('spec.cluster.announce.shards');

/** What a hook makes of the value of a field, given what the database was before; refusals instead, if there are any. */
function made(name: string, value: Json | undefined, previous: JsonObject = { spec: {} }): Json | undefined {
	const refused: string[] = [];
	const situation = { desired: { spec: {} }, previous, defaults: {} };
	const result = hookFor(name)(value, { path: shards, situation, refuse: (because) => refused.push(because) });
	return refused.length > 0 ? refused : result;
}

const withShards = (endpoints: string[][]): JsonObject => ({
	spec: { cluster: { announce: { shards: endpoints.map((each) => ({ endpoints: each })) } } },
});
const grown = (before: string[][], now: string[][]) =>
	made('missingEndpoints', getAt(withShards(now), shards), withShards(before));

test('not: a switch that the request spells the other way round', () => {
	assert.is(made('not', false), true);
	assert.is(made('not', true), false);
	assert.is(made('not', undefined), true);
});

test('missingEndpoints: one entry for each shard that needs addresses, those of new replicas only', () => {
	assert.equal(
		grown(
			[['a'], ['b']],
			[
				['a', 'c'],
				['b', 'd'],
			],
		),
		[{ endpoints: ['c'] }, { endpoints: ['d'] }],
	);
	assert.equal(
		grown(
			[['a', 'b']],
			[
				['a', 'b'],
				['c', 'd'],
			],
		),
		[{ endpoints: ['c', 'd'] }],
	);
	assert.equal(
		grown(
			[['a']],
			[
				['a', 'b'],
				['c', 'd'],
			],
		),
		[{ endpoints: ['b'] }, { endpoints: ['c', 'd'] }],
	);
	assert.equal(grown([['a', 'b']], [['a', 'b']]), []);
});

test('missingEndpoints: other addresses of members that run are a step of their own', () => {
	const refusal = ['addresses of running members change together with the number of shards or replicas'];
	assert.equal(
		grown(
			[['a', 'b']],
			[
				['a', 'z'],
				['c', 'd'],
			],
		),
		refusal,
	);
	assert.equal(grown([['a'], ['b']], [['a', 'c']]), refusal);
});

test('backendOfOneKind: backends of another kind of name leave only where git named them before', () => {
	const withBackends = (...backends: Json[]) => ({ spec: { configuration: { backends } } });
	const path = parsePath('spec.configuration.backends[hostName=pg-0]');
	const group = { groupName: 'primary', weight: 1 };
	const host = { hostName: 'pg-0', port: 5432 };
	const refusals = (live?: JsonObject, rendered?: JsonObject) => {
		const refused: string[] = [];
		const situation = { desired: withBackends(host), live, rendered, defaults: {} };
		const input = { path, situation, refuse: (because: string) => refused.push(because) };
		assert.equal(hookFor('backendOfOneKind')(host, input), host);
		return refused;
	};
	assert.equal(refusals(), []);
	assert.equal(refusals(withBackends({ hostName: 'pg-1' })), []);
	assert.equal(refusals(withBackends(group), withBackends({ ...group, weight: 2 })), []);
	const input = { path, situation: { desired: withBackends(), live: withBackends(group), defaults: {} } };
	const refuse = () => assert.unreachable('what leaves is refused nothing');
	assert.is(hookFor('backendOfOneKind')(undefined, { ...input, refuse }), undefined);
	assert.equal(refusals(withBackends(group)), [
		'the database has backends without a hostName, and KubeDB keeps one kind of name',
	]);
});

test('a hook that there is not is an error', () => {
	assert.throws(() => hookFor('nothing'), /the catalog has no hook nothing/);
});

test.run();
