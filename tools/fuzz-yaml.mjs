/**
 * `npm run fuzz:yaml -- COUNT [--seed N] [--only PART]`: reads COUNT random YAML documents with our reader and with kubectl,
 * which has to be on the PATH, and has kubectl read what we write. Prints the seed and the smallest example where the two
 * differ, and ends with 1 then.
 *
 * fixtures/yaml is compared with kubectl too, and with `--table` nothing else; with UPDATE=1 it is written anew.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options, root } from './build.mjs';

const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const count = Number(args.find((arg, i) => /^\d/.test(arg) && !args[i - 1]?.startsWith('--')) ?? 2000);
const seed = Number(option('--seed') ?? 1);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(count)) fail('COUNT and --seed are integers');

const outfile = join(root, 'node_modules/.cache/kubedb-render/fuzz-yaml.cjs');
await build({ ...options, entryPoints: ['test/yaml/fuzz.ts'], external: ['fast-check'], outfile });
const { run, compareTable } = createRequire(outfile)(outfile);
try {
	let differing = 0;
	if (option('--only') === undefined) {
		differing += compareTable(root, process.env.UPDATE === '1');
		console.log(`table: ${differing} rows differ`);
	}
	if (!args.includes('--table')) differing += run(count, seed, option('--only'));
	if (differing > 0) process.exitCode = 1;
} catch (error) {
	fail(error.message);
}

function fail(why) {
	console.error(`fuzz-yaml: ${why}`);
	process.exit(1);
}
