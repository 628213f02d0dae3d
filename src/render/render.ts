/**
 * The idea of this program, as a pure function: from a desired database, what is remembered of it and what the cluster
 * shows, to the objects that any GitOps tool can apply in the order of their waves.
 */
import type { JsonObject } from '../json.js';
import {
	type ConfigMapContent,
	configMapName,
	type Identity,
	planContent,
	type Role,
	stateContent,
} from '../memory/memory.js';
import { isError, type Problem } from '../problems.js';
import { databaseOf, keepOptions } from './database.js';
import { withMadeUp } from './made-up.js';
import { waves } from './order.js';
import { type Outcome, planFor } from './plan.js';
import { reporter } from './report.js';
import type { Desired, Memory } from './situation.js';

/** An object of ours and the sync wave that it belongs to. */
export interface Rendered {
	readonly wave: number;
	readonly object: JsonObject;
}

export interface RenderedDatabase {
	readonly desired: Desired;
	readonly memory: Memory;
	/** By wave. Not to be used where a problem is an error. */
	readonly objects: readonly Rendered[];
	readonly outcome: Outcome;
	readonly problems: readonly Problem[];
}

/** Renders one database. */
export function render(source: Desired, memory: Memory): RenderedDatabase {
	const problems: Problem[] = [];
	const report = reporter(source.origin, problems);
	const desired = withMadeUp(source, memory, report);
	const outcome = planFor(desired, memory, report);
	if (problems.some(isError)) return { desired, memory, objects: [], outcome, problems };
	const { id } = desired;
	const objects = [
		{ wave: waves.plan, object: memoryObject(id, 'plan', planContent(id, outcome.plan)) },
		...outcome.operations.map((object) => ({ wave: waveIn(object), object })),
		{ wave: waves.database, object: databaseOf(desired, memory, outcome) },
		{ wave: waves.state, object: memoryObject(id, 'state', stateContent(id, outcome.state)) },
	];
	objects.sort((a, b) => a.wave - b.wave);
	return { desired, memory, objects, outcome, problems };
}

function waveIn(object: JsonObject): number {
	const { annotations } = object.metadata as { annotations: Record<string, string> };
	return Number(annotations['argocd.argoproj.io/sync-wave']);
}

/** The ConfigMap of a plan or a state. Applied server-side: client-side, its content would be copied into an annotation. */
export function memoryObject(id: Identity, role: Role, content: ConfigMapContent): JsonObject {
	return {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: {
			name: configMapName(id, role),
			namespace: id.namespace,
			labels: { 'kubedb-render/role': role },
			annotations: {
				'argocd.argoproj.io/sync-wave': String(waves[role]),
				'argocd.argoproj.io/sync-options': `ServerSideApply=true,${keepOptions}`,
			},
		},
		...(content.binaryData ? { binaryData: { ...content.binaryData } } : {}),
		data: { ...content.data },
	};
}
