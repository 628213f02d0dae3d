import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holds, itemState } from '../../src/catalog/condition.js';
import type { Test } from '../../src/catalog/types.js';
import type { Json } from '../../src/json.js';
import { parsePath } from '../../src/render/path.js';

function holdsFor(
	spec: Record<string, Json>,
	tests: Record<string, Test>,
	defaults: Record<string, Json> = {},
): boolean {
	return holds({ desired: tests }, { desired: { spec }, defaults });
}

test('an empty map is unset, but not absent', () => {
	const spec = { topology: { broker: {} } };
	assert.ok(holdsFor(spec, { 'spec.topology.broker': 'unset' }));
	assert.ok(holdsFor(spec, { 'spec.topology.broker': 'present' }));
	assert.not(holdsFor(spec, { 'spec.topology.broker': 'absent' }));
	assert.ok(holdsFor(spec, { 'spec.topology.controller': 'absent' }));
	assert.not(holdsFor(spec, { 'spec.topology.controller': 'present' }));
	assert.ok(holdsFor({ topology: null }, { 'spec.topology': 'absent' }));
});

test('a field equals another one, also by a default', () => {
	const equal: Record<string, Test> = { 'spec.a': { equalsField: 'spec.b' } };
	assert.ok(holdsFor({ a: 'x', b: 'x' }, equal));
	assert.not(holdsFor({ a: 'x', b: 'y' }, equal));
	assert.not(holdsFor({ a: 'x' }, equal));
	assert.not(holdsFor({ b: 'x' }, equal), 'an unset field equals nothing');
	assert.ok(holdsFor({ a: 'broker' }, equal, { 'spec.b': 'broker' }));
	assert.ok(holdsFor({ b: 'broker' }, equal, { 'spec.a': 'broker' }));
	assert.ok(holdsFor({ a: { x: 1, y: 2 }, b: { y: 2, x: 1 } }, equal), 'the order of keys does not matter');
});

test('a field differs from one that has another value, and from one that is unset', () => {
	const differs: Record<string, Test> = { 'spec.a': { differsFromField: 'spec.b' } };
	assert.ok(holdsFor({ a: 'x', b: 'y' }, differs));
	assert.ok(holdsFor({ a: 'x' }, differs));
	assert.not(holdsFor({ a: 'x', b: 'x' }, differs));
	assert.not(holdsFor({ b: 'x' }, differs), 'an unset field differs from nothing');
});

test('a text is unlike a pattern, a list if one of its texts is', () => {
	const unlike: Record<string, Test> = { 'spec.options': { unlike: '^-D[^ ]*$' } };
	assert.ok(holdsFor({ options: '-X' }, unlike));
	assert.not(holdsFor({ options: '-Dx=1' }, unlike));
	assert.ok(holdsFor({ options: ['-Dx=1', '-Dy=a b'] }, unlike));
	assert.not(holdsFor({ options: ['-Dx=1', '-Dy'] }, unlike));
	assert.not(holdsFor({ options: [] }, unlike));
	assert.not(holdsFor({}, unlike));
});

test('a total counts what an item leaves out as its default', () => {
	const small: Record<string, Test> = { 'spec.rack[name=*].replicas': { totalAtMost: 2 } };
	assert.ok(holdsFor({ rack: [{ name: 'a', replicas: 2 }] }, small));
	assert.not(
		holdsFor({ rack: [{ name: 'a', replicas: 2 }, { name: 'b' }] }, small, { 'spec.rack[name=*].replicas': 1 }),
	);
	assert.ok(holdsFor({ rack: [{ name: 'a', replicas: 2 }, { name: 'b' }] }, small));
	assert.ok(holdsFor({}, small));
});

test('a number is at least or at most another one, also that of another field', () => {
	assert.ok(holdsFor({ n: 2 }, { 'spec.n': { atLeast: 2 } }));
	assert.not(holdsFor({ n: 1 }, { 'spec.n': { atLeast: 2 } }));
	assert.ok(holdsFor({ n: 2 }, { 'spec.n': { atMost: 2 } }));
	assert.not(holdsFor({ n: 3 }, { 'spec.n': { atMost: 2 } }));
	assert.not(holdsFor({ n: 'many' }, { 'spec.n': { atMost: 2 } }));
	const field: Record<string, Test> = { 'spec.n': { atLeastField: 'spec.m' } };
	assert.ok(holdsFor({ n: 2, m: 2 }, field));
	assert.not(holdsFor({ n: 1, m: 2 }, field));
	assert.not(holdsFor({ n: 1 }, field), 'a field that is unset is no bound');
	assert.ok(holdsFor({ n: 3 }, field, { 'spec.m': 2 }));
});

test('a value is one of several, or none of them', () => {
	const one: Record<string, Test> = { 'spec.mode': { in: ['a', 'b'] } };
	assert.ok(holdsFor({ mode: 'a' }, one));
	assert.not(holdsFor({ mode: 'c' }, one));
	assert.not(holdsFor({}, one));
	assert.ok(holdsFor({ mode: 'c' }, { 'spec.mode': { not: ['a', 'b'] } }));
	assert.ok(holdsFor({ mode: false }, { 'spec.mode': false }));
	assert.not(holdsFor({}, { 'spec.mode': false }), 'unset is not false');
});

test('a version is older than another one by its numbers; one without numbers never is', () => {
	const older: Record<string, Test> = { 'spec.version': { below: '8.0.35' } };
	for (const version of ['8.0.34', '8.0', '8', '7.9.99', '8.0.9', '5.7.44-v2', '8.0.31-innodb'])
		assert.ok(holdsFor({ version }, older), version);
	for (const version of ['8.0.35', '8.0.35.1', '8.0.100', '8.1', '9', '10.2', 'xpack-8.0.1', ''])
		assert.not(holdsFor({ version }, older), version);
});

test('the length of a list differs from the number in another field', () => {
	const differs: Record<string, Test> = { 'spec.names': { lengthDiffersFromField: 'spec.replicas' } };
	assert.ok(holdsFor({ names: ['a'], replicas: 2 }, differs));
	assert.not(holdsFor({ names: ['a', 'b'], replicas: 2 }, differs));
	assert.not(holdsFor({ names: ['a', 'b'] }, differs), 'without the number nothing differs');
	assert.not(holdsFor({ names: 'a', replicas: 2 }, differs));
	assert.ok(holdsFor({ names: ['a', 'b'] }, differs, { 'spec.replicas': 3 }));
});

test('all tests of a condition hold, and one of its alternatives', () => {
	const spec = { a: 1, b: 2 };
	assert.ok(holds(undefined, { desired: { spec }, defaults: {} }));
	assert.ok(holdsFor(spec, { 'spec.a': 1, 'spec.b': 2 }));
	assert.not(holdsFor(spec, { 'spec.a': 1, 'spec.b': 3 }));
	const any = [{ desired: { 'spec.a': 2 } }, { desired: { 'spec.b': 2 } }];
	assert.ok(holds({ any }, { desired: { spec }, defaults: {} }));
	assert.not(holds({ any }, { desired: { spec: { a: 1, b: 1 } }, defaults: {} }));
	assert.not(holds({ desired: { 'spec.a': 2 }, any }, { desired: { spec }, defaults: {} }));
});

test('what is asked of the live database does not hold where there is none; of the one before, all is unset', () => {
	const situation = { desired: { spec: {} }, defaults: {} };
	assert.not(holds({ live: { 'spec.a': 'unset' } }, situation));
	assert.ok(holds({ live: { 'spec.a': 'unset' } }, { ...situation, live: { spec: {} } }));
	assert.ok(holds({ previous: { 'spec.a': 'unset' } }, situation));
	assert.not(holds({ previous: { 'spec.a': 1 } }, { ...situation, defaults: { 'spec.a': 1 } }), 'and has no defaults');
	assert.ok(holds({ previous: { 'spec.a': 1 } }, { ...situation, previous: { spec: {} }, defaults: { 'spec.a': 1 } }));
});

test('an item is new, has been there, or is gone; one that a plan under way took out is new when it comes back', () => {
	const racks = (...names: string[]) => ({ spec: { rack: names.map((name) => ({ name })) } });
	const state = (path: string, more: object = {}) =>
		itemState({ desired: racks('a', 'b'), previous: racks('b', 'c'), defaults: {}, ...more }, parsePath(path));
	assert.is(state('spec.rack[name=a].replicas'), 'new');
	assert.is(state('spec.rack[name=b]'), 'existing');
	assert.is(state('spec.rack[name=c].x.y'), 'removed');
	assert.is(state('spec.rack[name=b].x', { removedItems: ['spec.rack[name=b]'] }), 'new');
	assert.is(state('spec.rack[name=a].x', { previous: undefined }), 'new');
	const situation = { desired: racks('a'), previous: racks('a'), defaults: {} };
	const at = parsePath('spec.rack[name=a].x');
	assert.ok(holds({ item: 'existing' }, situation, at));
	assert.ok(holds({ item: ['new', 'existing'] }, situation, at));
	assert.not(holds({ item: 'new' }, situation, at));
});

test.run();
