import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindNames, kindOf } from '../../src/catalog/catalog.js';
import { findingsOf } from './agreement.js';

for (const name of kindNames())
	test(`${name}: every path exists in KubeDB's CRDs, every field has one class, every part of a request a way to be set`, () => {
		assert.is(findingsOf(kindOf(name) as Kind).join('\n'), '');
	});

test.run();
