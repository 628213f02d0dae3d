/** Tells the stories, several at a time, because they wait for Flux most of theirs; each failure is shown with its stages. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { violations } from '../audit.ts';
import { stopAll } from '../cluster/process.ts';
import { Ci } from './ci.mjs';
import { sabotages } from './sabotage.mjs';
import { changes } from './stories/changes.mjs';
import { secrets } from './stories/secrets.mjs';
import { trees } from './stories/trees.mjs';
import { startWorld } from './world.mjs';

const parts = JSON.parse(process.env.KUBEDB_RENDER_E2E);
const wanted = process.argv.slice(2);
const atATime = 3;
const stories = { ...changes, ...trees, ...secrets };
const told = [
	...Object.entries(stories).map(([name, story]) => ({ name, story, guards: true })),
	...sabotages.map(({ what, story, ...rest }) => {
		const [name, own] = Object.entries(stories).find(([each]) => each.startsWith(story));
		return { name: `${what}: ${name} ${rest.fails ? '(has to fail)' : ''}`.trim(), story: own, ...rest };
	}),
].filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

const folder = mkdtempSync(join(tmpdir(), 'kr-flux-'));
const logs = join(folder, 'logs');
mkdirSync(logs);
let failed = 0;

async function tell(world, { name, story, sabotage, guards, fails }, namespace) {
	const began = Date.now();
	const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
	await world.admin.create('/api/v1/namespaces', {
		apiVersion: 'v1',
		kind: 'Namespace',
		metadata: { name: namespace },
	});
	const ci = new Ci(world, namespace, { sabotage, guards });
	try {
		await story(ci);
		// After every story: no managed field was changed but by the operator.
		const found = violations(world.kubernetes.auditLog, namespace);
		if (found.length > 0) throw new Error(`the audit log has changes without their operation:\n${found.join('\n')}`);
		if (fails) throw new Error('it went well, although what keeps the cluster safe was taken out');
		console.log(`ok      ${name} (${seconds()})`);
	} catch (error) {
		if (fails?.test(`${error.message}\n${error.details ?? ''}`)) {
			console.log(`ok      ${name} (${seconds()}): ${error.message.split('\n')[0]}`);
			return;
		}
		failed++;
		console.log(`FAILED  ${name} (${seconds()})\n${error.details ?? ''}\n${error.stack}`);
		for (const { metadata, spec, status } of await ci.stages())
			console.log(`        ${metadata.name} ${spec.path}: ${JSON.stringify(status?.conditions?.[0] ?? {})}`);
	}
}

try {
	const world = await startWorld(parts, folder, logs, (text) => console.log(`e2e: ${text}`));
	for (const guarded of [true, false]) {
		const queue = told.filter(({ guards }) => guards === guarded);
		if (queue.length > 0 && !guarded) await world.removeGuards();
		const work = async () => {
			for (let next = queue.shift(); next; next = queue.shift())
				await tell(world, next, `story-${told.indexOf(next) + 1}`);
		};
		await Promise.all(Array.from({ length: atATime }, work));
	}
	await world.operator.stop();
} finally {
	await stopAll();
}
console.log(`${told.length - failed} stories passed, ${failed} failed (logs in ${logs})`);
process.exit(failed > 0 || told.length === 0 ? 1 : 0);
