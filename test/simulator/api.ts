/** The API server as far as it matters: objects by identity, uids, and the guards that admission puts before writes. */

import { canonicalJson, isObject, type Json, type JsonObject } from '../../src/json.js';
import { getAt, setAt } from '../../src/render/path.js';
import { changedManagedLeaves } from './fence.js';
import { admitRequest, mutateDatabase, validateDatabase } from './webhooks.js';

export type Actor = 'gitops' | 'kubedb' | 'person';

export class Refused extends Error {
	constructor(
		readonly guard: 'chain' | 'fence' | 'webhook' | 'no-replace',
		message: string,
	) {
		super(message);
	}
}

export interface Guards {
	readonly chain: boolean;
	readonly fence: boolean;
}

export function keyOf(object: JsonObject): string {
	return `${String(object.kind)} ${String(getAt(object, ['metadata', 'namespace']))}/${String(getAt(object, ['metadata', 'name']))}`;
}

export class Api {
	readonly objects = new Map<string, JsonObject>();
	private uids = 0;
	private clock = 0;
	/** Writes by GitOps accounts that changed a managed field of a live database, guards or no guards. */
	readonly violations: string[] = [];

	constructor(private readonly guards: Guards) {}

	get(key: string): JsonObject | undefined {
		return this.objects.get(key);
	}

	ofKind(match: (kind: string) => boolean): JsonObject[] {
		return [...this.objects.values()].filter((object) => match(String(object.kind)));
	}

	/** Creates or updates an object as an apply does: what the manifest names is set, what it named last and does not name now is dropped. */
	apply(actor: Actor, manifest: JsonObject): void {
		const key = keyOf(manifest);
		const old = this.objects.get(key);
		const kind = String(manifest.kind);
		const next = old ? merged(old, manifest) : structuredClone(manifest);
		const metadata = next.metadata as JsonObject;
		if (isDatabase(next)) mutateDatabase(next);
		if (old) this.admitUpdate(actor, kind, old, next);
		else {
			if (kind.endsWith('OpsRequest')) admitRequest(next, this);
			metadata.uid = `uid-${++this.uids}`;
			metadata.creationTimestamp = ++this.clock;
			if (isDatabase(next)) next.status = { phase: 'Provisioning' };
		}
		if (actor === 'gitops') setAt(next, ['metadata', 'annotations', lastApplied], JSON.stringify(manifest));
		this.objects.set(key, next);
	}

	delete(key: string): void {
		this.objects.delete(key);
	}

	private admitUpdate(actor: Actor, kind: string, old: JsonObject, next: JsonObject): void {
		if (kind === 'ConfigMap' && getAt(old, ['metadata', 'labels', 'kubedb-render/role']) === 'plan')
			this.admitPlan(old, next);
		if (kind.endsWith('OpsRequest') && canonicalJson(old.spec as Json) !== canonicalJson(next.spec as Json))
			throw new Refused('webhook', 'spec is immutable');
		if (!isDatabase(next)) return;
		validateDatabase(old, next);
		if (actor !== 'gitops') return;
		const changed = changedManagedLeaves(old, next);
		if (changed.length === 0) return;
		const text = `${keyOf(next)}: ${changed.join(', ')}`;
		this.violations.push(text);
		const what = changed.map((each) => each.replace(/ .*/s, ' is changed by KubeDB alone')).join(', ');
		if (this.guards.fence) throw new Refused('fence', `${keyOf(next)}: ${what}. Hard-refresh and sync all of it`);
	}

	/** The chain: nothing changed, or a higher generation that follows the plan in the cluster. */
	private admitPlan(old: JsonObject, next: JsonObject): void {
		const [was, is] = [old, next].map((object) => object.data as Record<string, string>) as [
			Record<string, string>,
			Record<string, string>,
		];
		if (JSON.stringify(was) === JSON.stringify(is) || !this.guards.chain) return;
		const follows = (is.follows ?? '').split(',');
		if (Number(is.generation) > Number(was.generation) && follows.includes(was.digest as string)) return;
		const which = `generation ${is.generation} was not made from ${was.generation}`;
		throw new Refused(
			'chain',
			`stale plan refused, nothing was changed: ${which}. Hard-refresh the Application and sync again`,
		);
	}
}

export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export function isDatabase(object: JsonObject): boolean {
	return String(object.apiVersion).startsWith('kubedb.com/');
}

/** A three-way merge: maps member by member, lists as a whole (KubeDB's CRDs declare no list types). */
function merged(old: JsonObject, manifest: JsonObject): JsonObject {
	const text = getAt(old, ['metadata', 'annotations', lastApplied]);
	return mergeMaps(old, typeof text === 'string' ? JSON.parse(text) : {}, manifest);
}

function mergeMaps(old: JsonObject, last: JsonObject, next: JsonObject): JsonObject {
	const result: JsonObject = { ...old };
	for (const key of Object.keys(last)) if (!(key in next)) delete result[key];
	for (const [key, value] of Object.entries(next)) {
		const [was, before] = [old[key], last[key]];
		const isMap = isObject(value) && isObject(was);
		result[key] = isMap ? mergeMaps(was, isObject(before) ? before : {}, value) : (structuredClone(value) as Json);
	}
	return result;
}
