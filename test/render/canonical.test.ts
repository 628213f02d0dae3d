import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindNames, kindOf } from '../../src/catalog/catalog.js';
import type { KindFacts } from '../../src/catalog/types.js';
import type { Json, JsonObject } from '../../src/json.js';
import { canonicalise } from '../../src/render/canonical.js';
import { leavesOf } from '../../src/render/normalise.js';

const postgres = (kindOf('Postgres') as Kind).facts;
const stored = (spec: Json, facts: KindFacts = postgres) => canonicalise(facts, { spec }).spec;

test('quantities and durations are spelled as Go spells them, where they are some', () => {
	assert.equal(
		stored({
			storage: { resources: { requests: { storage: '1024Mi', 'x/y': 0.5 } } },
			tls: { certificates: [{ alias: 'a', duration: '24h', renewBefore: 'soon' }] },
			podTemplate: { spec: { args: ['1024Mi', '24h'] } },
		}),
		{
			storage: { resources: { requests: { storage: '1Gi', 'x/y': '500m' } } },
			tls: { certificates: [{ alias: 'a', duration: '24h0m0s', renewBefore: 'soon' }] },
			podTemplate: { spec: { args: ['1024Mi', '24h'] } },
		},
	);
});

test('null is absent, and so are zero values where Go leaves them out', () => {
	assert.equal(stored({ halted: false, replicas: 0, a: null, b: { c: null } }), { replicas: 0, b: {} });
	assert.equal(stored({ halted: true, x: false, y: '', z: [] }), { halted: true, x: false, y: '', z: [] });
	assert.equal(stored({ list: [null, { a: null }, 1] }), { list: [null, {}, 1] }, 'items keep their number');
});

test("keys that are the user's words are left alone", () => {
	assert.equal(stored({ podTemplate: { metadata: { labels: { halted: 'x', duration: '24h' } } } }), {
		podTemplate: { metadata: { labels: { halted: 'x', duration: '24h' } } },
	});
});

test('an old spelling moves to the new one, and goes where that is there', () => {
	assert.equal(stored({ configSecret: { name: 'x' } }), { configuration: { secretName: 'x' } });
	assert.equal(stored({ configSecret: { name: 'x' }, configuration: { secretName: 'y' } }), {
		configuration: { secretName: 'y' },
	});
	assert.equal(stored({ configSecret: { name: 'x', other: 1 } }), {
		configSecret: { other: 1 },
		configuration: { secretName: 'x' },
	});
	assert.equal(stored({ configSecret: {} }), { configSecret: {} });
});

test('what a condition implies is written out', () => {
	const facts = {
		...postgres,
		spellings: [{ path: 'spec.mode', implied: 'cluster', when: { desired: { 'spec.replicas': { atLeast: 2 } } } }],
	} as KindFacts;
	assert.equal(stored({ replicas: 3 }, facts), { replicas: 3, mode: 'cluster' });
	assert.equal(stored({ replicas: 1 }, facts), { replicas: 1 });
});

test('what was given is not touched, and what comes out is its own stored form, for every kind', () => {
	const spec: JsonObject = {
		version: '1',
		replicas: 3,
		halted: false,
		storage: { resources: { requests: { storage: '1024Mi' } } },
		configSecret: { name: 'x' },
		podTemplate: { spec: { containers: [{ name: 'a', resources: { limits: { cpu: 0.5 } }, env: [] }] } },
		tls: null,
	};
	const before = JSON.stringify(spec);
	for (const name of kindNames()) {
		const { facts } = kindOf(name) as Kind;
		const once = canonicalise(facts, { spec, other: 1 });
		assert.is(JSON.stringify(spec), before, name);
		assert.equal(canonicalise(facts, once), once, name);
		assert.equal(Object.keys(once), ['spec']);
		if (!facts.spellings?.length)
			assert.equal(leavesOf(name, once), leavesOf(name, { spec: { ...spec, halted: null } }), name);
	}
});

test('a database without a spec has an empty one', () => {
	assert.equal(canonicalise(postgres, {}), { spec: {} });
	assert.equal(canonicalise(postgres, { spec: null }), { spec: {} });
});

test.run();
