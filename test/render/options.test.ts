import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindNames, kindOf, operationTypes } from '../../src/catalog/catalog.js';
import type { Json } from '../../src/json.js';
import { annotations, isToken, optionFor, prefix, readOptions, retryToken } from '../../src/render/options.js';
import type { Report } from '../../src/render/situation.js';

const postgres = kindOf('Postgres') as Kind;
type Reported = Parameters<Report>[0];

test('annotations under the prefix are options, and all others are none of ours', () => {
	const { options, problems } = read({
		'kubedb-render/apply': 'Always',
		'kubedb-render/timeout.storagemigration': '1h30m',
		'kubedb-render/retry': '2',
		'argocd.argoproj.io/sync-wave': '5',
		'kubedb-renderer/apply': 'x',
		'x/kubedb-render/apply': 'x',
	});
	assert.equal(problems, []);
	assert.equal(options, { apply: 'Always', 'timeout.storagemigration': '1h30m', retry: '2' });
});

test('every annotation takes values of its own, for some kind', () => {
	const samples: Record<string, string> = { timeout: '30m', 'max-retries': '3' };
	for (const [name, { values }] of Object.entries(annotations)) {
		const value = values?.[0] ?? samples[name] ?? '2026-11-21';
		const takers = kindNames().filter(
			(kind) => read({ [prefix + name]: value }, kindOf(kind) as Kind).options[name] === value,
		);
		assert.ok(takers.length > 0, name);
	}
});

test('a name that is none is refused at its key, with what was meant and what there is', () => {
	const cases: Record<string, RegExp> = {
		aply: /^Did you mean kubedb-render\/apply\? There are apply, timeout, .*rotate-certificates\.$/,
		'time-out': /^Did you mean kubedb-render\/timeout\?/,
		xyzzy: /^There are apply/,
		'': /There are apply/,
		constructor: /There are apply/,
		toString: /There are apply/,
		['__proto__']: /There are apply/,
		'.reconfigure': /There are apply/,
	};
	for (const [name, hint] of Object.entries(cases)) {
		const { options, problems } = read(Object.fromEntries([[prefix + name, 'x']]));
		assert.equal(options, {}, name);
		assert.is(problems.length, 1, name);
		assert.is(problems[0]?.code, 'annotation');
		assert.is(problems[0]?.message, `annotation kubedb-render/${name} does not exist`);
		assert.is(problems[0]?.at, 'key');
		assert.equal(problems[0]?.path, ['metadata', 'annotations', prefix + name]);
		assert.match(problems[0]?.hint ?? '', hint);
	}
});

test('an operation is named as in the names of requests, and only where it makes sense', () => {
	const wrong: Record<string, RegExp> = {
		'timeout.VolumeExpansion': /names no operation of Postgres/,
		'timeout.volumeexpantion': /names no operation of Postgres/,
		'timeout.': /names no operation of Postgres/,
		'drift.reconfigure': /cannot be given for one operation/,
		'restart.restart': /cannot be given for one operation/,
	};
	for (const [name, message] of Object.entries(wrong)) {
		const { options, problems } = read({ [prefix + name]: '30m' });
		assert.equal(options, {}, name);
		assert.match(problems[0]?.message ?? '', message, name);
	}
	const near = read({ [`${prefix}timeout.volumeexpantion`]: '30m' }).problems[0]?.hint ?? '';
	assert.match(near, 'Did you mean kubedb-render/timeout.volumeexpansion?');
});

test('values out of range are refused with what the annotation takes', () => {
	const cases: [string, Json, RegExp][] = [
		['apply', 'ifready', /^Did you mean IfReady\? It takes IfReady or Always\.$/],
		['reconfigure-restart', 'yes', /It takes auto, true or false\.$/],
		['drift', '', /It takes keep or repair/],
		...['', '0', '0s', '-5m', '5', 'soon', '1d'].map((value): [string, Json, RegExp] => [
			'timeout',
			value,
			/^It takes a duration such as 30m or 1h30m\.$/,
		]),
		...['0', '-1', '1000', '1.5', '01', 'x', ''].map((value): [string, Json, RegExp] => [
			'max-retries',
			value,
			/^It takes a number from 1 to 999\.$/,
		]),
		...['', ' 1', '1\n', 'x'.repeat(254)].map((value): [string, Json, RegExp] => [
			'restart',
			value,
			/^It takes any 1 to 253 characters/,
		]),
	];
	for (const [name, value, hint] of cases) {
		const { options, problems } = read({ [prefix + name]: value });
		assert.equal(options, {}, `${name} ${String(value)}`);
		assert.is(problems.length, 1, `${name} ${String(value)}`);
		assert.match(problems[0]?.hint ?? '', hint);
	}
	for (const value of ['1', '999', '42'])
		assert.is(read({ [`${prefix}max-retries`]: value }).options['max-retries'], value);
	for (const value of ['1', 'a b', 'x'.repeat(253), 'ü'])
		assert.is(read({ [`${prefix}retry`]: value }).options.retry, value);
});

test('a value that is no string is refused: Kubernetes would not take it', () => {
	for (const value of [3, true, null, ['x'], { a: 'b' }, 2n ** 60n]) {
		const { options, problems } = read({ [`${prefix}retry`]: value as Json });
		assert.equal(options, {});
		assert.is(problems.length, 1, String(value));
	}
});

test('an annotation about an operation that the kind has not got is refused', () => {
	const memcached = kindOf('Memcached') as Kind;
	const { problems } = read({ [`${prefix}volume-expansion-mode`]: 'Online' }, memcached);
	assert.is(problems[0]?.message, 'annotation kubedb-render/volume-expansion-mode means nothing for Memcached');
});

test('all that is wrong is told at once', () => {
	const { options, problems } = read({
		[`${prefix}aply`]: 'x',
		[`${prefix}timeout`]: 'x',
		[`${prefix}drift`]: 'repair',
	});
	assert.is(problems.length, 2);
	assert.equal(options, { drift: 'repair' });
});

test('the value for one operation wins over the one for all', () => {
	const options = { timeout: '10m', 'timeout.volumeexpansion': '2h' };
	assert.is(optionFor({ options }, 'timeout', 'VolumeExpansion'), '2h');
	assert.is(optionFor({ options }, 'timeout', 'Restart'), '10m');
	assert.is(optionFor({ options }, 'apply', 'Restart'), undefined);
});

test('a retry token changes with that for all and with that for one operation', () => {
	const tokens = [{}, { retry: '1' }, { 'retry.restart': '1' }, { retry: '1', 'retry.restart': '1' }];
	const of = (type: string) => tokens.map((each) => retryToken(each as Record<string, string>, type));
	assert.equal(of('Restart'), ['', '1', '1', '1 1']);
	assert.equal(of('Reconfigure'), ['', '1', '', '1']);
});

test('tokens are what asks for an operation when it changes', () => {
	const tokens = Object.keys(annotations).filter(isToken);
	assert.equal(tokens, ['retry', 'restart', 'rotate-auth', 'rotate-certificates']);
	assert.ok(isToken('retry.volumeexpansion'));
	for (const other of ['timeout', 'timeout.retry', 'constructor', '']) assert.not(isToken(other), other);
	assert.ok(operationTypes().length > 5);
});

test.run();

function read(all: Record<string, Json>, kind = postgres) {
	const problems: Reported[] = [];
	const options = readOptions(all, kind, (problem) => problems.push(problem));
	return { options, problems };
}
