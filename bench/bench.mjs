/**
 * `npm run bench`: ratios against peers, measured in one run. The commands of a comparison take turns, so that what else
 * the machine does falls on all of them; a ratio is that of the medians. Needs kubectl, and npm for the binaries of
 * Node 20 and 24 (`--quick`: fewer rounds, this Node only).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../tools/build.mjs';

const quick = process.argv.includes('--quick');
const bundle = join(root, 'dist/kubedb-render.cjs');
const folder = mkdtempSync(join(tmpdir(), 'kubedb-render-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const postgres = (i) => `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata:
  name: db-${i}
  namespace: demo
spec:
  version: "16.6"
  replicas: 3
  storageType: Durable
  storage:
    storageClassName: standard
    accessModes:
      - ReadWriteOnce
    resources:
      requests:
        storage: ${(i % 90) + 10}Gi
  podTemplate:
    spec:
      containers:
        - name: postgres
          resources:
            requests:
              cpu: 500m
              memory: 1Gi
            limits:
              memory: 1Gi
  deletionPolicy: Delete
`;
const foreign = (i) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${i}
  namespace: demo
  labels:
    app: app-${i}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app-${i}
  template:
    metadata:
      labels:
        app: app-${i}
    spec:
      containers:
        - name: app
          image: example.com/app:1.${i}
          env:
            - name: DATABASE
              value: db-${i}
`;

/** A folder with some documents, a kustomization over them, and the settled state where there are databases. */
function prepare(name, count, document, node) {
	const place = join(folder, name);
	mkdirSync(place);
	writeFileSync(join(place, 'input.yaml'), Array.from({ length: count }, (_, i) => document(i)).join('---\n'));
	writeFileSync(join(place, 'kustomization.yaml'), 'resources:\n  - input.yaml\n');
	if (document === postgres) {
		const output = execFileSync(node, [bundle, 'build', join(place, 'input.yaml'), '--state', 'none'], {
			maxBuffer: 2 ** 30,
		});
		writeFileSync(join(place, 'state.yaml'), output);
		return { place, state: join(place, 'state.yaml') };
	}
	return { place, state: 'none' };
}

/** npm's `node` package brings the binary of any version. */
function nodeOf(major) {
	if (quick) return process.execPath;
	const place = join(folder, `node${major}`);
	mkdirSync(place);
	writeFileSync(join(place, 'package.json'), '{}');
	execFileSync('npm', ['install', '--no-save', '--silent', `node@${major}`], { cwd: place });
	return join(place, 'node_modules/node/bin/node');
}

const hook = join(folder, 'memory.cjs');
writeFileSync(hook, "process.on('exit', () => require('fs').writeSync(3, String(process.resourceUsage().maxRSS)));");

/** Milliseconds and, where the command is ours, peak memory in MB. */
function once(command, args, env) {
	const began = process.hrtime.bigint();
	const { status, stderr } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
	if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
	return Number(process.hrtime.bigint() - began) / 1e6;
}

function peakOf(node, args) {
	const { output, status } = spawnSync(node, ['--require', hook, ...args], {
		stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
		env: environment,
	});
	if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
	return Number(output[3]) / 1024;
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Medians of commands that take turns. */
function compare(commands, rounds) {
	const times = commands.map(() => []);
	for (let round = 0; round <= rounds; round++)
		for (const [i, [command, args, env]] of commands.entries()) {
			const time = once(command, args, env);
			// The first round warms the disk and the compile cache.
			if (round > 0) times[i].push(time);
		}
	return times.map(median);
}

const environment = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compile-cache') };
const nodes = { 24: nodeOf(24), 20: nodeOf(20) };
const versionOf = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).trim().split('\n')[0];
const kubectl = versionOf('kubectl', 'version', '--client');

console.log(
	`${cpus().length} cores, ${kubectl}, Node ${versionOf(nodes[24], '--version')} and ${versionOf(nodes[20], '--version')}`,
);
console.log(
	`bundle ${(readFileSync(bundle).length / 1024).toFixed(0)} KB, with NODE_COMPILE_CACHE as in the sidecar\n`,
);
console.log('| input | Node | kubectl kustomize | `node -e 0` | ours | ours / kustomize | peak memory |');
console.log('|---|---|---|---|---|---|---|');
const cases = [
	['1 database', 1, postgres, 25],
	['100 databases', 100, postgres, 15],
	['1,000 databases', 1000, postgres, 5],
	['1,000 foreign documents', 1000, foreign, 11],
];
const ms = (time) => `${time.toFixed(0)} ms`;
for (const [name, count, document, rounds] of cases) {
	const { place, state } = prepare(name.replaceAll(/\W/g, '-'), count, document, nodes[24]);
	for (const major of quick ? [24] : [24, 20]) {
		const args = [bundle, 'build', join(place, 'input.yaml'), '--state', state];
		const [peer, empty, own] = compare(
			[
				['kubectl', ['kustomize', place]],
				[nodes[major], ['-e', '0'], environment],
				[nodes[major], args, environment],
			],
			quick ? 3 : rounds,
		);
		const peak = peakOf(nodes[major], args).toFixed(0);
		console.log(
			`| ${name} | ${major} | ${ms(peer)} | ${ms(empty)} | ${ms(own)} | ${(own / peer).toFixed(2)} | ${peak} MB |`,
		);
	}
}

// kustomize takes minutes over 10,000 documents, and nobody asks it to: these are held to ours of 1,000.
const sizes = [1000, 10_000].map((count) => {
	const { place, state } = prepare(`of-${count}`, count, postgres, nodes[24]);
	return [bundle, 'build', join(place, 'input.yaml'), '--state', state];
});
const [thousand, tenThousand] = compare(
	sizes.map((args) => [nodes[24], args, environment]),
	quick ? 1 : 3,
);
console.log(
	`\n10,000 databases take ${(tenThousand / thousand).toFixed(1)} times as long as 1,000: ${ms(tenThousand)} and ${ms(thousand)}, peak memory ${peakOf(nodes[24], sizes[1]).toFixed(0)} MB.`,
);
