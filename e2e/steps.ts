/** What people do again and again in stories. */
import assert from 'node:assert/strict';
import type { JsonObject } from '../src/json.js';
import { getAt } from '../src/render/path.js';
import type { Application, Seen } from './application.js';
import { until } from './cluster/process.js';
import { postgres } from './databases.js';

/** Commits a database, syncs, and waits until KubeDB has made it. */
export async function created(app: Application, database: JsonObject = postgres()): Promise<void> {
	await app.commit({ 'pg.yaml': database });
	succeeded(await app.sync());
}

/** Commits another version of the database `pg`, and has Argo CD see it. */
export async function committed(app: Application, changes: Record<string, unknown>): Promise<string> {
	const revision = await app.commit({ 'pg.yaml': postgres(changes) });
	await app.refresh();
	return revision;
}

/** Commits another version, and syncs it. */
export async function applied(app: Application, changes: Record<string, unknown>): Promise<Seen> {
	await committed(app, changes);
	return app.sync();
}

export function succeeded(seen: Seen): Seen {
	assert.equal(seen.phase, 'Succeeded', JSON.stringify(seen, undefined, 1));
	return seen;
}

export function failed(seen: Seen): Seen {
	assert.notEqual(seen.phase, 'Succeeded', JSON.stringify(seen, undefined, 1));
	return seen;
}

/** What the resources of a kind came to in the last operation. */
export function messageOf(seen: Seen, kind: string): string {
	const results = seen.results.filter((each) => each.kind === kind && each.message !== '');
	assert.ok(results.length > 0, `no result of a ${kind}: ${JSON.stringify(seen, undefined, 1)}`);
	return results.map(({ message }) => message).join('\n');
}

/** Hard refresh and one manual sync: the way out after a refused plan. */
export async function mended(app: Application): Promise<Seen> {
	await app.refresh('hard');
	return app.sync();
}

/** Waits until nothing is under way in an Application that syncs by itself, and it is at a revision. */
export async function automated(app: Application, revision: string, seconds = 120): Promise<void> {
	await until(`${app.name} is synced to ${revision.slice(0, 7)} by itself`, seconds, async () => {
		const object = await app.object();
		const at = (...path: string[]) => getAt(object, path);
		return (
			object.operation === undefined &&
			at('status', 'operationState', 'phase') === 'Succeeded' &&
			at('status', 'operationState', 'syncResult', 'revision') === revision &&
			at('status', 'sync', 'status') === 'Synced' &&
			at('status', 'sync', 'revision') === revision
		);
	});
}

/** Operations one after the other: each began when the one before it had succeeded. */
export async function inOrder(app: Application, types: readonly string[]): Promise<void> {
	const operations = await app.operations();
	assert.deepEqual(
		operations.map(({ type, phase }) => `${type} ${phase}`),
		types.map((type) => `${type} Successful`),
	);
	for (const [i, { object, name }] of operations.entries()) {
		const before = operations[i - 1]?.object;
		if (!before) continue;
		const conditions = getAt(before, ['status', 'conditions']) as JsonObject[];
		const ended = String(conditions[0]?.lastTransitionTime);
		const began = String(getAt(object, ['metadata', 'creationTimestamp']));
		assert.ok(ended <= began, `${name} began at ${began}, before ${ended}`);
	}
}

export const replicas = 'spec.replicas';
export const annotation = (name: string) => `metadata.annotations.kubedb-render/${name}`;

/** A sync fails with a line, and leaves everything as it was. */
export async function refusedWith(app: Application, line: RegExp): Promise<Seen> {
	const before = await app.fingerprint();
	const seen = await app.refresh('hard');
	assert.match(seen.conditions.join('\n'), line);
	failed(await app.sync());
	assert.equal(await app.fingerprint(), before);
	return seen;
}

/** Breaks something for as long as a part of a story takes. */
export async function whileBroken(
	breakIt: () => unknown,
	mend: () => unknown,
	tell: () => Promise<unknown>,
): Promise<void> {
	await breakIt();
	try {
		await tell();
	} finally {
		await mend();
	}
}

/** An object as it is to be applied again. */
export async function bare({ kube }: Application, path: string): Promise<JsonObject> {
	const { metadata, ...rest } = (await kube.get(path)) as JsonObject;
	return { ...rest, metadata: { name: (metadata as JsonObject).name ?? '' } };
}
