import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson, integer, isObject, type Json, parseJson, toJson } from '../src/json.js';
import { hardJson, hardString } from './yaml/random-json.js';

test('what is printed is parsed back as the same value, integers exact over the whole of int64', () => {
	fc.assert(
		fc.property(hardJson, (value) => {
			assert.equal(parseJson(toJson(value)), value);
			assert.equal(parseJson(` ${toJson(value)}\n`), value);
			assert.is(canonicalJson(parseJson(canonicalJson(value))), canonicalJson(value));
		}),
		{ seed: 1, numRuns: 1000 },
	);
});

test('JSON without integers beyond 2^53 is parsed as JSON.parse does', () => {
	fc.assert(
		fc.property(
			fc.json().filter((text) => !/\d{16}/.test(text)),
			(text) => assert.equal(parseJson(text), JSON.parse(text)),
		),
		{ seed: 2, numRuns: 500 },
	);
});

/** Strings that look like numbers, beside large numbers, as values and as keys. */
const confusing = fc.oneof(
	hardString,
	fc.constantFrom(
		'9007199254740993',
		'-9007199254740993',
		'\0',
		'\x009007199254740993',
		'\0\0',
		'"9007199254740993"',
		'\\',
	),
);
const large = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((x) => !Number.isSafeInteger(Number(x)));

test('strings that look like large numbers stay strings, beside large numbers', () => {
	fc.assert(
		fc.property(confusing, confusing, large, (text, key, number) => {
			const value: Json = { [key === '__proto__' ? 'k' : key]: text, list: [text, number, { n: number, t: text }] };
			assert.equal(parseJson(toJson(value)), value);
		}),
		{ seed: 3, numRuns: 1000 },
	);
});

test('canonical JSON is compact, its keys are sorted by code unit, undefined members are left out', () => {
	const value = { b: 1, a: [{ '😀': 1, '\uff61': 2 }, null], B: undefined as unknown as Json, A: 2n ** 60n };
	assert.is(canonicalJson(value), '{"A":1152921504606846976,"a":[{"😀":1,"\uff61":2},null],"b":1}');
	assert.is(toJson(value), '{"b":1,"a":[{"😀":1,"\uff61":2},null],"A":1152921504606846976}');
});

test('canonical JSON does not depend on the order of keys', () => {
	const reversed = (value: Json): Json => {
		if (Array.isArray(value)) return value.map(reversed);
		if (!isObject(value)) return value;
		return Object.fromEntries(
			Object.entries(value)
				.reverse()
				.map(([key, member]) => [key, reversed(member)]),
		);
	};
	fc.assert(
		fc.property(hardJson, (value) => assert.is(canonicalJson(reversed(value)), canonicalJson(value))),
		{ seed: 4, numRuns: 300 },
	);
});

test('an integer is a number where that is exact, a bigint within int64, else the nearest number', () => {
	const cases: [string, number | bigint][] = [
		['0', 0],
		['-0', 0],
		['9007199254740991', 9007199254740991],
		['9007199254740992', 9007199254740992n],
		['9223372036854775807', 9223372036854775807n],
		['-9223372036854775808', -9223372036854775808n],
		['9223372036854775808', 2 ** 63],
		['-9223372036854775809', -(2 ** 63)],
		['1'.repeat(30), 1.1111111111111111e29],
	];
	for (const [digits, value] of cases) assert.is(integer(digits), value, digits);
	assert.ok(Object.is(integer('-0'), 0));
	assert.equal(parseJson('[9223372036854775807, 9223372036854775808, 12345678901234567890.0, 1e20]'), [
		9223372036854775807n,
		2 ** 63,
		12345678901234567000,
		1e20,
	]);
});

test('large numbers beside fractions and exponents are told from them', () => {
	assert.equal(parseJson('{"a":1234567890123456789,"b":0.1234567890123456789,"c":1234567890123456789e2}'), {
		a: 1234567890123456789n,
		b: 0.12345678901234568,
		c: 1.2345678901234568e20,
	});
});

test('what is no JSON is a SyntaxError, with large numbers and without', () => {
	for (const text of [
		'',
		'{',
		'{"a":}',
		'[1,]',
		'01',
		'{"a" 1}',
		"{'a': 1}",
		'undefined',
		'[12345678901234567890,]',
		'"\n"',
	]) {
		assert.throws(
			() => parseJson(text),
			(error: unknown) => error instanceof SyntaxError,
			text,
		);
	}
});

test('only maps are objects', () => {
	assert.ok(isObject({}) && isObject(Object.create(null)));
	for (const value of [null, undefined, [], 'a', 1, 1n, true]) assert.not(isObject(value));
});

test.run();
