import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../src/json.js';
import { digestOf } from '../../src/render/digest.js';
import { hardJson } from '../yaml/random-json.js';

test('the digest is the SHA-256 of the canonical JSON of the list of values, in UTF-8', () => {
	assert.is(digestOf(), '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945');
	fc.assert(
		fc.property(fc.array(hardJson, { maxLength: 3 }), (values) => {
			const bytes = Buffer.from(canonicalJson(values), 'utf8');
			assert.is(digestOf(...values), createHash('sha256').update(bytes).digest('hex'));
		}),
		{ seed: 1, numRuns: 200 },
	);
});

test('what is put together differently is digested differently', () => {
	const digests = [
		digestOf('a', 'b'),
		digestOf('ab'),
		digestOf(['a', 'b']),
		digestOf('a', 'b', null),
		digestOf('b', 'a'),
		digestOf('a,b'),
		digestOf(1),
		digestOf('1'),
		digestOf(2n ** 60n),
		digestOf(String(2n ** 60n)),
	];
	assert.is(new Set(digests).size, digests.length);
	assert.is(digestOf({ a: 1, b: 2 }), digestOf({ b: 2, a: 1 }), 'but for the order of keys');
});

test.run();
