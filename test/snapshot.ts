/** Texts that are kept as files below `fixtures/`; `UPDATE=1` writes them anew, to be reviewed as a diff. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';

declare const PROJECT_ROOT: string;

export function matchesFixture(text: string, file: string): void {
	const path = join(PROJECT_ROOT, 'fixtures', file);
	if (process.env.UPDATE === '1') {
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, text);
	}
	assert.ok(existsSync(path), `fixtures/${file} is missing: write it with UPDATE=1`);
	assert.fixture(text, readFileSync(path, 'utf8'), `fixtures/${file} differs: write it anew with UPDATE=1`);
}
