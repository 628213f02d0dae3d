import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coloured } from '../../src/output/paint.js';

test('text is coloured wherever it goes: who prints has decided', () => {
	assert.is(coloured('red', 'x'), '\u001b[31mx\u001b[39m');
});

test.run();
