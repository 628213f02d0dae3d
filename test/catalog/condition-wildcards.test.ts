import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holds } from '../../src/catalog/condition.js';
import type { Condition } from '../../src/catalog/types.js';
import type { JsonObject } from '../../src/json.js';
import { parsePath } from '../../src/render/path.js';

const isIn = (spec: JsonObject, condition: Condition, at = '', pattern = '', defaults = {}) =>
	holds(condition, { desired: { spec }, defaults }, parsePath(at), parsePath(pattern));

test('isNot: another value passes, and so does none', () => {
	const condition: Condition = { desired: { 'spec.tls.client': { isNot: true } } };
	assert.ok(isIn({}, condition));
	assert.ok(isIn({ tls: { client: false } }, condition));
	assert.not.ok(isIn({ tls: { client: true } }, condition));
});

test('not: none does not pass', () => {
	assert.not.ok(isIn({}, { desired: { 'spec.mode': { not: ['a'] } } }));
	assert.ok(isIn({ mode: 'b' }, { desired: { 'spec.mode': { not: ['a'] } } }));
});

test('a default counts where git says nothing', () => {
	const condition: Condition = { desired: { 'spec.replicas': { atMost: 1 } } };
	assert.not.ok(isIn({}, condition));
	assert.ok(isIn({}, condition, '', '', { 'spec.replicas': 1 }));
});

test('wildcards stand for the item that the field is part of', () => {
	const spec = { rack: [{ name: 'a', storageType: 'Durable' }, { name: 'b' }] };
	const condition: Condition = { desired: { 'spec.rack[name=*].storageType': 'unset' } };
	assert.not.ok(isIn(spec, condition, 'spec.rack[name=a].storage', 'spec.rack[name=*].storage'));
	assert.ok(isIn(spec, condition, 'spec.rack[name=b].storage', 'spec.rack[name=*].storage'));
});

test('the default of a path with a wildcard is that of every item', () => {
	const spec = { rack: [{ name: 'a', storageType: 'Ephemeral' }, { name: 'b' }] };
	const path = 'spec.rack[name=*].storageType';
	const condition: Condition = { any: [{ desired: { [path]: 'Durable' } }] };
	const defaults = { [path]: 'Durable' };
	assert.not.ok(isIn(spec, condition, 'spec.rack[name=a].storage', 'spec.rack[name=*].storage', defaults));
	assert.ok(isIn(spec, condition, 'spec.rack[name=b].storage', 'spec.rack[name=*].storage', defaults));
});

test.run();
