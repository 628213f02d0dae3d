/** Which rows of the catalog a request may speak of, and about which items. */
import { classify, isInTopology } from '../catalog/catalog.js';
import { holds, type Situation } from '../catalog/condition.js';
import type { FieldRow, Operation } from '../catalog/types.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import type { Field } from './field.js';
import { naturalKey } from './normalise.js';
import { bind, getAt, isWildcard, keyOfItem, matchStart, type Path, parsePath, showPath } from './path.js';
import type { Desired } from './situation.js';

export interface RequestRow {
	readonly row: FieldRow;
	/** The concrete path of the field. */
	readonly path: Path;
}

/**
 * Rows of the request's label, or of none, that apply to the database as it is; rows with wildcards once for each item
 * that the request is about. Where all below some roots is sent again, that is every item there.
 */
export function rowsOfRequest(
	{ desired, fields, situation }: { desired: Desired; fields: readonly Field[]; situation: Situation },
	form: Operation,
	wholeRoots: readonly Path[] = [],
): RequestRow[] {
	const labels = new Set(fields.map(({ row }) => row?.request));
	const needed = new Set(fields.flatMap(({ row }) => row?.with ?? []));
	const rows: RequestRow[] = [];
	for (const row of form.fields ?? []) {
		if (row.request !== undefined && !labels.has(row.request)) continue;
		const pattern = parsePath(row.from);
		const isWhole = needed.has(row.from) || wholeRoots.some((root) => matchStart(root, pattern));
		for (const path of isWhole ? pathsIn(desired.root, pattern) : pathsFor(pattern, fields)) {
			const applies = row.companion
				? isCompanion(row, path, desired, situation)
				: isOwner(row, path, desired, situation);
			if (applies) rows.push({ row, path });
		}
	}
	return rows;
}

/** Whether this is the row that claims the path: not one for another topology, or for new items only. */
export function isOwner(row: FieldRow, path: Path, { kind }: Desired, situation: Situation): boolean {
	return classify(kind, path, situation)?.entry.row === row;
}

function isCompanion(row: FieldRow, path: Path, { kind }: Desired, situation: Situation): boolean {
	return isInTopology(kind, row.topology, situation) && holds(row.when, situation, path, parsePath(row.from));
}

function pathsFor(pattern: Path, fields: readonly Field[]): Path[] {
	if (!pattern.some(isWildcard)) return [pattern];
	const item = pattern.slice(0, pattern.findIndex(isWildcard) + 1);
	const paths = new Map<string, Path>();
	for (const { match } of fields) {
		if (!match || !matchStart(item, match.field)) continue;
		const path = bind(pattern, match.entry.pattern, match.field);
		paths.set(showPath(path), path);
	}
	return [...paths.values()];
}

/** The paths that a pattern stands for in an object: one for each item of the lists on its way, by its key or else its place. */
export function pathsIn(root: JsonObject, pattern: Path): Path[] {
	const at = pattern.findIndex(isWildcard);
	if (at < 0) return [pattern];
	const list = getAt(root, pattern.slice(0, at));
	const names = Array.isArray(list)
		? itemSegments(pattern[at - 1] as string, list)
		: Object.keys(isObject(list) ? list : {});
	return names.flatMap((name) => pathsIn(root, [...pattern.slice(0, at), name, ...pattern.slice(at + 1)]));
}

function itemSegments(name: string, list: Json[]): string[] {
	const key = naturalKey(name, list);
	return list.map((item, i) => (key === undefined ? `[${i}]` : `[${key}=${keyOfItem(item, key)}]`));
}
