import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Json, prettyJson } from '../src/json.js';

test('JSON for people is what JSON.stringify indents', () => {
	fc.assert(
		fc.property(fc.jsonValue(), (value) => {
			assert.is(prettyJson(value as Json), JSON.stringify(value, undefined, 2));
		}),
		{ seed: 6, numRuns: 500 },
	);
	assert.is(prettyJson({ a: undefined as never, b: [] }), '{\n  "b": []\n}');
});

test('integers beyond 2^53 are exact in it', () => {
	assert.is(prettyJson({ a: [2n ** 60n] }), '{\n  "a": [\n    1152921504606846976\n  ]\n}');
});

test.run();
