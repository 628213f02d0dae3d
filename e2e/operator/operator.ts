/**
 * A stand-in for KubeDB's operator, which is closed source: provisions databases, and schedules, skips, merges and
 * carries out OpsRequests as phases.yaml says, with what the simulator of the protocol does to a spec. It has its own
 * account and field manager. For kube-controller-manager, it ends foreground deletions.
 */
import type { KindFacts } from '../../src/catalog/types.js';
import type { JsonObject } from '../../src/json.js';
import { getAt, parsePath, setAt } from '../../src/render/path.js';
import { databaseKey, isOver, mergedRequest, nameOf, phaseOf, scheduled, typeOf } from '../../test/simulator/kubedb.js';
import { ApiError, type Client } from '../cluster/client.js';
import { sleep } from '../cluster/process.js';
import { effect } from './effect.js';

/** How it treats the databases of a namespace. */
export interface Behaviour {
	/** How long a request takes. */
	seconds: number;
	/** Types of requests that fail. */
	readonly fails: Set<string>;
	/** Databases whose requests fail. */
	readonly failsFor: Set<string>;
	/** While true nothing ends. */
	held: boolean;
	/** Whether fields that KubeDB is not known to write back are written back all the same. */
	writesAllBack: boolean;
}

export interface Operator {
	behaviour(namespace: string): Behaviour;
	/** Names of the requests that were carried out in a namespace, in order. */
	executions(namespace: string): readonly string[];
	/** `{spec}` as operations left what really runs, by uid of the database. */
	readonly actual: ReadonlyMap<string, JsonObject>;
	stop(): Promise<void>;
}

export function startOperator(client: Client, kinds: readonly KindFacts[]): Operator {
	const behaviours = new Map<string, Behaviour>();
	const executed = new Map<string, string[]>();
	const actual = new Map<string, JsonObject>();
	const began = new Map<string, number>();
	let merges = 0;

	const behaviour = (namespace: string): Behaviour => {
		let found = behaviours.get(namespace);
		if (!found) {
			found = { seconds: 0.5, fails: new Set(), failsFor: new Set(), held: false, writesAllBack: false };
			behaviours.set(namespace, found);
		}
		return found;
	};
	const executions = (namespace: string) => executed.get(namespace) ?? [];

	const pathOf = (object: JsonObject) => {
		const facts = kinds.find(({ kind, opsRequest }) => object.kind === kind || object.kind === opsRequest) as KindFacts;
		const [version, plural] =
			object.kind === facts.kind ? [facts.database, facts.plural] : ['ops.kubedb.com/v1alpha1', facts.opsRequestPlural];
		return `/apis/${version}/namespaces/${namespaceOf(object)}/${plural}/${nameOf(object)}`;
	};
	const setStatus = (object: JsonObject, phase: string, message = '') =>
		client.patch(`${pathOf(object)}/status`, {
			status: {
				phase,
				observedGeneration: getAt(object, ['metadata', 'generation']) ?? 1,
				conditions: [condition(phase, message)],
			},
		});

	const provision = async (database: JsonObject) => {
		const [phase, generation] = [phaseOf(database), getAt(database, ['metadata', 'generation'])];
		const uid = String(getAt(database, ['metadata', 'uid']));
		if (phase === '') {
			await setStatus(database, 'Provisioning');
			return;
		}
		if (!actual.has(uid)) {
			const next = structuredClone(database);
			if (getAt(next, parsePath('spec.authSecret.name')) === undefined)
				setAt(next, parsePath('spec.authSecret.name'), `${nameOf(next)}-auth`);
			const stored = await client.replace(pathOf(database), next);
			actual.set(uid, { spec: structuredClone(stored.spec ?? {}) });
			await setStatus(stored, 'Ready');
			return;
		}
		if (getAt(database, ['status', 'observedGeneration']) !== generation) await setStatus(database, 'Ready');
	};

	const finish = async (request: JsonObject, database: JsonObject) => {
		const { fails, failsFor, held, seconds, writesAllBack } = behaviour(namespaceOf(request));
		const uid = String(getAt(request, ['metadata', 'uid']));
		if (held || Date.now() - (began.get(uid) ?? 0) < seconds * 1000) return;
		if (fails.has(typeOf(request)) || failsFor.has(nameOf(database))) {
			await setStatus(request, 'Failed', `the stand-in was told to fail ${typeOf(request)}`);
			return;
		}
		const databaseUid = String(getAt(database, ['metadata', 'uid']));
		const root = structuredClone(actual.get(databaseUid) ?? { spec: structuredClone(database.spec ?? {}) });
		const next = effect(database, root, request, writesAllBack);
		if (next) await client.replace(pathOf(database), next);
		actual.set(databaseUid, root);
		await setStatus(request, 'Successful', 'carried out');
		executed.set(namespaceOf(request), [...executions(namespaceOf(request)), nameOf(request)]);
	};

	const serve = async (database: JsonObject | undefined, requests: JsonObject[]) => {
		const running = requests.find((request) => phaseOf(request) === 'Progressing');
		if (!database) return;
		if (running) return finish(running, database);
		const { merge, skip, next } = scheduled(requests);
		if (merge) {
			const merged = mergedRequest(merge, ++merges);
			const { uid: _, resourceVersion: __, managedFields: ___, ...metadata } = merged.metadata as JsonObject;
			for (const request of merge) await setStatus(request, 'Skipped', 'merged');
			await client.create(pathOf(merged).replace(/\/[^/]+$/, ''), { ...merged, metadata });
			return;
		}
		for (const request of skip) await setStatus(request, 'Skipped', 'a newer request of the type is there');
		if (!next) return;
		began.set(String(getAt(next, ['metadata', 'uid'])), Date.now());
		await setStatus(next, 'Progressing', 'being carried out');
	};

	const round = async () => {
		const byKind = async (version: string, plural: string) => client.list(`/apis/${version}/${plural}`);
		for (const { database, plural, kind, opsRequestPlural } of kinds) {
			const all = await byKind(database, plural);
			await Promise.all(all.filter((each) => !isDeleting(each)).map((each) => guarded(() => provision(each))));
			const live = new Map(all.map((each) => [`${kind} ${namespaceOf(each)}/${nameOf(each)}`, each]));
			const waiting = new Map<string, JsonObject[]>();
			const requests = await byKind('ops.kubedb.com/v1alpha1', opsRequestPlural);
			requests.sort((a, b) => (ageOf(a) < ageOf(b) ? -1 : 1));
			for (const request of requests) {
				if (isOver(request) || isDeleting(request)) continue;
				waiting.set(databaseKey(request), [...(waiting.get(databaseKey(request)) ?? []), request]);
			}
			await Promise.all([...waiting].map(([key, each]) => guarded(() => serve(live.get(key), each))));
			const memory = await client.list('/api/v1/configmaps?labelSelector=kubedb-render%2Frole');
			await Promise.all(
				[
					...all.map((object) => [pathOf(object), object] as const),
					...requests.map((object) => [pathOf(object), object] as const),
					...memory.map(
						(object) => [`/api/v1/namespaces/${namespaceOf(object)}/configmaps/${nameOf(object)}`, object] as const,
					),
				].map(([path, object]) => guarded(() => endDeletion(client, path, object))),
			);
		}
	};

	let stopped = false;
	const loop = (async () => {
		while (!stopped) {
			await guarded(round);
			await sleep(200);
		}
	})();
	return {
		behaviour,
		executions,
		actual,
		stop: () => {
			stopped = true;
			return loop;
		},
	};
}

/** What changed meanwhile, or an API server that restarts, is met again in the next round. */
async function guarded(action: () => Promise<unknown>): Promise<void> {
	try {
		await action();
	} catch (error) {
		const isPassing = !(error instanceof ApiError) || [404, 409, 429, 500, 503].includes(error.status);
		if (!isPassing) console.error(`operator: ${(error as Error).message}`);
	}
}

async function endDeletion(client: Client, path: string, object: JsonObject): Promise<void> {
	const finalizers = getAt(object, ['metadata', 'finalizers']);
	if (!isDeleting(object) || !Array.isArray(finalizers) || !finalizers.includes('foregroundDeletion')) return;
	await client.patch(path, { metadata: { finalizers: finalizers.filter((each) => each !== 'foregroundDeletion') } });
}

function condition(phase: string, message: string): JsonObject {
	const now = `${new Date().toISOString().slice(0, 19)}Z`;
	return { type: phase, status: 'True', reason: phase, message, lastTransitionTime: now };
}

function namespaceOf(object: JsonObject): string {
	return String(getAt(object, ['metadata', 'namespace']));
}

function isDeleting(object: JsonObject): boolean {
	return getAt(object, ['metadata', 'deletionTimestamp']) !== undefined;
}

function ageOf(object: JsonObject): string {
	return `${String(getAt(object, ['metadata', 'creationTimestamp']))} ${nameOf(object)}`;
}
