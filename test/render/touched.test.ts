import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { leafKey } from '../../src/render/normalise.js';
import { pointerOf, removedItems, touchedFields, touchedLeaves } from '../../src/render/touched.js';

test('a leaf is remembered as a JSON Pointer, and comes back from it, whatever its keys are', () => {
	const segment = fc.oneof(
		fc.constantFrom('~', '/', '~1', '~0', 'a/b~c', '[name=x/y]', 'spec', '0', ' '),
		fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\0')),
	);
	fc.assert(
		fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), (path) => {
			const pointer = pointerOf(leafKey(path));
			assert.is(pointer[0], '/');
			assert.equal(Object.keys(touchedLeaves({ touched: [pointer] })), [leafKey(path)]);
		}),
		{ seed: 5, numRuns: 500 },
	);
});

test('pointers are escaped as RFC 6901 has it', () => {
	assert.is(pointerOf(leafKey(['spec', 'a/b', 'm~n', '~1'])), '/spec/a~1b/m~0n/~01');
});

test('fields and leaves are told apart', () => {
	const touched = ['spec.replicas', '/spec/version', 'spec.list[name=a]', 'rotate-auth'];
	assert.equal(touchedFields({ touched }), ['spec.replicas', 'spec.list[name=a]', 'rotate-auth']);
	assert.equal(touchedLeaves({ touched }), { [leafKey(['spec', 'version'])]: '' });
	assert.equal(touchedFields({ touched: [] }), []);
});

test('items that a plan took out are known by the leaf of their key, or by their text', () => {
	const leaves = [
		['spec', 'users', '[name=admin]', 'name'],
		['spec', 'users', '[name=admin]', 'role'],
		['spec', 'list', '[=text]'],
		['spec', 'replicas'],
	];
	const touched = [...leaves.map((path) => pointerOf(leafKey(path))), 'spec.users[name=other]'];
	assert.equal(removedItems({ touched }), [
		'spec.users[name=admin]',
		...removedItems({ touched: touched.slice(2, 3) }),
	]);
	assert.equal(removedItems({ touched: touched.slice(1, 2) }), []);
});

test.run();
