import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json, JsonObject } from '../../src/json.js';
import { isBelow, type Leaves, leafKey, leafPath, leavesOf, naturalKey, redact } from '../../src/render/normalise.js';
import { getAt, parsePath, showPath } from '../../src/render/path.js';

const leaves = (spec: Json, kind = 'Postgres') => leavesOf(kind, { spec });
/** Leaves with their paths as people read them. */
const shown = (spec: Json, kind?: string) =>
	Object.fromEntries(Object.entries(leaves(spec, kind)).map(([key, value]) => [showPath(leafPath(key)), value]));
const same = (one: Json, other: Json) => assert.equal(leaves(one), leaves(other));
const differ = (one: Json, other: Json) => assert.not.equal(leaves(one), leaves(other));

test('a path becomes a key and back', () => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom('spec', 'a.b', '[name=x]', ''), { minLength: 1 }), (path) =>
			assert.equal(leafPath(leafKey(path)), path),
		),
		{ seed: 1, numRuns: 200 },
	);
});

test('a leaf is below its own path and those above, and below no path that only begins alike', () => {
	const leaf = leafKey(['spec', 'storage', 'size']);
	for (const path of [['spec'], ['spec', 'storage'], ['spec', 'storage', 'size']])
		assert.ok(isBelow(leaf, leafKey(path)));
	for (const path of [['spec', 'stor'], ['spec', 'storage', 'size', 'x'], ['storage']])
		assert.not(isBelow(leaf, leafKey(path)));
});

const word = fc.constantFrom('a', 'b.c', 'name', 'containers', 'limits', 'rules', 'constructor', 'toString');
const { value: specs } = fc.letrec<{ value: Json }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 4 },
		fc.constantFrom<Json>('x', 'y z', '1Gi', 1, 2n ** 60n, true, null),
		fc.array(tie('value'), { maxLength: 3 }),
		fc.dictionary(word, tie('value'), { maxKeys: 4, noNullPrototype: true }),
	),
}));

test('every leaf stands at its path, and every value that is set is a leaf or above one', () => {
	fc.assert(
		fc.property(specs, (value) => {
			const root: JsonObject = { spec: { podTemplate: value } };
			const found = Object.keys(leavesOf('Postgres', root));
			for (const key of found) assert.ok(getAt(root, leafPath(key)) !== undefined, showPath(leafPath(key)));
			assert.is(found.length === 0, !isAnythingSet(value));
		}),
		{ seed: 2, numRuns: 1000 },
	);
});

function isAnythingSet(value: Json): boolean {
	if (Array.isArray(value)) return value.length > 0;
	if (typeof value !== 'object') return true;
	return value !== null && Object.values(value).some(isAnythingSet);
}

test('lists with a natural key become maps of their items, others are one value', () => {
	assert.equal(
		shown({
			podTemplate: {
				spec: {
					containers: [
						{ name: 'b', args: ['x', 'y'] },
						{ name: 'a', image: 'i' },
					],
				},
			},
			list: [1, { b: 1, a: [] }],
		}),
		{
			'spec.podTemplate.spec.containers[name=b].name': '"b"',
			'spec.podTemplate.spec.containers[name=b].args': '["x","y"]',
			'spec.podTemplate.spec.containers[name=a].name': '"a"',
			'spec.podTemplate.spec.containers[name=a].image': '"i"',
			'spec.list': '[1,{"b":1}]',
		},
	);
});

test('the order of the items of a keyed list does not matter, that of other lists does', () => {
	same({ env: [{ name: 'a' }, { name: 'b' }] }, { env: [{ name: 'b' }, { name: 'a' }] });
	differ({ args: ['a', 'b'] }, { args: ['b', 'a'] });
});

test('a natural key is one that all items have, each with another value', () => {
	assert.is(naturalKey('env', [{ name: 'a' }, { name: 'b' }]), 'name');
	assert.is(naturalKey('env', [{ name: 'a' }, { name: 'a' }]), undefined);
	assert.is(naturalKey('env', [{ name: 'a' }, { value: 'b' }]), undefined);
	assert.is(naturalKey('env', [{ name: 'a' }, { name: null }]), undefined);
	assert.is(naturalKey('env', [{ name: 'a' }, { name: '' }]), undefined);
	assert.is(naturalKey('ports', [{ port: 1 }, { port: 2 }]), 'port', 'the first of several that will do');
	assert.is(
		naturalKey('ports', [
			{ name: 'a', port: 1 },
			{ name: 'b', port: 2 },
		]),
		'name',
	);
	assert.is(naturalKey('rules', ['alice on', 'bob on >x']), 'user', 'the first word of texts');
	assert.is(naturalKey('rules', ['alice on', 'alice off']), undefined);
	assert.is(naturalKey('args', [{ name: 'a' }]), undefined, 'a list that has none');
	assert.is(naturalKey('containers', [1, 2]), undefined);
});

test('a list whose name every object has as a member is a list like any other', () => {
	assert.is(naturalKey('constructor', [{ name: 'a' }]), undefined);
	assert.equal(shown({ toString: ['a'] }), { 'spec.toString': '["a"]' });
});

test('null, empty maps and empty lists equal absence, at any depth', () => {
	for (const nothing of [null, {}, [], { a: null }, { a: { b: [] } }] as Json[]) same({ x: 1, y: nothing }, { x: 1 });
	same({ list: [{ a: 1, b: null, c: { d: {} } }] }, { list: [{ a: 1 }] });
	differ({ x: '' }, {});
	differ({ x: false }, {});
	differ({ x: 0 }, {});
	differ({ list: [null] }, {});
});

test('an arbiter that is empty is there all the same', () => {
	assert.equal(shown({ arbiter: {} }, 'MongoDB'), { 'spec.arbiter': '{}' });
	assert.equal(shown({ arbiter: {} }, 'Postgres'), {});
});

test('quantities and durations compare by value where they are some', () => {
	same(
		{ storage: { resources: { requests: { storage: '1Gi' } } } },
		{ storage: { resources: { requests: { storage: '1024Mi' } } } },
	);
	same({ resources: { limits: { cpu: 1 } } }, { resources: { limits: { cpu: '1000m' } } });
	differ({ resources: { limits: { cpu: '1' } } }, { resources: { limits: { cpu: '2' } } });
	same({ list: [{ limits: { cpu: '0.5' } }] }, { list: [{ limits: { cpu: '500m' } }] });
	same(
		{ tls: { certificates: [{ alias: 'a', duration: '24h' }] } },
		{ tls: { certificates: [{ alias: 'a', duration: '24h0m0s' }] } },
	);
	differ({ args: ['1Gi'] }, { args: ['1024Mi'] });
	differ({ labels: { limits: { cpu: 'x' } } }, { labels: { limits: { cpu: 'y' } } });
	differ({ resources: { limits: { cpu: 'many' } } }, { resources: { limits: { cpu: '1' } } });
});

test('the digests of what may be secret stand in for it, and nothing else changes', () => {
	const spec: JsonObject = {
		configuration: { inline: { 'user.conf': 'password=x', b: null } },
		podTemplate: {
			spec: {
				containers: [
					{
						name: 'a',
						env: [
							{ name: 'P', value: 'x' },
							{ name: 'Q', valueFrom: { y: 1 } },
						],
					},
				],
			},
		},
		acl: { rules: ['alice on >secret', 'bob off'] },
		version: '16.4',
	};
	const redacted = redact('Redis', { spec }, 'salt').spec as JsonObject;
	const text = JSON.stringify(redacted);
	for (const secret of ['password=x', '>secret', '"value":"x"']) assert.not.match(text, secret);
	assert.is(redacted.version, '16.4');
	const inline = (redacted.configuration as JsonObject).inline as JsonObject;
	assert.match(String(inline['user.conf']), /^sha256:[0-9a-f]{64}$/);
	assert.is(inline.b, null);
	assert.match((redacted.acl as { rules: string[] }).rules[0] as string, /^alice sha256:[0-9a-f]{64}$/);
	assert.equal(getAt(redacted, parsePath('podTemplate.spec.containers[name=a].env[name=Q]')), {
		name: 'Q',
		valueFrom: { y: 1 },
	});
	assert.equal(
		Object.keys(leavesOf('Redis', { spec: redacted })),
		Object.keys(leavesOf('Redis', { spec })),
		'the same leaves',
	);
});

test('the digest of a secret text depends on the database and on the text', () => {
	const digest = (text: string, salt: string) =>
		JSON.stringify(redact('Postgres', { spec: { configuration: { inline: { a: text } } } }, salt));
	assert.is(digest('x', 'one'), digest('x', 'one'));
	assert.is.not(digest('x', 'one'), digest('x', 'two'));
	assert.is.not(digest('x', 'one'), digest('y', 'one'));
});

test('a spec that is absent has no leaves', () => {
	assert.equal(leavesOf('Postgres', {}), {} as Leaves);
	assert.equal(leaves(null), {});
	assert.equal(redact('Postgres', {}, 's'), { spec: {} });
});

test.run();
