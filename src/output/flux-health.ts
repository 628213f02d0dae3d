/**
 * When kustomize-controller takes an object for current or failed, as CEL, from the phases that KubeDB has. `has()` on a
 * status that is not there is an evaluation error, which keeps a stage waiting, as it should (fluxcd/pkg runtime/cel).
 */
import phases from '../catalog/phases.yaml';
import type { JsonObject } from '../json.js';

interface Phase {
	readonly phase: string;
	readonly state?: string;
	readonly health: string;
}

const { opsRequest, database } = phases as Record<'opsRequest' | 'database', { phases: Phase[] }>;

const list = (phasesOf: readonly Phase[], fits: (phase: Phase) => boolean): string =>
	celList(phasesOf.filter(fits).map(({ phase }) => phase));

/** A list of strings in CEL; digests and phases hold nothing that needs an escape. */
export function celList(texts: readonly string[]): string {
	return `[${texts.map((text) => `'${text}'`).join(', ')}]`;
}

/** An OpsRequest is over when it is done, or when it will never be. */
export function requestHealth(kind: string): JsonObject {
	return {
		apiVersion: 'ops.kubedb.com/v1alpha1',
		kind,
		failed: `has(status.phase) && status.phase in ${list(opsRequest.phases, ({ state }) => state === 'failed' || state === 'superseded')}`,
		current: `has(status.phase) && status.phase in ${list(opsRequest.phases, ({ state }) => state === 'succeeded')}`,
	};
}

/** A database is current when it is ready, or stopped on purpose; all else may still become so. */
export function databaseHealth(apiVersion: string, kind: string): JsonObject {
	const phase = list(database.phases, ({ health }) => health === 'Healthy' || health === 'Suspended');
	const observed = '(!has(status.observedGeneration) || status.observedGeneration == metadata.generation)';
	return { apiVersion, kind, current: `has(status.phase) && status.phase in ${phase} && ${observed}` };
}

/** A ConfigMap is current when its digest is one of those that are accepted, and else not worth waiting for. */
export function gateHealth(planName: string, plans: readonly string[], states: readonly string[]): JsonObject {
	const accepted = `data.digest in (metadata.name == '${planName}' ? ${celList(plans)} : ${celList(states)})`;
	return { apiVersion: 'v1', kind: 'ConfigMap', failed: `!(${accepted})`, current: accepted };
}
