import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kindNames, kindOf } from '../../src/catalog/catalog.js';
import type { Condition } from '../../src/catalog/types.js';
import { conditionText } from '../../src/output/condition-text.js';

test('what must hold together is joined by and, alternatives by or', () => {
	const condition: Condition = {
		desired: { 'spec.replicas': { atLeast: 2 }, 'spec.tls': 'unset' },
		any: [{ desired: { 'spec.mode': 'A' } }, { live: { 'spec.mode': { in: ['B', 'C', 'D'] } } }],
	};
	assert.is(
		conditionText(condition),
		'spec.replicas is 2 or more and spec.tls is not set and (spec.mode is A or in the cluster, spec.mode is B, C or D)',
	);
});

test('what was before is told in the past', () => {
	assert.is(
		conditionText({ previous: { 'spec.replicas': { atMost: 1 } }, desired: { 'spec.replicas': { atLeast: 2 } } }),
		'spec.replicas was 1 or less and spec.replicas is 2 or more',
	);
});

test('changes and items are told', () => {
	assert.is(conditionText({ changes: { 'spec.tls': ['added', 'changed'] } }), 'spec.tls is added or changed');
	assert.is(conditionText({ item: ['new', 'existing'] }), 'the item is new or there already');
	assert.is(conditionText(undefined), '');
});

test('every condition of the catalog has words: no test is shown as JSON', () => {
	const texts: string[] = [];
	const collect = (value: unknown, key = ''): void => {
		if (typeof value !== 'object' || value === null) return;
		if (['when', 'refuse'].includes(key) && !Array.isArray(value)) texts.push(conditionText(value as Condition));
		for (const [name, member] of Object.entries(value)) collect(member, name);
	};
	for (const name of kindNames()) collect(kindOf(name)?.facts);
	assert.ok(texts.length > 100);
	for (const text of texts) {
		assert.ok(text !== '');
		assert.not.match(
			text,
			/\b(?:atLeast|atMost|isNot|unlike|equalsField|differsFromField|totalAtMost|undefined|\[object)/,
		);
	}
});

test.run();
