/** Files with what is expected, compared exactly. `UPDATE=1 npm test` rewrites them, to be reviewed as a diff. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';

declare const PROJECT_ROOT: string;

export const fixtures = join(PROJECT_ROOT, 'fixtures');

/** The folders in a folder, sorted. */
export function foldersIn(folder: string): string[] {
	return readdirSync(folder)
		.filter((name) => statSync(join(folder, name)).isDirectory())
		.sort();
}

/** Compares files of a folder; one that is not expected any more, or not yet, counts as different. */
export function compareFiles(folder: string, names: readonly string[], actual: Readonly<Record<string, string>>): void {
	for (const name of names) {
		const path = join(folder, name);
		const text = actual[name];
		if (process.env.UPDATE) {
			if (text === undefined) rmSync(path, { force: true });
			else writeFileSync(path, text);
			continue;
		}
		assert.fixture(
			text ?? '',
			existsSync(path) ? readFileSync(path, 'utf8') : '',
			`${path} differs (UPDATE=1 rewrites it)`,
		);
	}
}

/** What a case tries and why it ends as it does: two lines. */
export function checkReadme(folder: string): void {
	const text = readFileSync(join(folder, 'README.md'), 'utf8');
	assert.match(text, /^\S.*\n\S.*\n$/, `${folder}/README.md has two lines`);
}
