import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { disagreement, readPlain } from '../../src/input/scalars.js';
import { plainText } from '../yaml/random-scalars.js';

test('an integer is exact over the whole of int64', () => {
	fc.assert(
		fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
			const value = readPlain(String(integer));
			assert.is(String(value), String(integer));
			assert.is(typeof value, Number.isSafeInteger(Number(integer)) ? 'number' : 'bigint');
		}),
		{ seed: 1, numRuns: 500 },
	);
});

test('an integer means the same in every base, with underscores or without', () => {
	fc.assert(
		fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), fc.constantFrom('', '-', '+'), (size, sign) => {
			const expected = readPlain(`${sign}${size}`);
			const spellings = [
				`0x${size.toString(16)}`,
				`0X${size.toString(16).toUpperCase()}`,
				`0o${size.toString(8)}`,
				`0${size.toString(8)}`,
				`0b${size.toString(2)}`,
				String(size).replace(/(?<=\d)(?=\d{3}$)/, '_'),
			];
			for (const spelling of spellings) assert.is(readPlain(sign + spelling), expected, sign + spelling);
		}),
		{ seed: 2, numRuns: 300 },
	);
});

test('a finite number of JSON is read as JSON reads it', () => {
	fc.assert(
		fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
			const value = readPlain(JSON.stringify(number));
			assert.is(Number(value), JSON.parse(JSON.stringify(number)));
		}),
		{ seed: 3, numRuns: 500 },
	);
});

test('infinity and not-a-number are told apart from text', () => {
	for (const text of ['.inf', '+.INF', '-.Inf', '.nan', '.NaN', '.NAN']) assert.is(readPlain(text), undefined, text);
	for (const text of ['.iNF', '-.nan', 'inf', 'NaN', 'Infinity', '1e400']) assert.is(readPlain(text), text);
});

test('a text that is no word and no number stays as it is', () => {
	fc.assert(
		fc.property(plainText, (text) => {
			const value = readPlain(text);
			if (typeof value === 'string') assert.is(value, text);
			else if (typeof value === 'number') assert.match(text, /^[-+.\d]/);
		}),
		{ seed: 4, numRuns: 2000 },
	);
});

test('a warning says how both read the scalar', () => {
	assert.is(disagreement('yes'), 'kubectl reads yes as true, kustomize as the string "yes"');
	assert.is(disagreement('Off'), 'kubectl reads Off as false, kustomize as the string "Off"');
	assert.is(disagreement('0777'), 'kubectl reads 0777 as the octal number 511');
	assert.is(disagreement('1_000'), 'kubectl reads 1_000 as the number 1000');
	assert.match(disagreement('2026-01-01') as string, 'kustomize as a point in time');
});

test('nobody is warned of a scalar that means the same to everyone', () => {
	for (const text of [
		'true',
		'null',
		'~',
		'0',
		'10',
		'-1',
		'1.5',
		'1e3',
		'16.4',
		'1Gi',
		'yEs',
		'a',
		'0x1F',
		'08',
		'',
	]) {
		assert.is(disagreement(text), undefined, text);
	}
});

test.run();
