/**
 * `npm run fuzz:quantity -- COUNT [--seed N]`: reads COUNT random quantities and durations with our code and with Go's
 * (tools/quantity, built here), and compares the tables in fixtures/go with Go. Prints the shortest that differ, and ends with 1 then. Needs Go.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options, root } from './build.mjs';

const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const count = Number(args.find((arg, i) => /^\d/.test(arg) && !args[i - 1]?.startsWith('--')) ?? 10_000);
const seed = Number(option('--seed') ?? 1);

const cache = join(root, 'node_modules/.cache/kubedb-render');
const program = join(cache, 'quantity');
const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: join(root, 'tools/quantity'), stdio: 'inherit' });
if (built.error || built.status !== 0) {
	console.error(`fuzz-quantity: Go is needed${built.error ? `: ${built.error.message}` : ', and its build failed'}`);
	process.exit(1);
}
const outfile = join(cache, 'fuzz-quantity.cjs');
await build({ ...options, entryPoints: ['test/quantity/fuzz.ts'], external: ['fast-check'], outfile });
const { compareTables, run } = createRequire(outfile)(outfile);
if (compareTables(program, root) + run(program, count, seed) > 0) process.exitCode = 1;
