import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasRule, hasRuleAt, type Rule } from '../../src/catalog/spelling.js';
import { parsePath } from '../../src/render/path.js';

const has = (rule: Rule, path: string, kind = 'Postgres') => hasRuleAt(rule, kind, parsePath(path));

test('a rule speaks of every field whose path ends as the rule says', () => {
	assert.ok(has('quantity', 'spec.storage.resources.requests.storage'));
	assert.ok(has('quantity', 'spec.podTemplate.spec.containers[name=a].resources.limits[nvidia.com/gpu]'));
	assert.ok(has('quantity', 'requests.x'));
	assert.not(has('quantity', 'spec.requests'));
	assert.not(has('quantity', 'spec.requests.x.y'));
	assert.ok(has('dropFalse', 'spec.halted'));
	assert.ok(has('dropFalse', 'spec.podTemplate.spec.volumes[name=a].nfs.readOnly'));
	assert.not(has('dropFalse', 'spec.readOnly'));
	assert.ok(has('duration', 'spec.tls.certificates[alias=a].renewBefore'));
	assert.not(has('quantity', 'spec.halted'), 'and of that rule alone');
});

test('items of lists are one segment, whatever their key is', () => {
	for (const item of ['[*]', '[0]', '[name=a]', '[alias=b.c]'])
		assert.ok(has('secretive', `spec.podTemplate.spec.containers${item}.env${item}.value`), item);
	assert.not(has('secretive', 'spec.env.value'));
});

test('a rule for one kind speaks of no other', () => {
	assert.ok(has('dropEmpty', 'spec.mode', 'Redis'));
	assert.not(has('dropEmpty', 'spec.mode', 'Postgres'));
	assert.ok(has('presence', 'spec.arbiter', 'MongoDB'));
	assert.not(has('presence', 'spec.arbiter', 'Postgres'));
});

test("a key of a map of the user's own words means nothing by its name", () => {
	assert.not(has('dropFalse', 'spec.podTemplate.metadata.labels.halted'));
	assert.not(has('duration', 'spec.podTemplate.metadata.annotations.duration'));
	assert.ok(has('secretive', 'spec.configuration.inline.duration'), 'what speaks of all its keys still does');
	assert.not(has('duration', 'spec.configuration.inline.duration'));
});

test('a trail and a path say the same', () => {
	const up = { segment: 'requests', up: undefined };
	assert.ok(hasRule('quantity', 'Postgres', { segment: 'storage', up }));
	assert.ok(hasRule('dropFalse', 'Postgres', { segment: 'halted', up: undefined }));
	assert.not(hasRuleAt('quantity', 'Postgres', []));
	assert.not(has('quantity', 'spec.constructor'));
});

test.run();
