import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spelledOut } from '../../src/catalog/spelled-out.js';
import type { KindFacts } from '../../src/catalog/types.js';

function factsOf(facts: unknown, role = ['data', 'ml']): unknown {
	return spelledOut({ each: { role }, ...(facts as object) } as unknown as KindFacts);
}

test('a line that names a role is one line for each role', () => {
	assert.equal(factsOf({ direct: ['spec.a', 'spec.<role>.b', 'spec.c'] }), {
		direct: ['spec.a', 'spec.data.b', 'spec.ml.b', 'spec.c'],
	});
	assert.equal(factsOf({ fields: [{ from: 'spec.<role>.x', to: 'spec.y.<role>', limits: { min: 1 } }] }), {
		fields: [
			{ from: 'spec.data.x', to: 'spec.y.data', limits: { min: 1 } },
			{ from: 'spec.ml.x', to: 'spec.y.ml', limits: { min: 1 } },
		],
	});
});

test('a list within a line is filled up without repeating the line', () => {
	assert.equal(factsOf({ unsupported: [{ paths: ['spec.a', 'spec.<role>'], because: 'no' }] }), {
		unsupported: [{ paths: ['spec.a', 'spec.data', 'spec.ml'], because: 'no' }],
	});
});

test('a list within a line that is repeated speaks of the role of its line', () => {
	assert.equal(factsOf({ fields: [{ from: 'spec.<role>', needsLive: ['spec.<role>', 'spec.x'] }] }), {
		fields: [
			{ from: 'spec.data', needsLive: ['spec.data', 'spec.x'] },
			{ from: 'spec.ml', needsLive: ['spec.ml', 'spec.x'] },
		],
	});
});

test('keys of maps are repeated, also those of a condition that make its line one for each role', () => {
	assert.equal(factsOf({ defaults: { 'spec.<role>.suffix': '<role>', 'spec.x': 1 } }), {
		defaults: { 'spec.data.suffix': 'data', 'spec.ml.suffix': 'ml', 'spec.x': 1 },
	});
	assert.equal(factsOf({ checks: [{ path: 'spec', refuse: { desired: { 'spec.<role>': 'set' } } }] }), {
		checks: [
			{ path: 'spec', refuse: { desired: { 'spec.data': 'set' } } },
			{ path: 'spec', refuse: { desired: { 'spec.ml': 'set' } } },
		],
	});
});

test('facts without roles stay as they are', () => {
	const facts = { kind: 'MySQL', direct: ['spec.a'] } as unknown as KindFacts;
	assert.equal(spelledOut(facts), facts);
});

test.run();
