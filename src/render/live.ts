/** What the cluster says of a database: its live CR and its OpsRequests, read into what the rules need. */
import type { Kind } from '../catalog/catalog.js';
import phases from '../catalog/phases.yaml';
import { isObject, type JsonObject } from '../json.js';
import type { Identity } from '../memory/memory.js';
import { appliedTo } from './applied.js';
import { canonicalise } from './canonical.js';
import { type Leaves, leavesOf, redact } from './normalise.js';
import { getAt, type Path, parsePath } from './path.js';

export interface Live {
	readonly uid: string;
	/** `{spec}` in stored form. */
	readonly root: JsonObject;
	readonly leaves: Leaves;
	/** Digest of the plan that was last applied to it, or empty. */
	readonly plan: string;
	readonly phase: string;
	/** Whether a GitOps tool has applied a path before. */
	isApplied(path: Path): boolean;
}

/** `absent`: asked for and not there. `unknown`: nobody asked (no cluster to read). A failed read is neither: it is an error. */
export type LiveOrNot = Live | 'absent' | 'unknown';

export type Status = 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'absent' | 'unknown';

export interface Request {
	readonly name: string;
	readonly type: string;
	readonly status: Exclude<Status, 'absent' | 'unknown'>;
	readonly phase: string;
	/** What KubeDB says about the phase. */
	readonly message: string;
	readonly object: JsonObject;
}

/** By name; `unknown` where there is no cluster to read. */
export type Requests = ReadonlyMap<string, Request> | 'unknown';

/** Everything that is remembered or seen of one database besides the source. */
export interface Surroundings {
	readonly live: LiveOrNot;
	readonly requests: Requests;
	/** Whether the Application has an operation in progress. */
	readonly inProgress: boolean | 'unknown';
}

export function liveOf(kind: Kind, id: Identity, object: JsonObject): Live {
	const root = canonicalise(kind.facts, object);
	const metadata = isObject(object.metadata) ? object.metadata : {};
	const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
	return {
		uid: String(metadata.uid ?? ''),
		root,
		leaves: leavesOf(kind.facts.kind, redact(kind.facts.kind, root, saltOf(id))),
		plan: String(annotations['kubedb-render/plan'] ?? ''),
		phase: String(getAt(object, ['status', 'phase']) ?? ''),
		isApplied: appliedTo(object),
	};
}

export function saltOf({ kind, namespace, name }: Identity): string {
	return `${kind} ${namespace}/${name}`;
}

/** The OpsRequests of one database among all those of its kind and namespace. */
export function requestsOf(kind: Kind, id: Identity, objects: readonly JsonObject[]): Map<string, Request> {
	const reference = parsePath(kind.facts.reference ?? 'spec.databaseRef.name');
	const requests = new Map<string, Request>();
	for (const object of objects) {
		if (getAt(object, reference) !== id.name) continue;
		const name = String(getAt(object, ['metadata', 'name']));
		const phase = String(getAt(object, ['status', 'phase']) ?? '');
		const type = String(getAt(object, ['spec', 'type']) ?? '');
		requests.set(name, { name, type, phase, status: statusOf(phase), message: messageOf(object, phase), object });
	}
	return requests;
}

const states: Record<string, Request['status']> = { succeeded: 'done', failed: 'failed', superseded: 'skipped' };
const statuses = new Map(
	(phases as { opsRequest: { phases: { phase: string; state: string; health: string }[] } }).opsRequest.phases.map(
		({ phase, state }) => [phase, states[state] ?? (phase === 'Progressing' ? 'running' : 'waiting')] as const,
	),
);

/** A phase that the catalog does not know counts as running: it is not known to be over. */
export function statusOf(phase: string): Request['status'] {
	return statuses.get(phase) ?? 'running';
}

/** What KubeDB says about the phase that an OpsRequest is in; empty where it says nothing. */
export function messageOf(object: JsonObject, phase: string): string {
	const conditions = getAt(object, ['status', 'conditions']);
	if (!Array.isArray(conditions)) return '';
	const condition = conditions.find((each) => isObject(each) && each.type === phase);
	return isObject(condition) && typeof condition.message === 'string' ? condition.message : '';
}
