/**
 * The stories of the end-to-end tests, told on the simulator of the protocol word for word: what the simulator says of
 * Argo CD and KubeDB has to be what `npm run e2e` sees on the real ones.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import '../e2e/scenarios/changes.js';
import '../e2e/scenarios/creation.js';
import '../e2e/scenarios/failures.js';
import '../e2e/scenarios/memory.js';
import '../e2e/scenarios/odd-syncs.js';
import '../e2e/scenarios/stale.js';
import { expectSettled, type Story, stories } from '../e2e/story.js';
import type { World } from '../e2e/world.js';
import { SimulatedApplication } from './simulator/application.js';

async function tellTo(application: SimulatedApplication, { tell, ends = 'settled' }: Story): Promise<void> {
	const operator = { executions: () => application.executions() };
	const parts: Record<string, unknown> = { operator, loseCache: async () => application.loseCache() };
	const world = new Proxy({} as World, {
		get: (_, key) => parts[String(key)] ?? assert.unreachable(`the story needs the real ${String(key)}`),
	});
	await tell(application, world);
	if (ends === 'settled') await expectSettled(application, world);
}

const told = stories.filter(({ real }) => !real);

for (const story of told)
	test(`on the simulator: ${story.name}`, () => tellTo(new SimulatedApplication(story.automated), story));

test('the stories can fail: without the guards, those that the guards are for do', async () => {
	const failed: string[] = [];
	for (const story of told) {
		const application = new SimulatedApplication(story.automated, { chain: false, fence: false });
		await tellTo(application, story).catch(() => failed.push(story.name));
	}
	assert.equal(failed.sort(), [
		'ApplyOutOfSyncOnly after a terminated sync skips the running operation: the fence stops it',
		'a partial sync of the database CR alone is refused by the fence',
		'a rollback to a cached older revision is refused in its first wave, and nothing is touched',
		'a tag is moved back: refused while its old render is cached, then carried out by operations',
	]);
});

test('all stories are told on the simulator but those that are about the real parts themselves', () => {
	assert.ok(told.length >= 36, `${told.length} stories`);
});

test.run();
