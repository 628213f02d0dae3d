/**
 * `npm run histories -- COUNT [--seed N] [--break RULE] [--verbose] [--until-bad] [--only=drift,...] [--mode ci] [--kinds=guides|tables|KIND,...]`: random histories of the
 * protocol against the simulator, on all cores. With --break a rule of the protocol is taken out of the source first
 * (test/simulator/breaks.json); then histories must go wrong.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options, root } from './build.mjs';

/** Bundles the simulator, with the patches of a break. Returns the path of the bundle. */
export async function bundleSimulator(rule) {
	const breaks = JSON.parse(readFileSync(join(root, 'test/simulator/breaks.json'), 'utf8'));
	if (rule && !breaks[rule]) throw new Error(`there is no break ${rule}; there are ${Object.keys(breaks).join(', ')}`);
	const patches = rule ? breaks[rule].patches : [];
	const outfile = join(root, `node_modules/.cache/kubedb-render/simulator${rule ? `-${rule}` : ''}.cjs`);
	const patching = {
		name: 'patching',
		setup(context) {
			for (const { file } of patches) {
				context.onLoad({ filter: new RegExp(`${file.replace(/[./]/g, '\\$&')}$`) }, ({ path }) => {
					let contents = readFileSync(path, 'utf8');
					for (const { find, replace } of patches.filter((patch) => patch.file === file)) {
						if (!contents.includes(find))
							throw new Error(`break ${rule}: ${file} does not hold ${JSON.stringify(find)}`);
						contents = contents.replace(find, replace);
					}
					return { contents, loader: 'ts' };
				});
			}
		},
	};
	await build({
		...options,
		plugins: [patching, ...options.plugins],
		entryPoints: ['test/simulator/run.ts'],
		outfile,
		minify: false,
		define: { ...options.define, PROJECT_ROOT: JSON.stringify(root) },
	});
	return outfile;
}

/** Runs histories on all cores and adds up what the processes report. */
export async function runHistories(bundle, count, seed = 0, flags = [], cores = availableParallelism()) {
	const share = Math.ceil(count / cores);
	const runs = Array.from({ length: cores }, (_, i) => [seed + i * share, Math.min(share, count - i * share)]).filter(
		([, n]) => n > 0,
	);
	const reports = await Promise.all(runs.map(([first, n]) => runOne(bundle, n, first, flags)));
	return reports.reduce((sum, report) => add(sum, report));
}

function runOne(bundle, count, first, flags) {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [bundle, String(count), String(first), ...flags], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let text = '';
		child.stdout.on('data', (part) => {
			text += part;
		});
		child.on('close', (code) => {
			if (code !== 0) return reject(new Error(`the simulator ended with ${code}`));
			const lines = text.trimEnd().split('\n');
			if (lines.length > 1) console.log(lines.slice(0, -1).join('\n'));
			resolve(JSON.parse(lines.at(-1)));
		});
	});
}

function add(a, b) {
	if (typeof a === 'number') return a + (b ?? 0);
	if (Array.isArray(a)) return [...a, ...(b ?? [])];
	return Object.fromEntries(
		[...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, key in a ? add(a[key], b[key]) : b[key]]),
	);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
	const args = process.argv.slice(2);
	const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
	const flags = args.filter((arg) => /^--(?:verbose|until-bad|(?:only|kinds)=.*)$/.test(arg));
	if (option('--mode') === 'ci') flags.push('--mode=ci');
	const bundle = await bundleSimulator(option('--break'));
	const started = Date.now();
	const report = await runHistories(bundle, Number(args[0] ?? 1000), Number(option('--seed') ?? 0), flags);
	console.log(JSON.stringify(report, undefined, 1));
	console.log(`${((Date.now() - started) / report.histories).toFixed(2)} ms a history`);
	process.exitCode = report.bad > 0 ? 1 : 0;
}
