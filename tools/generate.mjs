/**
 * `npm run generate`: writes the files that are made from the source. `--check` writes nothing, names those that differ,
 * and fails then. A folder as argument is written to, or checked, instead of the project.
 *
 * Another generated file is another line of `files`: its path, and the function that gives its text.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { options, root } from './build.mjs';
import { pluginYaml } from './generated/plugin-yaml.mjs';
import { settingsPage } from './generated/settings-page.mjs';

const files = [
	['plugin.yaml', async () => pluginYaml(await source('src/settings.ts'))],
	['docs/settings.md', async () => settingsPage(await source('src/settings.ts'))],
];

/** What a module of the source exports. */
async function source(file) {
	const { outputFiles } = await build({
		...options,
		entryPoints: [join(root, file)],
		format: 'esm',
		write: false,
	});
	return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const args = process.argv.slice(2);
const isCheck = args.includes('--check');
const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--check');
if (unknown) {
	console.error(`generate: there is no option ${unknown}, only --check`);
	process.exit(1);
}
const target = resolve(args.find((arg) => !arg.startsWith('-')) ?? root);

const different = [];
for (const [file, make] of files) {
	const text = await make();
	const path = join(target, file);
	const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
	if (before === text) continue;
	different.push(file);
	if (isCheck) continue;
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text);
}
for (const file of different) console.log(isCheck ? `${file} differs from what it is made from` : `wrote ${file}`);
if (isCheck && different.length > 0) {
	console.error('Run npm run generate, and commit what it writes.');
	process.exit(1);
}
