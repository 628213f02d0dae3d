import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kindNames } from '../src/catalog/catalog.js';
import { docPages } from '../src/output/doc-pages.js';

declare const PROJECT_ROOT: string;

test('the pages made from the catalog are current: npm run generate', () => {
	for (const [file, text] of docPages()) assert.is(readFileSync(join(PROJECT_ROOT, file), 'utf8'), text, file);
});

test('every kind has a page, and no other has', () => {
	const pages = readdirSync(join(PROJECT_ROOT, 'docs/kinds')).sort();
	assert.equal(
		pages,
		kindNames()
			.map((name) => `${name}.md`)
			.sort(),
	);
});

test('links from the page of coverage lead to pages', () => {
	const pages = docPages();
	const links = [...(pages.get('docs/coverage.md') ?? '').matchAll(/\]\((kinds\/[^)]+)\)/g)].map(
		([, link]) => `docs/${link}`,
	);
	assert.is(links.length, kindNames().length);
	for (const link of links) assert.ok(pages.has(link), link);
});

test.run();
