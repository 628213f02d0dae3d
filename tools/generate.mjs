/**
 * `npm run generate`: writes the files that are made from the source, and deletes those that are not made any more.
 * `--check` does neither, names those that differ, and fails then. A folder as argument is written to, or checked, instead
 * of the project.
 *
 * Another generated file is another line of `makers`, each of which gives texts by path.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { options, root } from './build.mjs';
import { pluginYaml } from './generated/plugin-yaml.mjs';
import { settingsPage } from './generated/settings-page.mjs';

const makers = [
	async () => [['plugin.yaml', pluginYaml(await source('src/settings.ts'))]],
	async () => [['docs/settings.md', settingsPage(await source('src/settings.ts'))]],
	async () => (await source('src/output/doc-pages.ts')).docPages(),
];
/** Nothing lies in them but what is generated. */
const folders = ['docs/kinds'];

/** What a module of the source exports. */
async function source(file) {
	const outfile = join(root, 'node_modules/.cache/kubedb-render/generate', `${basename(file)}.cjs`);
	await build({ ...options, entryPoints: [join(root, file)], outfile });
	return createRequire(outfile)(outfile);
}

const args = process.argv.slice(2);
const isCheck = args.includes('--check');
const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--check');
if (unknown) {
	console.error(`generate: there is no option ${unknown}, only --check`);
	process.exit(1);
}
const target = resolve(args.find((arg) => !arg.startsWith('-')) ?? root);

const files = new Map();
for (const make of makers) for (const [file, text] of await make()) files.set(file, text);

const different = [];
for (const [file, text] of files) {
	const path = join(target, file);
	const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
	if (before === text) continue;
	different.push(file);
	if (isCheck) continue;
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text);
}
for (const file of different) console.log(isCheck ? `${file} differs from what it is made from` : `wrote ${file}`);

const gone = folders
	.flatMap((folder) =>
		existsSync(join(target, folder)) ? readdirSync(join(target, folder)).map((name) => `${folder}/${name}`) : [],
	)
	.filter((file) => !files.has(file));
for (const file of gone) {
	if (!isCheck) rmSync(join(target, file));
	console.log(isCheck ? `${file} is made from nothing any more` : `deleted ${file}`);
}
if (isCheck && different.length + gone.length > 0) {
	console.error('Run npm run generate, and commit what it writes.');
	process.exit(1);
}
