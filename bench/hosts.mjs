/**
 * `node bench/hosts.mjs`: what the render costs inside kustomize, against a function in Node that has the
 * answer at hand, and `--layout flux` against plain `build`. The commands of a comparison take turns; a ratio is that of the
 * medians. Needs Go for kustomize; exits 1 where a ratio is above its limit.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kustomizeFolder } from '../e2e/kustomize/install.mjs';
import { root } from '../tools/build.mjs';

const bundle = join(root, 'dist/kubedb-render.cjs');
const kustomize = join(kustomizeFolder(), 'kustomize');
const folder = mkdtempSync(join(tmpdir(), 'kubedb-render-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compile-cache'), KUBEDB_RENDER_STATE: 'none' };

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
  deletionPolicy: Delete
`;

// What kustomize does with the objects is not ours: the peer reads its list, and hands back the same ones as we do.
const identity =
	"const fs = require('fs'); fs.readFileSync(0); process.stdout.write(fs.readFileSync(process.argv[2]));\n";
writeFileSync(join(folder, 'identity.cjs'), identity);

function overlay(name, source, args) {
	const place = join(folder, name);
	mkdirSync(place);
	writeFileSync(join(place, 'input.yaml'), source);
	const fn = `exec: {path: ${process.execPath}, args: ${JSON.stringify(args)}}`;
	writeFileSync(
		join(place, 'kustomization.yaml'),
		`resources: [input.yaml]\ntransformers:\n  - |-\n    apiVersion: kubedb-render/v1\n    kind: Render\n    metadata:\n      name: render\n      annotations:\n        config.kubernetes.io/function: '${fn}'\n`,
	);
	return [kustomize, ['build', '--enable-alpha-plugins', '--enable-exec', place]];
}

function once([command, args]) {
	const began = process.hrtime.bigint();
	const { status, stderr } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
	if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
	return Number(process.hrtime.bigint() - began) / 1e6;
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

let tooSlow = 0;
function compare(name, peer, own, limit, rounds) {
	const times = [[], []];
	for (let round = 0; round <= rounds; round++)
		for (const [i, command] of [peer, own].entries()) {
			const time = once(command);
			if (round > 0) times[i].push(time);
		}
	const [theirs, ours] = times.map(median);
	const ratio = ours / theirs;
	if (ratio > limit) tooSlow++;
	console.log(`| ${name} | ${theirs.toFixed(0)} ms | ${ours.toFixed(0)} ms | ${ratio.toFixed(2)} | ${limit} |`);
}

console.log('| | peer | ours | ratio | limit |');
console.log('|---|---|---|---|---|');
for (const [count, rounds] of [
	[1, 21],
	[100, 11],
]) {
	const source = Array.from({ length: count }, (_, i) => postgres(i)).join('---\n');
	const answer = join(folder, `answer-${count}.yaml`);
	const options = { input: source, env, maxBuffer: 2 ** 30 };
	writeFileSync(answer, spawnSync(process.execPath, [bundle, 'build', '-', '-o', 'yaml'], options).stdout);
	const peer = overlay(`peer-${count}`, source, [join(folder, 'identity.cjs'), answer]);
	const own = overlay(`ours-${count}`, source, [bundle, 'fn']);
	compare(`kustomize build, ${count} databases: a function that has the answer`, peer, own, 1.2, rounds);
}
const input = join(folder, 'ours-100/input.yaml');
const flat = [process.execPath, [bundle, 'build', input, '--state', 'none', '--output-dir', join(folder, 'flat')]];
const flux = [
	process.execPath,
	[
		bundle,
		'build',
		input,
		'--state',
		'none',
		'--published',
		'none',
		'--layout',
		'flux',
		'--output-dir',
		join(folder, 'flux'),
	],
];
compare('--layout flux, 100 databases: build --output-dir', flat, flux, 1.3, 11);
process.exitCode = tooSlow > 0 ? 1 : 0;
