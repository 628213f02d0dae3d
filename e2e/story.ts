/** Stories: what happens to an Application, told in order, and what must be true at the end of every one of them. */
import assert from 'node:assert/strict';
import { isObject, type JsonObject } from '../src/json.js';
import { getAt } from '../src/render/path.js';
import { type Application, RealApplication } from './application.js';
import { deletions, violations } from './audit.js';
import type { World } from './world.js';

export interface Ending {
	/** `settled` (default): Synced and Healthy, the state is the plan's, and a hard refresh changes nothing. */
	readonly ends?: 'settled' | 'open';
	/** The Application syncs, prunes and heals by itself, as in sidecar/application.yaml. */
	readonly automated?: boolean;
	/** Databases that a GitOps account may delete in this story. */
	readonly mayDelete?: boolean;
	/** Managed fields may be changed by others: the guards themselves are on trial. */
	readonly mayChange?: boolean;
	/** Is about the real parts themselves: the simulator of the protocol does not tell it. */
	readonly real?: boolean;
	/** Runs alone, because it stops or changes what the others need. */
	readonly alone?: boolean;
}

export interface Story extends Ending {
	readonly name: string;
	readonly tell: (application: Application, world: World) => Promise<void>;
}

export const stories: Story[] = [];

export function story(name: string, tell: Story['tell'], ending: Ending = {}): void {
	stories.push({ name, tell, ...ending });
}

/** Tells a story in a namespace of its own. Throws where something is not as promised. */
export async function tell(
	{ tell, ends = 'settled', automated, mayDelete, mayChange }: Story,
	index: number,
	world: World,
): Promise<void> {
	const name = `s${String(index + 1).padStart(2, '0')}`;
	const application = new RealApplication(
		name,
		world.kubernetes.admin,
		world.operator.behaviour(name),
		world.folder,
		automated,
	);
	try {
		await tell(application, world);
		if (ends === 'settled') await expectSettled(application, world);
	} finally {
		world.behaviourAtEnd(name);
		// Argo CD compares every Application it has again and again, with a dry run of each of its objects.
		await application.forget();
	}
	if (!mayChange)
		assert.deepEqual(
			violations(world.kubernetes.auditLog, name),
			[],
			'managed fields were changed by others than KubeDB',
		);
	if (!mayDelete) assert.deepEqual(deletions(world.kubernetes.auditLog, name), [], 'databases were deleted');
}

/** Synced, Healthy, done; nothing runs twice; and a further hard refresh changes nothing. */
export async function expectSettled(application: Application, world: World): Promise<void> {
	const seen = await application.refresh('hard');
	const story = JSON.stringify(seen, undefined, 1);
	assert.equal(`${seen.sync} ${seen.health}`, 'Synced Healthy', `the Application at the end: ${story}`);
	const { kube } = application;
	const plans = await kube.list(`/api/v1/namespaces/${application.name}/configmaps?labelSelector=kubedb-render%2Frole`);
	const data = new Map(plans.map((each) => [String(getAt(each, ['metadata', 'name'])), each.data as JsonObject]));
	for (const [name, plan] of data) {
		if (!name.endsWith('-plan')) continue;
		const state = data.get(name.replace(/-plan$/, '-state'));
		assert.equal(state?.digest, plan.digest, `${name} is not done`);
	}
	const names = world.operator.executions(application.name);
	assert.deepEqual([...new Set(names)], [...names], 'an operation was carried out twice');
	const before = await application.fingerprint();
	await application.refresh('hard');
	assert.equal(await application.fingerprint(), before, 'a hard refresh changed something');
}

/** What an object holds of what is expected, for comparisons of a few fields. */
export function part(object: JsonObject | undefined, ...paths: string[]): Record<string, unknown> {
	return Object.fromEntries(paths.map((path) => [path, isObject(object) ? getAt(object, path.split('.')) : undefined]));
}
