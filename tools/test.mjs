/**
 * `npm test -- [PART OF A FILE NAME...] ['!PART']`: bundles the tests as the program is bundled, and runs them with uvu in one process.
 *
 * uvu lets a file without `test.run()` pass, and `only` or `skip` hide what does not hold, so both are looked for first.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options, root } from './build.mjs';

const names = process.argv.slice(2);
const wanted = names.filter((name) => !name.startsWith('!'));
const unwanted = names.filter((name) => name.startsWith('!')).map((name) => name.slice(1));
const files = filesBelow('test')
	.filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
	.filter((file) => !unwanted.some((part) => file.includes(part)))
	.sort();
if (files.length === 0) fail(`no test file has ${wanted.join(' or ')} in its name`);

for (const file of files) {
	const text = readFileSync(join(root, file), 'utf8');
	const suites = text.match(/= suite(?:<[^>]*>)?\(/g)?.length ?? 0;
	const uses = /\btest\(/.test(text) && suites === 0 ? 1 : suites;
	const runs = text.match(/\.run\(\)/g)?.length ?? 0;
	if (uses === 0 || runs !== uses) fail(`${file} has ${uses} suites and runs ${runs} of them`);
	if (/\b\w+\.(?:only|skip)\(/.test(text)) fail(`${file} leaves tests out with .only or .skip`);
}

// A function that nothing refers to is collected, and missing from what V8 counts: coverage holds on to all of them.
const counted = process.env.NODE_V8_COVERAGE ? sourcesBelow('src') : [];

const outfile = join(root, 'node_modules/.cache/kubedb-render/tests.cjs');
await build({
	...options,
	stdin: {
		contents: `module.exports = [${files.map((file) => `[${JSON.stringify(file)}, () => require('./${file}')]`).join()}];
			globalThis.COUNTED = [${counted.map((file) => `() => require('./${file}')`).join()}];`,
		resolveDir: root,
	},
	external: ['uvu', 'uvu/*', 'fast-check', 'esbuild'],
	outfile,
	sourcemap: 'linked',
	// Tests read fixtures by their path below the project, and run the bundle.
	define: { ...options.define, PROJECT_ROOT: JSON.stringify(root) },
});

globalThis.UVU_DEFER = 1;
const require = createRequire(outfile);
const uvu = require('uvu');
for (const [index, [file, load]] of require(outfile).entries()) {
	globalThis.UVU_QUEUE.push([`${file} `]);
	globalThis.UVU_INDEX = index;
	load();
	if (globalThis.UVU_QUEUE[index].length === 1) fail(`${file} ran no test`);
}
// uvu writes every suite's name and sets the exit code.
await uvu.exec();

function filesBelow(folder) {
	const names = readdirSync(join(root, folder), { recursive: true });
	return names.filter((name) => name.endsWith('.test.ts')).map((name) => `${folder}/${name}`);
}

function sourcesBelow(folder) {
	const names = readdirSync(join(root, folder), { recursive: true });
	// main.ts runs the program.
	return names.filter((name) => /(?<!\.d)\.ts$/.test(name) && name !== 'main.ts').map((name) => `${folder}/${name}`);
}

function fail(why) {
	console.error(`tests: ${why}`);
	process.exit(1);
}
