/** A field that an operation carries out: what the rules of the protocol speak of. */
import deepDiff from 'deep-diff';
import { classify, isAboutNewTopology, isWrittenBack, type Match, operationFactsOf } from '../catalog/catalog.js';
import { isSet, type Situation } from '../catalog/condition.js';
import type { FieldRow } from '../catalog/types.js';
import type { Json, JsonObject } from '../json.js';
import type { Live } from './live.js';
import { isBelow, type Leaves, leafKey, leafPath } from './normalise.js';
import { bind, getAt, type Path, parsePath, showPath } from './path.js';
import type { Desired } from './situation.js';

export interface Field {
	/** The field path, or the name of a token: what plans remember it by. */
	readonly id: string;
	readonly type: string;
	/** Fields of one group go into one OpsRequest. */
	readonly group: string;
	/** To be carried out only once the database has been scaled into a new topology. */
	readonly isLate?: boolean;
	/** Absent for a token that is about no field. */
	readonly match?: Match;
	readonly row?: FieldRow;
	/** A token asks for an operation whatever the database looks like. */
	readonly token?: string;
}

/** The field of a catalog match that an operation or a Restart carries out. */
export function fieldOf({ kind }: Desired, match: Match, situation: Situation): Field {
	const { row, operation } = match.entry;
	const type = operation ?? 'Restart';
	const isLate = isAboutNewTopology(kind, match, situation);
	const group = [type, ...(row?.request ? [row.request] : []), ...(isLate ? ['late'] : [])].join('/');
	return { id: showPath(match.field), type, group, isLate, match, ...(row ? { row } : {}) };
}

/** Whether the value may only become larger: a volume, or a number that KubeDB does not make smaller. */
export function onlyGrows({ type, row }: Field): boolean {
	return row?.grows === true || operationFactsOf(type).grows === true;
}

/** The keys of the leaves that two databases do not have alike, sorted. */
export function differing(a: Leaves, b: Leaves): string[] {
	if (a === b) return [];
	return (deepDiff.diff(a, b) ?? []).map((change) => String(change.path?.[0])).sort();
}

/** The keys of all leaves that belong to a field, and not to one with a longer path, in any of the databases. */
export function leavesOfField(
	{ kind }: Desired,
	{ entry, field }: Match,
	situation: Situation,
	databases: readonly (Leaves | undefined)[],
): Set<string> {
	const prefix = leafKey(field);
	const keys = new Set<string>();
	for (const leaves of databases) {
		for (const key in leaves) {
			if (keys.has(key) || !isBelow(key, prefix)) continue;
			if (classify(kind, leafPath(key), situation)?.entry === entry) keys.add(key);
		}
	}
	return keys;
}

/** Every field below some database that an operation carries out, by id. */
export function managedFields(
	desired: Desired,
	situation: Situation,
	databases: readonly Leaves[],
): Map<string, Field> {
	const fields = new Map<string, Field>();
	for (const leaves of databases) {
		for (const key in leaves) {
			const match = classify(desired.kind, leafPath(key), situation);
			if (match?.entry.class !== 'operation') continue;
			const field = fieldOf(desired, match, situation);
			fields.set(field.id, field);
		}
	}
	return fields;
}

/** Whether the live database has the desired value of a field, as far as anyone named its keys. */
export function isSameInLive(
	desired: Desired,
	match: Match,
	situation: Situation,
	live: Live,
	named: readonly (Leaves | undefined)[],
): boolean {
	const keys = leavesOfField(desired, match, situation, [desired.leaves, ...named]);
	return [...keys].every((key) => live.leaves[key] === desired.leaves[key]);
}

/** Whether the live database proves what a field is: KubeDB writes it back, or it is gone and that is all there is to know. */
export function isEvidence(field: Field, desired: Desired, live: Live, situation: Situation): boolean {
	const { match, row } = field;
	if (!match || !row || field.token) return false;
	const { removedItems = [], removedLeaves = new Set() } = situation;
	if (removedItems.some((item) => field.id.startsWith(`${item}.`))) return false;
	const removed = !isSet(getAt(desired.root, match.field));
	// Where only values are written back, one that is still there may have been removed without a trace.
	const hidesRemoval = !removed && !isWrittenBack(match.entry, true);
	const prefix = leafKey(match.field);
	if (hidesRemoval && [...removedLeaves].some((key) => isBelow(key, prefix))) return false;
	if (isWrittenBack(match.entry, removed)) return true;
	return removed && row.absentLiveIsDone === true && !isSet(getAt(live.root, match.field));
}

/** What an OpsRequest wants a field to be, or undefined where it does not name it. */
export function targetIn(request: JsonObject, field: Field): Json | undefined {
	const { match, row } = field;
	if (!match || !row?.to) return undefined;
	for (const [path, constant] of Object.entries(row.set ?? {})) {
		if (getAt(request, parsePath(path)) !== constant) return undefined;
	}
	return getAt(request, payloadPath(row, match.field) as Path);
}

/** The concrete path of the payload of a field. */
export function payloadPath(row: FieldRow, field: Path): Path | undefined {
	return row.to === undefined ? undefined : bind(parsePath(row.to), parsePath(row.from), field);
}
