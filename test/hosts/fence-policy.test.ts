import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindNames, kindOf } from '../../src/catalog/catalog.js';
import { fencedEntries } from '../../src/hosts/fence.js';
import { fence } from '../../src/hosts/fence-policy.js';
import { ignoreDifferences } from '../../src/hosts/ignore-differences.js';
import type { JsonObject } from '../../src/json.js';
import { getAt, showPath } from '../../src/render/path.js';

const account = 'system:serviceaccount:argocd:argocd-application-controller';
const validations = (name: string) => {
	const [policy] = fence(kindOf(name) as Kind, [account]);
	return getAt(policy, ['spec', 'validations']) as unknown as { expression: string; messageExpression: string }[];
};
const expressionFor = (name: string, field: string) => {
	const found = validations(name).filter(({ messageExpression }) =>
		messageExpression.includes(`: ${field} is changed`),
	);
	assert.is(found.length, 1, field);
	return found[0]?.expression as string;
};

test('every managed field of every kind has a validation that names it', () => {
	for (const name of kindNames()) {
		const kind = kindOf(name) as Kind;
		const messages = validations(name).map(({ messageExpression }) => messageExpression);
		for (const { pattern, operation } of fencedEntries(kind)) {
			const field = showPath(pattern).replaceAll('=*]', '=...]').replaceAll("'", "\\'");
			const own = messages.filter((text) => text.includes(`: ${field} is changed by KubeDB alone`));
			assert.ok(
				own.some((text) => text.includes(String(operation))),
				`${name} ${field} ${operation}`,
			);
		}
	}
});

test('a field that several operations carry out is admitted to each of them', () => {
	const [sentinel] = validations('Redis').filter(({ messageExpression }) =>
		messageExpression.includes(': spec.sentinelRef.name is changed'),
	);
	assert.match(
		sentinel?.expression ?? '',
		"('ReconfigureTLS' in variables.carries || 'ReplaceSentinel' in variables.carries)",
	);
});

test('a field that KubeDB writes back after one operation, and perhaps not after another, is open to the other alone', () => {
	const expression = expressionFor('Redis', 'spec.cluster.announce.shards');
	assert.match(expression, "variables.isNewPlan && 'Announce' in variables.carries");
	assert.not.match(expression, 'HorizontalScaling');
});

test('a quantity may be a number: the fallback does not make CEL take it for a text', () => {
	const expression = expressionFor('Postgres', 'spec.storage.resources.requests.storage');
	assert.match(expression, "orValue(dyn('0'))");
});

test('what belongs to monitoring comes and goes with it', () => {
	const [exporter] = validations('Postgres').filter(({ messageExpression }) =>
		messageExpression.includes(': spec.monitor.prometheus.exporter.resources is changed'),
	);
	assert.match(
		exporter?.expression ?? '',
		'!oldObject.?spec.?monitor.hasValue() || !object.?spec.?monitor.hasValue() || ',
	);
});

test('parentheses, brackets and quotes of every expression match', () => {
	for (const name of kindNames())
		for (const { expression, messageExpression } of validations(name))
			for (const text of [expression, messageExpression]) {
				const code = text.replace(/'(?:[^'\\]|\\.)*'/g, '');
				for (const [open, close] of ['()', '[]', '{}'] as unknown as [string, string][])
					assert.is(code.split(open).length, code.split(close).length, text);
				assert.not.match(code, /'/);
			}
});

test('quantities are compared by value', () => {
	assert.match(
		expressionFor('Postgres', 'spec.storage.resources.requests.storage'),
		/quantity\(string\(oldObject\.\?spec\.\?storage.*\)\)\.compareTo\(quantity\(.*object\.\?spec.*== 0/,
	);
});

test('a default that KubeDB fills in equals absence', () => {
	assert.match(
		expressionFor('Postgres', 'spec.replicas'),
		/oldObject\.\?spec\.\?replicas\.orValue\(1\) == object\.\?spec\.\?replicas\.orValue\(1\)/,
	);
});

test('what KubeDB writes back is strict, what it does not is open to the plan that carries it', () => {
	assert.not.match(expressionFor('Postgres', 'spec.version'), /variables/);
	assert.match(
		expressionFor('Postgres', 'spec.configuration.inline'),
		/variables\.isNewPlan && 'Reconfigure' in variables\.carries/,
	);
	assert.match(
		expressionFor('Postgres', 'spec.configuration.secretName'),
		/!object\.\?spec\.\?configuration\.\?secretName\.hasValue\(\) && variables\.isNewPlan/,
	);
});

test('items that the catalog names are compared where both databases have them', () => {
	const expression = expressionFor('Postgres', 'spec.podTemplate.spec.containers[name=postgres].resources');
	assert.match(expression, /\.all\(o0, o0\.\?name\.orValue\(''\) != 'postgres' \|\| .*\.all\(n0, /);
});

test('Argo CD need not compare managed fields in maps, and compares those in lists', () => {
	const pointers = ignoreDifferences()['resource.customizations.ignoreDifferences.kubedb.com_Postgres'] as string;
	assert.match(pointers, /^jsonPointers:\n(?:- \/spec\/[\w/]+\n)+$/);
	assert.ok(pointers.includes('- /spec/replicas\n'));
	assert.not.ok(pointers.includes('containers'));
	assert.not.ok(pointers.includes('deletionPolicy'));
});

test('the fence looks at the accounts of GitOps controllers alone', () => {
	const [policy] = fence(kindOf('Postgres') as Kind, [account]) as [JsonObject];
	assert.match(JSON.stringify(policy.spec), `request.userInfo.username in ['${account}']`);
});

test.run();
