/** Runs the stories whose names hold one of the arguments, several at a time, and those that need everything alone at the end. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurns, stopAll } from './cluster/process.js';
import './scenarios/changes.js';
import './scenarios/clusters.js';
import './scenarios/creation.js';
import './scenarios/failures.js';
import './scenarios/fences.js';
import './scenarios/faults.js';
import './scenarios/guards.js';
import './scenarios/health.js';
import './scenarios/installation.js';
import './scenarios/memory.js';
import './scenarios/odd-syncs.js';
import './scenarios/reading.js';
import './scenarios/stale.js';
import './scenarios/proofs.js';
import { stories, tell } from './story.js';
import { type Parts, startWorld } from './world.js';

const atOnce = Number(process.env.KUBEDB_RENDER_E2E_AT_ONCE ?? 4);

async function main(): Promise<void> {
	const began = Date.now();
	const seconds = () => `${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s`;
	const say = (text: string) => console.log(`${seconds()}  ${text}`);
	const parts = JSON.parse(process.env.KUBEDB_RENDER_E2E as string) as Parts;
	// Paths of sockets are limited to 108 bytes.
	const folder = mkdtempSync(join(tmpdir(), 'kr-'));
	const logs = join(folder, 'logs');
	mkdirSync(logs);
	const wanted = process.argv.slice(2);
	const chosen = stories
		.map((story, index) => ({ story, index }))
		.filter(({ story }) => wanted.length === 0 || wanted.some((part) => story.name.includes(part)));
	let passed = 0;
	const failed: string[] = [];
	try {
		const world = await startWorld(parts, folder, logs, say);
		const one = async ({ story, index }: (typeof chosen)[number]) => {
			const start = Date.now();
			try {
				await tell(story, index, world);
				passed++;
				say(`ok    ${story.name} (${((Date.now() - start) / 1000).toFixed(0)} s)`);
			} catch (error) {
				failed.push(story.name);
				say(`FAIL  ${story.name} (namespace s${String(index + 1).padStart(2, '0')})\n${(error as Error).stack}`);
			}
		};
		const [together, alone] = [false, true].map((is) => chosen.filter(({ story }) => (story.alone ?? false) === is));
		await inTurns(together ?? [], atOnce, one);
		await inTurns(alone ?? [], 1, one);
		await world.stop();
	} catch (error) {
		failed.push('start');
		say(`${(error as Error).stack}`);
	} finally {
		await stopAll();
	}
	const keep = failed.length > 0 || process.env.KUBEDB_RENDER_E2E_KEEP;
	if (keep) say(`logs: ${logs}`);
	else rmSync(folder, { recursive: true, force: true });
	console.log(`${passed} passed, ${failed.length} failed`);
	process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
await main();
