/**
 * `npm run demo`: the sequences of KubeDB's GitOps guides for PostgreSQL and MariaDB, commit by commit, through the
 * bundled program. Files stand in for the cluster: the output of one render is the state of the next.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './build.mjs';

const program = join(root, 'dist/kubedb-render.cjs');
const sequences = [
	'fixtures/postgres/guide-ha-postgres',
	'fixtures/postgres/guide-grafana-db',
	'fixtures/mariadb/guide',
];
const folder = mkdtempSync(join(tmpdir(), 'kubedb-render-demo-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

for (const sequence of sequences) {
	console.log(`\n${'='.repeat(100)}\n${readFileSync(join(root, sequence, 'README.md'), 'utf8')}`);
	walk(sequence);
}
console.log('Every change was carried out by OpsRequests, in order, and every sequence has settled.');

function walk(sequence) {
	const steps = readdirSync(join(root, sequence)).filter((name) => /^\d/.test(name));
	steps.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
	let state = 'none';
	for (const step of steps) {
		if (/-settled$/.test(step)) continue;
		const input = join(sequence, step, 'input.yaml');
		console.log(`--- ${step.replace(/^(\d+)-/, 'commit $1: ').replaceAll('-', ' ')} ${'-'.repeat(70)}\n`);
		show(`kubedb-render plan ${input} --state ${shown(state)}`, run('plan', input, '--state', state));
		const manifests = run('build', input, '--state', state);
		const output = join(folder, `rendered-${Number.parseInt(step, 10)}.yaml`);
		writeFileSync(output, manifests);
		show(`kubedb-render build ${input} --state ${shown(state)} > ${shown(output)}`, overview(manifests));
		state = output;

		const again = run('build', input, '--state', state);
		const left = documents(again).filter(isOpsRequest).length;
		if (left > 0) throw new Error(`${input} does not settle: ${left} OpsRequests are left`);
		console.log(`After the sync: ${documents(again).length} objects, no OpsRequests. Settled.\n`);
	}
}

/** The manifests by wave, the OpsRequests in full. */
function overview(manifests) {
	return documents(manifests)
		.map((text) => {
			const line = `  wave ${fieldOf(text, 'argocd.argoproj.io/sync-wave').padStart(5)}  ${fieldOf(text, 'kind')} ${fieldOf(text, '  name')}`;
			return isOpsRequest(text) ? `${line}\n${specOf(text)}` : line;
		})
		.join('\n');
}

function documents(stream) {
	return stream.split(/^---\n/m).filter((text) => text !== '');
}

function isOpsRequest(text) {
	return /^kind: \w+OpsRequest$/m.test(text);
}

function fieldOf(text, key) {
	const match = new RegExp(`^\\s*${key.trim().replaceAll('.', '\\.')}: (.*)$`, 'm').exec(
		key.startsWith(' ') ? text.slice(text.indexOf('\nmetadata:')).replace(/^ {4}.*\n/gm, '') : text,
	);
	return (match?.[1] ?? '').replaceAll('"', '');
}

function specOf(text) {
	return text
		.slice(text.indexOf('\nspec:') + 1)
		.trimEnd()
		.replace(/^/gm, '                | ');
}

function run(...args) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: root, encoding: 'utf8' });
	if (status !== 0) throw new Error(`kubedb-render ${args.join(' ')} ended with ${status}:\n${stderr}`);
	return stdout;
}

function show(command, output) {
	console.log(`$ ${command}\n${output.trimEnd()}\n`);
}

function shown(path) {
	return path.startsWith(folder) ? path.slice(folder.length + 1) : path;
}
