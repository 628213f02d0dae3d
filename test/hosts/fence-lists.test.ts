import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import { fence } from '../../src/hosts/fence-policy.js';
import type { JsonObject } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';

/** The CEL of the validations of a kind that speak of a field. */
function expressionsFor(name: string, field: string): string[] {
	const [policy] = fence(kindOf(name) as Kind, ['account']);
	const validations = getAt(policy as JsonObject, ['spec', 'validations']) as unknown as {
		expression: string;
		messageExpression: string;
	}[];
	return validations
		.filter(({ messageExpression }) => messageExpression.includes(`: ${field} is changed`))
		.map(({ expression }) => expression);
}

test('items of a list of texts are told apart by their first words', () => {
	const [expression = ''] = expressionsFor('Redis', 'spec.configuration.acl.rules[user=...]');
	assert.match(expression, "n0.split(' ')[0] != o0.split(' ')[0] || (o0 == n0 || (");
	assert.not.match(expression, '.?user');
});

test('items whose key may be one of several are told apart by the first that they have', () => {
	const [expression = ''] = expressionsFor('Pgpool', 'spec.configuration.backends[*]');
	assert.match(expression, "n0.?groupName.orValue(n0.?hostName.orValue(''))");
});

test('a list whose items cannot be told apart is the same where nothing has changed', () => {
	const list = (object: string) => `${object}.?spec.?configuration.?backends.orValue([])`;
	const [expression = ''] = expressionsFor('Pgpool', 'spec.configuration.backends[*]');
	assert.ok(expression.startsWith(`(${list('oldObject')} == ${list('object')} || `), expression);
});

test('an item that is managed as a whole is compared as a whole', () => {
	const expressions = expressionsFor('ProxySQL', 'spec.configuration.init.inline.mysqlUsers[username=...]');
	assert.ok(
		expressions.some((text) => text.includes("n0.?username.orValue('') != o0.?username.orValue('') || (o0 == n0 ||")),
	);
	for (const text of expressions) assert.not.match(text, /[on]0\.orValue/);
});

test('keys of a map that are carried out one by one are looked at together', () => {
	const map = (object: string) => `${object}.?spec.?configuration.?init.?inline.?mysqlVariables.orValue({})`;
	const [expression = ''] = expressionsFor('ProxySQL', 'spec.configuration.init.inline.mysqlVariables.*');
	assert.match(expression, `${map('oldObject')} == ${map('object')}`);
});

test.run();
