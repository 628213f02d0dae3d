/** Tells the stories one after the other; each failure is shown with the state of the stages. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAll } from '../cluster/process.ts';
import { stories, tell } from './stories.mjs';
import { startWorld } from './world.mjs';

const parts = JSON.parse(process.env.KUBEDB_RENDER_E2E);
const wanted = process.argv.slice(2);
const chosen = Object.entries(stories).filter(
	([name]) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);
const folder = mkdtempSync(join(tmpdir(), 'kr-flux-'));
const logs = join(folder, 'logs');
mkdirSync(logs);
let failed = 0;
try {
	const world = await startWorld(parts, folder, logs, (text) => console.log(`e2e: ${text}`));
	for (const [i, [name, story]] of chosen.entries()) {
		const began = Date.now();
		try {
			await tell(world, name, story, i + 1);
			console.log(`ok      ${name} (${Math.round((Date.now() - began) / 1000)} s)`);
		} catch (error) {
			failed++;
			console.log(`FAILED  ${name}\n${error.details ?? ''}\n${error.stack}`);
			const all = await world.admin.list('/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations');
			for (const { metadata, spec, status } of all.filter((each) => each.spec.path.includes(`story-${i + 1}/`)))
				console.log(`        ${metadata.name} ${spec.path}: ${JSON.stringify(status?.conditions?.[0] ?? {})}`);
		}
	}
	await world.operator.stop();
} finally {
	await stopAll();
}
console.log(`${chosen.length - failed} stories passed, ${failed} failed (logs in ${logs})`);
process.exit(failed > 0 || chosen.length === 0 ? 1 : 0);
