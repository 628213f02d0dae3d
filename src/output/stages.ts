/**
 * The stages of a database under Flux: what kustomize-controller applies one after the other, each in a Kustomization of
 * its own, because the objects of one Kustomization are created in the same second.
 */
import { operationFactsOf, operationTypes } from '../catalog/catalog.js';
import { isObject, type JsonObject } from '../json.js';
import { configMapName, type Identity, type Plan } from '../memory/memory.js';
import { digestOf } from '../render/digest.js';
import { waves } from '../render/order.js';
import { getAt } from '../render/path.js';
import type { RenderedDatabase } from '../render/render.js';
import { databaseHealth, gateHealth, requestHealth } from './flux-health.js';

/** What a gate accepts to find in the cluster. */
export interface Gate {
	readonly plans: readonly string[];
	readonly states: readonly string[];
}

export interface Stage {
	/** `00-gate`, `10-verticalscaling`: the last part of its path and name. */
	readonly key: string;
	/** Its name does not change from plan to plan: Flux labels objects with it, and KubeDB hands a database's labels to pods. */
	readonly isStable: boolean;
	readonly objects: readonly JsonObject[];
	/** Fields of the Kustomization's spec that make it wait. */
	readonly health: JsonObject;
	/** Holds Secrets of the source besides. */
	readonly hasSecrets: boolean;
}

/** Enough of a digest to tell two plans of one database apart. */
const DIGITS = 8;
/** Names of Kustomizations are values of labels. */
const LIMIT = 63;

/** `demo-postgres-pg`: what the names of a database's Kustomizations begin with; cut, with a hash, where it is long. */
export function baseName({ namespace, kind, name }: Identity): string {
	const longest = Math.max(...operationTypes().map((type) => operationFactsOf(type).slug.length));
	const room = LIMIT - `-${'x'.repeat(DIGITS)}-10-`.length - longest;
	const full = `${namespace}-${kind.toLowerCase()}-${name}`;
	if (full.length <= room) return full;
	const hash = (BigInt(`0x${digestOf(namespace, kind, name)}`) % 36n ** 6n).toString(36).padStart(6, '0');
	return `${full.slice(0, room - 7).replace(/[^a-z0-9]+$/, '')}-${hash}`;
}

/** The name of a stage's Kustomization. */
export function stageName(id: Identity, plan: Plan, { key, isStable }: Pick<Stage, 'key' | 'isStable'>): string {
	return [baseName(id), ...(isStable ? [] : [plan.digest.slice(0, DIGITS)]), key].join('-');
}

/** The folder of a stage: the digest in it keeps a stage from ever reading what belongs to another plan. */
export function stagePath({ namespace, kind, name }: Identity, plan: Plan, key: string): string {
	return `databases/${namespace}/${kind.toLowerCase()}-${name}/${plan.digest.slice(0, DIGITS)}/${key}`;
}

/**
 * What has to stand in the cluster before a plan may touch anything: the plan itself or one that it may follow, and a
 * state that it may start from. After it is done, only its own state will do. Undefined for a creation, which finds nothing.
 */
export function gateOf({ plan, settled }: RenderedDatabase['outcome']): Gate | undefined {
	if (plan.base === '') return undefined;
	const started = settled ? [] : [...(plan.states ?? []), plan.assumed].filter((digest) => digest !== '');
	const unique = (digests: readonly string[]) => [...new Set(digests)].sort();
	return { plans: unique([...plan.follows, plan.digest]), states: unique([...started, plan.digest]) };
}

/** The stages of a database in order. `secrets` says whether Secrets of the source belong to it alone. */
export function stagesOf(database: RenderedDatabase, secrets: boolean): Stage[] {
	const { desired, outcome, objects } = database;
	const { id, kind } = desired;
	const gate = gateOf(outcome);
	const at = (fits: (wave: number) => boolean) =>
		objects.filter(({ wave }) => fits(wave)).map(({ object }) => forFlux(object));
	const stage = (key: string, own: readonly JsonObject[], rest: Partial<Stage> = {}): Stage => ({
		key,
		isStable: false,
		objects: own,
		health: {},
		hasSecrets: false,
		...rest,
	});
	const request = (object: JsonObject, position: number): Stage => {
		const type = String(getAt(object, ['spec', 'type']));
		const health = { wait: true, healthCheckExprs: [requestHealth(kind.facts.opsRequest)] };
		return stage(`${position}-${operationFactsOf(type).slug}`, [object], { health });
	};
	const names = (['plan', 'state'] as const).map((role) => configMapName(id, role));
	const checks = names.map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace: id.namespace }));
	return [
		...(gate
			? [
					stage('00-gate', [], {
						health: {
							healthChecks: checks,
							healthCheckExprs: [gateHealth(names[0] as string, gate.plans, gate.states)],
						},
					}),
				]
			: []),
		stage(
			'01-plan',
			at((wave) => wave === waves.plan),
		),
		...(secrets ? [stage('05-secrets', [], { hasSecrets: true })] : []),
		...at((wave) => wave >= waves.operations && wave < waves.database).map((object, i) => request(object, 10 + i)),
		stage(
			'50-database',
			at((wave) => wave === waves.database),
			{
				isStable: true,
				health: { wait: true, healthCheckExprs: [databaseHealth(kind.facts.database, id.kind)] },
			},
		),
		...at((wave) => wave > waves.database && wave < waves.state).map((object, i) => request(object, 60 + i)),
		stage(
			'90-state',
			at((wave) => wave === waves.state),
			{ isStable: true },
		),
	];
}

/** Never pruned, never substituted; and without the marks that are for Argo CD alone. */
export function forFlux(object: JsonObject): JsonObject {
	const metadata = isObject(object.metadata) ? object.metadata : {};
	const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
	const own = Object.entries(annotations).filter(([key]) => !key.startsWith('argocd.argoproj.io/'));
	const marks = {
		'kustomize.toolkit.fluxcd.io/prune': 'disabled',
		'kustomize.toolkit.fluxcd.io/substitute': 'disabled',
	};
	return { ...object, metadata: { ...metadata, annotations: { ...Object.fromEntries(own), ...marks } } };
}
