/** How things stand with the operations of a plan in the cluster: protocol section 3, "may still run". */
import { operationFactsOf } from '../catalog/catalog.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import type { Plan } from '../memory/memory.js';
import { type Field, targetIn } from './field.js';
import type { Request, Requests, Status, Surroundings } from './live.js';

/** An OpsRequest of a plan, and what plans need to know of it. */
export interface Operation {
	readonly name: string;
	readonly type: string;
	/** Ids of the fields that it brings to the plan's values. */
	readonly fields: readonly string[];
	/** The retry token that it was made under. */
	readonly retry: string;
	readonly manifest: JsonObject;
}

export const fieldsAnnotation = 'kubedb-render/fields';
export const retryAnnotation = 'kubedb-render/retry';

/** Of a plan, or of the part of its operations that is printed. */
export function operationsOf({ operations }: Pick<Plan, 'operations'>): Operation[] {
	return operations.map((manifest) => {
		const metadata = manifest.metadata as JsonObject;
		const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
		return {
			name: String(metadata.name),
			type: String((manifest.spec as JsonObject).type),
			fields: String(annotations[fieldsAnnotation] ?? '')
				.split(', ')
				.filter(Boolean),
			retry: String(annotations[retryAnnotation] ?? ''),
			manifest,
		};
	});
}

export interface Standing {
	statusOf(operation: Operation): Status;
	/** Whether an operation of the plan may still do something: it waits, it runs, or a sync may be about to create it. */
	isLive(operation: Operation): boolean;
	/** Whether anything may still change a field: any live request on it, or an operation of the plan for it. */
	mayStillChange(field: Field): boolean;
	/** What requests that wait or run want a field to be. */
	targets(field: Field): Json[];
}

/** `operations`: those of the unsettled plan, in order. */
export function standingOf(operations: readonly Operation[], { requests, inProgress }: Surroundings): Standing {
	const statusOf = ({ name }: Operation): Status =>
		requests === 'unknown' ? 'unknown' : (requests.get(name)?.status ?? 'absent');

	/** An absent operation is created only by a sync in progress, and only if none before it has failed. */
	const mayBeCreated = (operation: Operation): boolean => {
		// For a volume only what is known counts: an expansion that is only feared would forbid to give it up.
		const unknownCounts = operationFactsOf(operation.type).grows !== true;
		if (inProgress === false || (inProgress === 'unknown' && !unknownCounts)) return false;
		return !operations.slice(0, operations.indexOf(operation)).some((before) => statusOf(before) === 'failed');
	};

	const isLive = (operation: Operation): boolean => {
		const status = statusOf(operation);
		if (status === 'absent') return mayBeCreated(operation);
		return status === 'waiting' || status === 'running' || status === 'unknown';
	};

	const open = openRequests(requests);
	return {
		statusOf,
		isLive,
		mayStillChange: (field) =>
			open.some((request) => isAbout(request, field, operations)) ||
			operations.some((each) => each.type === field.type && sets(each, field) && isLive(each)),
		targets: (field) =>
			open.flatMap((request) => {
				const target = request.type === field.type ? targetIn(request.object, field) : undefined;
				return target === undefined ? [] : [target];
			}),
	};
}

/** What an operation was made for, or sets besides: fields that later plans gave up, and took off its list. */
function sets({ fields, manifest }: Operation, field: Field): boolean {
	return fields.some((id) => overlap(id, field.id)) || targetIn(manifest, field) !== undefined;
}

/** Whether one of two fields is the other, or a part of it. */
function overlap(a: string, b: string): boolean {
	const [short, long] = a.length < b.length ? [a, b] : [b, a];
	return long.startsWith(short) && (long.length === short.length || /[.[]/.test(long[short.length] as string));
}

function openRequests(requests: Requests): Request[] {
	if (requests === 'unknown') return [];
	return [...requests.values()].filter(({ status }) => status === 'waiting' || status === 'running');
}

/**
 * Whether a live request changes a field. One of ours says so itself; of others, requests that carry plain values are
 * read, and all else of the type (configuration, TLS, credentials) counts as being about every field of the type.
 */
function isAbout(request: Request, field: Field, operations: readonly Operation[]): boolean {
	if (request.type !== field.type) return false;
	const own = operations.find(({ name }) => name === request.name);
	if (own) return sets(own, field);
	if (operationFactsOf(field.type).writtenBack !== true || !field.row?.to) return true;
	return targetIn(request.object, field) !== undefined;
}
