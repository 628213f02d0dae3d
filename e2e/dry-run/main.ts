/** Tries every printed object on the API server, then the planted mistakes; prints what was accepted and what was not. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kind, kindNames, kindOf } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import { ApiError, type Client } from '../cluster/client.js';
import { startKubernetes } from '../cluster/kubernetes.js';
import { stopAll } from '../cluster/process.js';
import { applyCrds, type Parts } from '../world.js';
import { type Printed, printedObjects } from './objects.js';
import { plantedIn } from './planted.js';

const atOnce = 8;
const began = Date.now();
const say = (text: string) => console.log(`${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);

/** The path of a collection of objects, from what the API server says it serves. */
function collections({ get }: Client): (object: JsonObject) => Promise<string> {
	const served = new Map<string, Promise<JsonObject | undefined>>();
	return async ({ apiVersion, kind, metadata }) => {
		const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
		served.set(group, served.get(group) ?? get(group));
		const resources = ((await served.get(group))?.resources ?? []) as JsonObject[];
		const resource = resources.find((each) => each.kind === kind && !String(each.name).includes('/'));
		if (!resource) throw new Error(`the API server does not serve ${apiVersion} ${kind}`);
		const namespace = resource.namespaced ? `/namespaces/${(metadata as JsonObject).namespace}` : '';
		return `${group}${namespace}/${resource.name}`;
	};
}

/** What the API server has against each object; undefined where it accepts it. */
async function tryAll(admin: Client, objects: readonly Printed[]): Promise<(string | undefined)[]> {
	const collectionOf = collections(admin);
	const answers: (string | undefined)[] = [];
	const queue = [...objects.entries()];
	const worker = async () => {
		for (let next = queue.shift(); next; next = queue.shift()) {
			const [i, { object, text }] = next;
			const name = String((object.metadata as JsonObject).name);
			try {
				await admin.tryOut(await collectionOf(object), name, text);
			} catch (error) {
				// Anything but an answer of validation is a failure of the test itself.
				if (!(error instanceof ApiError) || ![400, 422].includes(error.status)) throw error;
				answers[i] = error.message;
			}
		}
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
	return Array.from(objects, (_, i) => answers[i]);
}

async function main(): Promise<boolean> {
	const { binaries, crds } = JSON.parse(process.env.KUBEDB_RENDER_E2E as string) as Parts;
	const folder = mkdtempSync(join(tmpdir(), 'kr-dry-'));
	const logs = join(folder, 'logs');
	mkdirSync(logs);
	try {
		const kubernetes = await startKubernetes(binaries, folder, logs);
		const kinds = kindNames().map((name) => (kindOf(name) as Kind).facts);
		await applyCrds(kubernetes, crds, kinds);
		say(`the API server has the CRDs of ${kinds.length} kinds`);
		const objects = printedObjects();
		const namespaces = new Set(objects.map(({ object }) => String((object.metadata as JsonObject).namespace)));
		for (const name of namespaces)
			if (!(await kubernetes.admin.get(`/api/v1/namespaces/${name}`)))
				await kubernetes.admin.create('/api/v1/namespaces', {
					apiVersion: 'v1',
					kind: 'Namespace',
					metadata: { name },
				});
		say(`${objects.length} different objects are rendered by the fixtures`);
		const refusals = await tryAll(kubernetes.admin, objects);
		for (const [i, refusal] of refusals.entries())
			if (refusal) say(`REFUSED  ${titleOf(objects[i] as Printed)}: ${refusal}`);

		const mistakes = plantedIn(objects);
		const answers = await tryAll(kubernetes.admin, mistakes);
		for (const [i, answer] of answers.entries()) if (!answer) say(`ACCEPTED  ${titleOf(mistakes[i] as Printed)}`);

		const refused = refusals.filter(Boolean).length;
		const noticed = answers.filter(Boolean).length;
		const kindsOf = new Set(objects.map(({ object }) => `${object.apiVersion} ${object.kind}`));
		const missing = kinds.flatMap(({ database, kind, opsRequest }) =>
			[`${database} ${kind}`, `ops.kubedb.com/v1alpha1 ${opsRequest}`].filter((each) => !kindsOf.has(each)),
		);
		if (missing.length > 0) say(`NOT RENDERED by any fixture: ${missing.join(', ')}`);
		say(`${noticed} of ${mistakes.length} planted mistakes refused`);
		say(`${objects.length - refused} objects of ${kindsOf.size} kinds accepted, ${refused} refused`);
		return refused === 0 && noticed === mistakes.length && missing.length === 0 && objects.length > 0;
	} finally {
		await stopAll();
		rmSync(folder, { recursive: true, force: true });
	}
}

function titleOf({ place, object }: Printed): string {
	return `${place}: ${object.kind} ${(object.metadata as JsonObject).name}`;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
process.exitCode = (await main()) ? 0 : 1;
