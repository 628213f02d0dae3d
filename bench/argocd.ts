/**
 * One change of one database, by an Application of the plugin and by one of a plain folder that holds what the plugin
 * would render, both with automated sync: from commit to the first OpsRequest, and from the last success to Synced. The
 * two take turns, a ratio is that of the medians.
 */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RealApplication } from '../e2e/application.js';
import { bundle } from '../e2e/cluster/install.js';
import { run, sleep, stopAll } from '../e2e/cluster/process.js';
import { postgres } from '../e2e/databases.js';
import { type Parts, startWorld, type World } from '../e2e/world.js';
import type { JsonObject } from '../src/json.js';
import { getAt } from '../src/render/path.js';

const isQuick = process.argv.includes('--quick');
/** How often a person's eye would look. */
const LOOK = 50;

interface Times {
	/** Milliseconds from the commit to the first OpsRequest, and from its success to Synced. */
	readonly toRequest: number;
	readonly toSynced: number;
}

const databases = (count: number, replicas: number) =>
	Object.fromEntries(
		Array.from({ length: count }, (_, i) => [
			`db-${i}.yaml`,
			postgres(i === 0 ? { 'spec.replicas': replicas } : {}, `db-${i}`),
		]),
	);

const databasesText = (count: number) => (count === 1 ? '1 database' : `${count} databases`);

/** What the plugin would print for a folder of gitops CRs, for a namespace. */
async function rendered({ kubernetes, folder, binaries }: World, namespace: string, files: Record<string, JsonObject>) {
	const place = join(folder, `source-${namespace}`);
	mkdirSync(place, { recursive: true });
	for (const [name, object] of Object.entries(files)) writeFileSync(join(place, name), JSON.stringify(object));
	const PATH = `${join(binaries.kubectl as string, '..')}:${process.env.PATH}`;
	const flags = ['--state', 'cluster', '--kubeconfig', kubernetes.kubeconfig, '--namespace', namespace];
	return run([process.execPath, bundle, 'build', place, ...flags], { env: { ...process.env, PATH } });
}

/** Commits a change, asks for a refresh as a webhook does, and looks on. */
async function change(app: RealApplication, files: Record<string, JsonObject | string>): Promise<Times> {
	const before = (await app.operations()).length;
	const began = performance.now();
	const revision = await app.commit(files);
	await app.patch({ metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } });
	const since = async (start: number, isSo: () => Promise<boolean>) => {
		while (!(await isSo())) {
			if (performance.now() - start > 300_000) throw new Error(`${app.name}: ${JSON.stringify(await app.see())}`);
			await sleep(LOOK);
		}
		return performance.now();
	};
	const requested = await since(began, async () => (await app.operations()).length > before);
	const succeeded = await since(requested, async () =>
		(await app.operations()).every(({ phase }) => phase === 'Successful'),
	);
	const synced = await since(succeeded, () => isSyncedTo(app, revision));
	return { toRequest: requested - began, toSynced: synced - succeeded };
}

async function isSyncedTo(app: RealApplication, revision: string): Promise<boolean> {
	const object = await app.object();
	const at = (...path: string[]) => getAt(object, ['status', ...path]);
	return (
		object.operation === undefined &&
		at('operationState', 'phase') === 'Succeeded' &&
		at('operationState', 'syncResult', 'revision') === revision &&
		at('sync', 'status') === 'Synced' &&
		at('sync', 'revision') === revision
	);
}

async function settled(app: RealApplication): Promise<void> {
	const revision = await app.head();
	for (let tries = 0; !(await isSyncedTo(app, revision)); tries++) {
		if (tries > 1200) throw new Error(`${app.name}: ${JSON.stringify(await app.see())}`);
		await sleep(500);
	}
}

async function compare(world: World, count: number, rounds: number): Promise<void> {
	const make = (name: string, isPlain: boolean) =>
		new RealApplication(name, world.kubernetes.admin, world.operator.behaviour(name), world.folder, true, isPlain);
	const [ours, plain] = [make(`ours-${count}`, false), make(`plain-${count}`, true)];
	const manifests = async (replicas: number) => ({
		'all.yaml': await rendered(world, plain.name, databases(count, replicas)),
	});
	await ours.commit(databases(count, 3));
	await plain.commit(await manifests(3));
	await Promise.all([settled(ours), settled(plain)]);
	const times: { ours: Times[]; plain: Times[] } = { ours: [], plain: [] };
	const calls: number[] = [];
	const durations = join(world.folder, 'durations');
	writeFileSync(durations, '');
	for (let round = 0; round <= rounds; round++) {
		const replicas = round % 2 === 0 ? 5 : 3;
		const logged = readFileSync(world.argocd.repoServer.log, 'utf8').length;
		const one = await change(ours, databases(count, replicas));
		calls.push(generation(world, logged));
		const other = await change(plain, await manifests(replicas));
		if (round === 0) continue;
		times.ours.push(one);
		times.plain.push(other);
	}
	const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
	const row = (what: string, key: keyof Times) => {
		const [own, other] = [times.ours, times.plain].map((each) => median(each.map((time) => time[key])));
		const ratio = ((own as number) / (other as number)).toFixed(2);
		console.log(`| ${what}, ${databasesText(count)} | ${own?.toFixed(0)} ms | ${other?.toFixed(0)} ms | ${ratio} |`);
	};
	row('commit to the first OpsRequest', 'toRequest');
	row('last success to Synced', 'toSynced');
	const renders = readFileSync(durations, 'utf8').trim().split('\n').map(Number);
	console.log(
		`| a render, ${databasesText(count)} | ${median(renders).toFixed(0)} ms of ${median(calls).toFixed(0)} ms that the repo-server takes | | ${(median(renders) / median(calls)).toFixed(2)} |`,
	);
}

/** Milliseconds of the longest call of GenerateManifest, the one that missed the cache, in the repo-server's log from a place on. */
function generation({ argocd }: World, from: number): number {
	const lines = readFileSync(argocd.repoServer.log, 'utf8').slice(from).split('\n');
	const times = lines.flatMap((line) => {
		const time = line.includes('GenerateManifest') ? /"grpc\.time_ms":"([\d.]+)"/.exec(line)?.[1] : undefined;
		return time === undefined ? [] : [Number(time)];
	});
	if (times.length === 0) throw new Error('the log of the repo-server has no time of GenerateManifest');
	return Math.max(...times);
}

const folder = mkdtempSync(join(tmpdir(), 'kr-'));
const logs = join(folder, 'logs');
mkdirSync(logs);
try {
	const world = await startWorld(JSON.parse(process.env.KUBEDB_RENDER_E2E as string) as Parts, folder, logs, () => {});
	// Each render says how long its process took.
	const { renderer } = world.argocd;
	const whole = readFileSync(renderer, 'utf8').replace(/^#!.*/, '');
	const note = `process.on('exit', () => require('node:fs').appendFileSync(${JSON.stringify(join(folder, 'durations'))}, performance.now() + '\\n'));`;
	writeFileSync(renderer, `${note}${whole}`);
	appendFileSync(join(folder, 'durations'), '');
	console.log('| | plugin | plain folder | ratio |\n|---|---|---|---|');
	await compare(world, 1, isQuick ? 2 : 7);
	await compare(world, 100, isQuick ? 1 : 5);
	await world.stop();
} catch (error) {
	console.error(error);
	process.exitCode = 1;
} finally {
	await stopAll();
	if (process.env.KUBEDB_RENDER_E2E_KEEP) console.log(logs);
	else rmSync(folder, { recursive: true, force: true });
	// The stand-in for KubeDB goes on where something failed.
	process.exit();
}
