import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json, JsonObject } from '../../src/json.js';
import {
	bind,
	deleteAt,
	getAll,
	getAt,
	isWildcard,
	itemOf,
	keyOfItem,
	matchStart,
	type Path,
	parsePath,
	setAt,
	showPath,
} from '../../src/render/path.js';

const key = fc.constantFrom('spec', 'a', 'podTemplate', 'limits', 'nvidia.com/gpu', 'user.conf', 'x-y_z', '0');
const item = fc
	.tuple(fc.constantFrom('name', 'mountPath', 'alias'), fc.constantFrom('a', 'b.c', '/var/lib', 'x=y', ' ', ''))
	.map(([name, value]) => `[${name}=${value}]`);
const paths: fc.Arbitrary<Path> = fc.array(fc.oneof({ weight: 3, arbitrary: key }, item, fc.constant('[3]')), {
	minLength: 1,
	maxLength: 6,
});

test('a path that is shown is parsed as the same path', () => {
	fc.assert(
		fc.property(paths, (path) => assert.equal(parsePath(showPath(path)), [...path])),
		{ seed: 1, numRuns: 1000 },
	);
});

test('dots in brackets belong to the item or to the key', () => {
	assert.equal(parsePath('spec.a.containers[name=x.y].resources'), [
		'spec',
		'a',
		'containers',
		'[name=x.y]',
		'resources',
	]);
	assert.equal(parsePath('limits[nvidia.com/gpu]'), ['limits', 'nvidia.com/gpu']);
	assert.equal(parsePath('a[0].b'), ['a', '[0]', 'b']);
	assert.equal(parsePath('a[name=*].b'), ['a', '[name=*]', 'b']);
	assert.equal(parsePath(''), []);
	assert.is(showPath(['spec', 'limits', 'nvidia.com/gpu', 'x']), 'spec.limits[nvidia.com/gpu].x');
	assert.is(showPath([]), '');
});

test('a pattern matches the beginning of a path, and gives it as it stands there', () => {
	const path = parsePath('spec.rack[name=r0].containers[name=x].resources.limits.cpu');
	const match = (pattern: string) => matchStart(parsePath(pattern), path);
	assert.equal(match('spec'), ['spec']);
	assert.equal(match('spec.rack[name=*]'), ['spec', 'rack', '[name=r0]']);
	assert.equal(match('spec.rack[*].containers[name=x]'), ['spec', 'rack', '[name=r0]', 'containers', '[name=x]']);
	assert.equal(match('*.rack'), ['spec', 'rack']);
	assert.is(match('spec.rack[alias=*]'), undefined);
	assert.is(match('spec.rack.*'), undefined, 'a wildcard for keys is none for items');
	assert.is(match('spec.rack[name=r1]'), undefined);
	assert.is(match('spec[*]'), undefined, 'a wildcard for items is none for keys');
	assert.is(matchStart(path, parsePath('spec.rack')), undefined, 'a longer pattern');
});

test('every path matches itself, its beginnings, and the pattern of its wildcards', () => {
	fc.assert(
		fc.property(paths, fc.nat(6), (path, length) => {
			const start = path.slice(0, length);
			assert.equal(matchStart(start, path), start);
			const pattern = path.map((segment) => (itemOf(segment) ? segment.replace(/=.*\]$/s, '=*]') : segment));
			assert.equal(matchStart(pattern, path), [...path]);
		}),
		{ seed: 2, numRuns: 500 },
	);
});

test('wildcards are bound in order to what the same wildcards stand for elsewhere', () => {
	const from = parsePath('spec.rack[name=*].volumes[name=*].size');
	const concrete = parsePath('spec.rack[name=a].volumes[name=b].size');
	assert.equal(bind(parsePath('x[name=*].y[name=*].z'), from, concrete), parsePath('x[name=a].y[name=b].z'));
	assert.equal(bind(parsePath('x[name=*].y'), from, concrete), parsePath('x[name=a].y'));
	assert.equal(
		bind(parsePath('x[name=*].y[name=*].z[name=*]'), from, concrete),
		parsePath('x[name=a].y[name=b].z[name=*]'),
	);
	assert.equal(bind(parsePath('x.*'), parsePath('limits.*'), ['limits', 'cpu']), ['x', 'cpu']);
	assert.equal(bind(parsePath('x.y'), from, concrete), ['x', 'y']);
});

test('wildcards are told from items and keys', () => {
	for (const segment of ['[*]', '*', '[name=*]']) assert.ok(isWildcard(segment), segment);
	for (const segment of ['[name=a]', 'a', '[0]', 'a*', '[name=*x]']) assert.not(isWildcard(segment), segment);
});

test('the key of an item is a field of it, or the first word of a text', () => {
	assert.equal(itemOf('[name=a=b]'), ['name', 'a=b']);
	assert.equal(itemOf('[name=a\nb]'), ['name', 'a\nb']);
	for (const segment of ['name', '[0]', '[*]', 'a=b']) assert.is(itemOf(segment), undefined, segment);
	assert.is(keyOfItem({ name: 'a', port: 1 }, 'port'), '1');
	assert.is(keyOfItem({ name: null }, 'name'), undefined);
	assert.is(keyOfItem({}, 'name'), undefined);
	assert.is(keyOfItem([1], 'name'), undefined);
	assert.is(keyOfItem('  user  on >x', 'user'), 'user');
});

const object = (): JsonObject => ({
	spec: {
		replicas: 3,
		empty: {},
		containers: [{ name: 'a', resources: { limits: { 'nvidia.com/gpu': 1 } } }, { name: 'b' }],
		rules: ['alice on', 'bob off'],
		ports: [{ port: 1 }, { port: 2 }],
	},
});

test('a value is found at its path', () => {
	const at = (path: string) => getAt(object(), parsePath(path));
	assert.is(at('spec.replicas'), 3);
	assert.equal(at('spec.empty'), {});
	assert.is(at('spec.containers[name=a].resources.limits[nvidia.com/gpu]'), 1);
	assert.equal(at('spec.containers[1]'), { name: 'b' });
	assert.is(at('spec.rules[user=bob]'), 'bob off');
	assert.equal(at('spec.ports[port=2]'), { port: 2 });
	for (const nowhere of [
		'spec.x',
		'spec.replicas.x',
		'spec.containers[name=c]',
		'spec.containers.a',
		'spec.containers[7]',
		'spec.containers[name=b].resources.limits',
		'toString',
		'spec.empty.constructor',
	])
		assert.is(at(nowhere), undefined, nowhere);
	assert.is(getAt(undefined, ['a']), undefined);
	assert.equal(getAt(object(), []), object());
});

test('all values at a pattern are found, with holes where an item lacks it', () => {
	const all = (path: string) => getAll(object(), parsePath(path));
	assert.equal(all('spec.replicas'), [3]);
	assert.equal(all('spec.containers[name=*].name'), ['a', 'b']);
	assert.equal(all('spec.containers[name=*].resources.limits[nvidia.com/gpu]'), [1, undefined]);
	assert.equal(all('spec.ports[*].port'), [1, 2]);
	assert.equal(all('spec.nothing[name=*].x'), []);
	assert.equal(getAll({ a: { b: 1, c: 2 } }, ['a', '*']), [1, 2]);
});

test('what is set at a path is found there, and nothing else changes', () => {
	fc.assert(
		fc.property(
			fc.array(fc.oneof(key, item), { maxLength: 5 }).map((path) => ['spec', ...path, 'leaf']),
			fc.constantFrom<Json>(1, 'x', true, { a: 1 }),
			(path, value) => {
				const root: JsonObject = { other: { kept: 1 } };
				setAt(root, path, value);
				assert.equal(getAt(root, path), value);
				assert.equal(root.other, { kept: 1 });
				deleteAt(root, path);
				assert.is(getAt(root, path), undefined);
				assert.ok(getAt(root, path.slice(0, -1)) !== undefined, 'its containers stay');
			},
		),
		{ seed: 3, numRuns: 500 },
	);
});

test('an item that is set comes with its key; one that is there is kept', () => {
	const root = object();
	setAt(root, parsePath('spec.containers[name=c].image'), 'x');
	setAt(root, parsePath('spec.containers[name=a].image'), 'y');
	setAt(root, parsePath('spec.containers[name=d]'), { image: 'z' });
	assert.equal((root.spec as JsonObject).containers, [
		{ name: 'a', resources: { limits: { 'nvidia.com/gpu': 1 } }, image: 'y' },
		{ name: 'b' },
		{ name: 'c', image: 'x' },
		{ name: 'd', image: 'z' },
	]);
});

test('items that no key tells apart are set by their place, or at the end', () => {
	const root: JsonObject = { backends: [{ port: 1 }] };
	setAt(root, ['backends', '[0]', 'weight'], 5);
	setAt(root, ['backends', '[1]'], { port: 2 });
	setAt(root, ['others', '[0]'], 'x');
	assert.equal(root, { backends: [{ port: 1, weight: 5 }, { port: 2 }], others: ['x'] });
});

test('what is null or no container gives way to a container', () => {
	const root: JsonObject = { a: null, b: 1 };
	setAt(root, ['a', 'x'], 1);
	setAt(root, ['b', '[name=y]', 'z'], 2);
	assert.equal(root, { a: { x: 1 }, b: [{ name: 'y', z: 2 }] });
});

test('an item is taken out of its list', () => {
	const root = object();
	deleteAt(root, parsePath('spec.containers[name=a]'));
	deleteAt(root, parsePath('spec.containers[name=x]'));
	deleteAt(root, parsePath('spec.rules[user=alice]'));
	deleteAt(root, parsePath('spec.replicas.x'));
	assert.equal((root.spec as JsonObject).containers, [{ name: 'b' }]);
	assert.equal((root.spec as JsonObject).rules, ['bob off']);
});

test.run();
