/**
 * `node bench/kinds.mjs [--quick]`: what the schemas cost, against a bundle without them, for one database of each kind;
 * and a repository with a database of every kind, against one with as many Postgres. The commands of a comparison take
 * turns; a ratio is that of the medians, of the time on the clock and of the processor's. Exits 1 where the latter, which
 * other work on the machine hardly changes, is above its limit.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { options, root } from '../tools/build.mjs';

const quick = process.argv.includes('--quick');
const folder = mkdtempSync(join(tmpdir(), 'kubedb-render-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const hook = join(folder, 'cpu.cjs');
writeFileSync(
	hook,
	`process.on('exit', () => {
		const { user, system } = process.cpuUsage();
		require('fs').writeSync(3, String((user + system) / 1000));
	});`,
);

/** Kubernetes objects of one database of each kind: the first base of its table, or what a case begins with. */
function databases() {
	const tables = join(root, 'fixtures/kinds');
	const all = readdirSync(tables).map((file) => parse(readFileSync(join(tables, file), 'utf8'), { merge: true }));
	const specs = new Map(all.map(({ kind, bases }) => [kind, Object.values(bases)[0]]));
	for (const kind of ['Postgres', 'MariaDB']) {
		const path = join(root, 'fixtures', kind.toLowerCase(), 'vertical-scaling/1-before/input.yaml');
		specs.set(kind, parse(readFileSync(path, 'utf8')).spec);
	}
	return [...specs].map(([kind, spec], i) => database(kind, spec, i));
}

function database(kind, spec, i) {
	const metadata = { name: `db-${i}`, namespace: 'demo' };
	return { apiVersion: 'gitops.kubedb.com/v1alpha1', kind, metadata, spec };
}

/** The program without what holds a spec against its CRD: for this measurement only. */
const withoutSchemas = {
	name: 'without-schemas',
	setup(context) {
		context.onResolve({ filter: /^catalog:validators$/ }, ({ path }) => ({ path, namespace: 'none' }));
		context.onLoad({ filter: /./, namespace: 'none' }, () => ({
			contents: 'export default { kinds: {}, definitions: {} }',
		}));
		context.onLoad({ filter: /src[\\/]catalog[\\/]schema\.ts$/ }, ({ path }) => {
			const marks = ['const validator = kinds.get(kind) ?? compile(', 'return validator(spec) ? [] : '];
			const text = readFileSync(path, 'utf8');
			const line = text.split('\n').filter((each) => marks.some((mark) => each.includes(mark)));
			if (line.length !== marks.length)
				throw new Error('src/catalog/schema.ts validates in another way than is known here');
			return {
				contents: text
					.replace(line[0], '')
					.replace(line[1], 'return [];')
					.replace(/\n\tkinds\.set\(.*/, ''),
				loader: 'ts',
			};
		});
	},
};

const bundleOf = async (name, plugins) => {
	const outfile = join(folder, `${name}.cjs`);
	await build({ ...options, entryPoints: ['src/main.ts'], outfile, plugins: [...plugins, ...options.plugins] });
	return outfile;
};
const bundle = await bundleOf('ours', []);
const bare = await bundleOf('without', [withoutSchemas]);
const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compile-cache') };

/** The arguments of a render of settled databases. */
function settled(name, objects) {
	const file = join(folder, `${name}.yaml`);
	// JSON is YAML: what is measured is the same for both sides.
	writeFileSync(file, objects.map((object) => `---\n${JSON.stringify(object, null, 2)}\n`).join(''));
	const state = join(folder, `${name}.state.yaml`);
	writeFileSync(
		state,
		execFileSync(process.execPath, [bundle, 'build', file, '--state', 'none'], { maxBuffer: 2 ** 30 }),
	);
	return ['build', file, '--state', state];
}

/** Milliseconds on the clock, and of the processor. */
function once(args) {
	const began = process.hrtime.bigint();
	const stdio = ['ignore', 'ignore', 'pipe', 'pipe'];
	const { status, stderr, output } = spawnSync(process.execPath, ['--require', hook, ...args], { stdio, env });
	if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
	return [Number(process.hrtime.bigint() - began) / 1e6, Number(output[3])];
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Medians of two commands that take turns: [clock, processor] of each. */
function compare(commands, rounds) {
	const times = commands.map(() => []);
	// The first round warms the disk and the compile cache.
	for (let round = 0; round <= rounds; round++)
		for (const [i, command] of commands.entries()) {
			const time = once(command);
			if (round > 0) times[i].push(time);
		}
	return times.map((each) => [0, 1].map((i) => median(each.map((time) => time[i]))));
}

let tooSlow = 0;
function row(name, [peer, own], limit) {
	const [clock, cpu] = [own[0] / peer[0], own[1] / peer[1]];
	if (cpu > limit) tooSlow++;
	console.log(
		`| ${name} | ${peer[1].toFixed(0)} ms | ${own[1].toFixed(0)} ms | ${cpu.toFixed(2)} | ${clock.toFixed(2)} | ${limit} |`,
	);
	return cpu;
}

const objects = databases();
const postgres = objects.find(({ kind }) => kind === 'Postgres');
console.log('| | peer, processor | ours, processor | ratio | ratio on the clock | limit |\n|---|---|---|---|---|---|');
const many = objects.map((_, i) => database('Postgres', postgres.spec, i));
const [same, different] = [settled('same', many), settled('all', objects)];
row(
	`all ${objects.length} kinds: as many Postgres`,
	compare(
		[
			[bundle, ...same],
			[bundle, ...different],
		],
		quick ? 5 : 25,
	),
	2,
);
const chosen = quick
	? objects.filter(({ kind }) => ['Postgres', 'Memcached', 'Elasticsearch'].includes(kind))
	: objects;
for (const object of chosen) {
	const args = settled(object.kind, [object]);
	row(
		`1 ${object.kind}: without schemas`,
		compare(
			[
				[bare, ...args],
				[bundle, ...args],
			],
			quick ? 5 : 11,
		),
		1.15,
	);
}
process.exitCode = tooSlow > 0 ? 1 : 0;
