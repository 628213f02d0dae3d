import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codePaths, table } from '../../src/output/markdown.js';

test('field paths and annotations become code, the end of a sentence does not', () => {
	assert.is(
		codePaths('it is spec.a.b. Or spec.c[name=x y].d, spec.e[f.conf]'),
		'it is `spec.a.b`. Or `spec.c[name=x y].d`, `spec.e[f.conf]`',
	);
	assert.is(codePaths('set kubedb-render/timeout.reconfigure.'), 'set `kubedb-render/timeout.reconfigure`.');
	assert.is(codePaths('a spec of the podTemplate.spec'), 'a spec of the podTemplate.spec');
});

test('columns in which nothing stands are left out, and a bar does not end a cell', () => {
	assert.equal(table(['a', 'b', 'c'], [['1', '', 'x|y']]), ['| a | c |', '| --- | --- |', '| 1 | x\\|y |', '']);
	assert.equal(table(['a'], []), []);
});

test.run();
