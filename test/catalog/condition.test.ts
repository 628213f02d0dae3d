import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holds } from '../../src/catalog/condition.js';
import type { Test } from '../../src/catalog/types.js';
import type { Json } from '../../src/json.js';

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

test.run();
