import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalDuration, canonicalQuantity, durationValue, quantityValue } from '../../src/render/quantity.js';
import { durations, neither, quantities } from '../quantity/random.js';
import { goTable } from '../quantity/table.js';

declare const PROJECT_ROOT: string;

test('a quantity is spelled as Go spells it', () => {
	const rows = goTable(PROJECT_ROOT, 'quantities');
	assert.ok(rows.length > 90);
	for (const [text, stored] of rows) {
		assert.is(quantityValue(text) === undefined, stored === '-', text);
		assert.is(canonicalQuantity(text), stored === '-' ? text : stored);
	}
});

test('a duration is spelled as Go spells it', () => {
	const rows = goTable(PROJECT_ROOT, 'durations');
	assert.ok(rows.length > 40);
	for (const [text, stored] of rows) {
		assert.is(durationValue(text) === undefined, stored === '-', text);
		assert.is(canonicalDuration(text), stored === '-' ? text : stored);
	}
});

test('the spelling of a quantity keeps its value, and is its own spelling', () => {
	fc.assert(
		fc.property(quantities, (text) => {
			const spelled = canonicalQuantity(text);
			assert.is(quantityValue(spelled), quantityValue(text), spelled);
			assert.is(canonicalQuantity(spelled), spelled);
		}),
		{ seed: 1, numRuns: 3000 },
	);
});

test('the spelling of a duration keeps its value, and is its own spelling', () => {
	fc.assert(
		fc.property(durations, (text) => {
			const spelled = canonicalDuration(text);
			assert.is(durationValue(spelled), durationValue(text), spelled);
			assert.is(canonicalDuration(spelled), spelled);
		}),
		{ seed: 2, numRuns: 2000 },
	);
});

test('a text is spelled anew only where it is a quantity, or a duration', () => {
	fc.assert(
		fc.property(neither, (text) => {
			if (quantityValue(text) === undefined) assert.is(canonicalQuantity(text), text);
			if (durationValue(text) === undefined) assert.is(canonicalDuration(text), text);
		}),
		{ seed: 3, numRuns: 2000 },
	);
});

test('quantities are ordered as the numbers that they stand for', () => {
	const ordered = [
		'-1Gi',
		'-500m',
		'0',
		'1n',
		'1u',
		'1m',
		'0.1',
		'500m',
		'1',
		'1k',
		'1Ki',
		'1M',
		'1Mi',
		'1G',
		'1Gi',
		'1.5Gi',
		'1E',
		'1Ei',
	];
	const values = ordered.map((text) => quantityValue(text) as bigint);
	for (const [i, value] of values.slice(1).entries()) assert.ok(value > (values[i] as bigint), ordered[i + 1]);
});

test('the same quantity in several spellings has one value', () => {
	for (const texts of [
		['1Gi', '1024Mi', '1048576Ki', '1073741824', '1073741824.0', '1073741824e0'],
		['0.5', '500m', '.5', '5e-1', '500000u'],
		['0', '0Gi', '-0', '0.000', '0e5'],
	])
		assert.is(new Set(texts.map(quantityValue)).size, 1, texts.join());
});

test('numbers are quantities as well as texts', () => {
	assert.is(quantityValue(1), 10n ** 9n);
	assert.is(quantityValue(0.5), 5n * 10n ** 8n);
	assert.is(quantityValue(2n ** 62n), 2n ** 62n * 10n ** 9n);
	assert.is(canonicalQuantity(0.5), '500m');
	assert.is(canonicalQuantity(1000), '1k');
	assert.is(quantityValue(1e21), 10n ** 30n);
});

test('what is finer than a nano is rounded away from zero', () => {
	assert.is(quantityValue('0.0000000001'), 1n);
	assert.is(quantityValue('-0.0000000001'), -1n);
	assert.is(quantityValue('1.1n'), 2n);
});

test('a quantity with a huge exponent is none: nobody waits for its digits', () => {
	for (const text of ['1e101', '1e-101', '1e999999999', '1E+4000000000'])
		assert.is(quantityValue(text), undefined, text);
});

test('a duration beyond int64 is none', () => {
	for (const text of ['2562048h', '9223372036854775808ns', '-2562048h'])
		assert.is(durationValue(text), undefined, text);
	assert.is(durationValue('-9223372036854775808ns'), -(2n ** 63n));
	assert.is(canonicalDuration('-9223372036854775808ns'), '-2562047h47m16.854775808s');
});

test.run();
