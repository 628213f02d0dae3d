/**
 * `npm run catalog:diff -- [FROM] TO [--check]`: what is new, gone, moved or changed in KubeDB's CRDs between two versions
 * of its Go module (v0.66.0), and which class the catalog of this checkout gives it. Instead of a version the path of a
 * schemas.json; FROM is the one that is committed, where it is left out. `--check` fails where the catalog has to say
 * something that it does not say. Needs Go for versions.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options, root } from './build.mjs';
import { schemasOf } from './schemas.mjs';

const args = process.argv.slice(2);
const named = args.filter((arg) => arg !== '--check');
if (named.length < 1 || named.length > 2 || named.some((arg) => arg.startsWith('-')))
	fail(
		'usage: npm run catalog:diff -- [FROM] TO [--check], with versions of the module (v0.66.0) or paths of a schemas.json',
	);
const [from, to] = (named.length === 2 ? named : [join(root, 'src/catalog/schemas.json'), ...named]).map(schemasAt);

const outfile = join(root, 'node_modules/.cache/kubedb-render/catalog-diff.cjs');
await build({
	...options,
	stdin: {
		contents: `export { kindOf } from './src/catalog/catalog.js';
			export { withProse } from './src/catalog/prose.js';
			export { differencesOf, grouped } from './test/catalog/version-diff.js'`,
		resolveDir: root,
	},
	outfile,
});
const { kindOf, withProse, differencesOf, grouped } = createRequire(outfile)(outfile);
const kindWithProse = (name) => kindOf(name) && withProse(kindOf(name));
const differences = differencesOf(from, to, kindWithProse);

console.log(`${from.source} -> ${to.source}`);
for (const [kinds, all] of grouped(differences)) {
	console.log(`\n${kinds.join(', ')}`);
	for (const { sign, what, says } of all) console.log(`  ${sign} ${what}  ${says}`);
}
const all = [...differences.values()].flat();
const count = (wanted) => all.filter(({ sign }) => sign === wanted).length;
const open = all.filter(({ isOpen }) => isOpen).length;
const kinds = new Set([...Object.keys(from.names), ...Object.keys(to.names)]).size;
console.log(
	`\n${differences.size} of ${kinds} kinds differ: ${count('+')} new, ${count('-')} gone, ${count('>')} moved, ${count('~')} changed; the catalog has to say something about ${open}.`,
);
if (open > 0 && args.includes('--check')) process.exitCode = 1;

function schemasAt(name) {
	if (existsSync(name)) return JSON.parse(readFileSync(name, 'utf8'));
	if (!/^v\d+\.\d+\.\d+/.test(name)) fail(`${name} is neither a version like v0.66.0 nor a file`);
	try {
		return schemasOf(name);
	} catch (error) {
		const [line] = String(error.stdout || error.message).match(/"Error": "[^"\\]*/) ?? [error.message];
		return fail(`the CRDs of ${name} cannot be had: ${line.replace('"Error": "', '')}`);
	}
}

function fail(why) {
	console.error(`catalog:diff: ${why}`);
	process.exit(1);
}
