/**
 * The few payloads that data cannot say. A row of the catalog names one by `hook`; it makes the value of the row's `to`
 * from the value that git gives the field.
 */
import { isObject, type Json, type JsonObject } from '../json.js';
import type { Identity } from '../memory/memory.js';
import { digestOf } from '../render/digest.js';
import { getAt, itemOf, keyOfItem, type Path } from '../render/path.js';
import type { Situation } from './condition.js';

export interface HookInput {
	/** Of the field. */
	readonly path: Path;
	readonly situation: Situation;
	/** Says that KubeDB would refuse the request, and the way out. */
	refuse(because: string, hint: string): void;
}

/** Undefined where the request is not to speak of the field. */
export type Hook = (value: Json | undefined, input: HookInput) => Json | undefined;

export const hooks: Readonly<Record<string, Hook>> = {
	/** A switch that the request spells the other way round: MSSQLServer's clientTLS goes off by `remove: true`. */
	not: (value) => value !== true,

	/**
	 * A backend of Pgpool, which KubeDB adds to those that the database has: all by groupName or all by hostName. Others
	 * leave only where git named them before.
	 */
	backendOfOneKind: (value, { path, situation, refuse }) => {
		if (value === undefined) return undefined;
		const [key = ''] = itemOf(path.at(-1) ?? '') ?? [];
		const [live, before] = [situation.live, situation.rendered].map((root) => itemsAt(root, path.slice(0, -1)));
		const nameOf = (item: Json) => keyOfItem(item, 'groupName') ?? keyOfItem(item, 'hostName');
		const named = new Set(before?.map(nameOf));
		if (live?.some((item) => keyOfItem(item, key) === undefined && !named.has(nameOf(item))))
			refuse(
				`the database has backends without a ${key}, and KubeDB keeps one kind of name`,
				'Name the backends in git as the database has them first.',
			);
		return value;
	},

	/**
	 * The addresses that a growing Redis cluster lacks: KubeDB's admission wants one entry for each shard that needs some,
	 * in order, those of new replicas only, while the database CR has to carry all of them
	 * (kubedb/apimachinery v0.66.0, pkg/webhooks/ops/v1alpha1/redis.go, checkHorizontalOpsReqForClusterMode).
	 */
	missingEndpoints: (value, { path, situation, refuse }) => {
		const [before, now] = [getAt(situation.previous, path), value].map(endpointsOf);
		const kept = (before ?? []).map((shard, i) => shard.filter((each) => now?.[i]?.includes(each)));
		if (kept.some((shard, i) => shard.length < (before?.[i]?.length ?? 0)))
			refuse(
				'addresses of running members change together with the number of shards or replicas',
				'Take two steps: first the addresses, then the numbers.',
			);
		return (now ?? [])
			.map((shard, i) => ({ endpoints: shard.filter((each) => !kept[i]?.includes(each)) }))
			.filter(({ endpoints }) => endpoints.length > 0);
	},
};

function itemsAt(root: JsonObject | undefined, path: Path): readonly Json[] {
	const list = getAt(root, path);
	return Array.isArray(list) ? list : [];
}

function endpointsOf(shards: Json | undefined): string[][] {
	const list = Array.isArray(shards) ? shards : [];
	return list.map((shard) => {
		const endpoints = isObject(shard) ? shard.endpoints : undefined;
		return Array.isArray(endpoints) ? endpoints.map(String) : [];
	});
}

/** Throws for a name that is none. */
export function hookFor(name: string): Hook {
	const hook = hooks[name];
	if (!hook) throw new Error(`the catalog has no hook ${name}`);
	return hook;
}

/** Makes the value of a field that KubeDB would make up, for a database to be created; always the same for one database. */
export type Inventor = (id: Identity) => string;

const inventors: Readonly<Record<string, Inventor>> = {
	/** 16 bytes in base64, without padding; KubeDB's own end in w too (apis/kubedb/v1/kafka_helpers.go, v0.66.0). */
	kafkaClusterId: ({ kind, namespace, name }) => `${digestOf(kind, namespace, name, 'cluster id').slice(0, 21)}w`,
};

/** Throws for a name that is none. */
export function inventorFor(name: string): Inventor {
	const inventor = inventors[name];
	if (!inventor) throw new Error(`the catalog has no inventor ${name}`);
	return inventor;
}
