/** Which rows of the catalog a request may speak of, and about which items. */
import { classify } from '../catalog/catalog.js';
import type { Situation } from '../catalog/condition.js';
import type { FieldRow, Operation } from '../catalog/types.js';
import type { Field } from './field.js';
import { bind, isWildcard, matchStart, type Path, parsePath, showPath } from './path.js';
import type { Desired } from './situation.js';

export interface RequestRow {
	readonly row: FieldRow;
	/** The concrete path of the field. */
	readonly path: Path;
}

/**
 * Rows of the request's label, or of none, that apply to the database as it is; rows with wildcards once for each item
 * that the request is about.
 */
export function rowsOfRequest(
	{ desired, fields, situation }: { desired: Desired; fields: readonly Field[]; situation: Situation },
	form: Operation,
): RequestRow[] {
	const labels = new Set(fields.map(({ row }) => row?.request));
	const rows: RequestRow[] = [];
	for (const row of form.fields ?? []) {
		if (row.request !== undefined && !labels.has(row.request)) continue;
		const pattern = parsePath(row.from);
		for (const path of pattern.some(isWildcard) ? pathsFor(pattern, fields) : [pattern]) {
			if (row.companion || isOwner(row, path, desired, situation)) rows.push({ row, path });
		}
	}
	return rows;
}

/** Whether this is the row that claims the path: not one for another topology, or for new items only. */
function isOwner(row: FieldRow, path: Path, { kind }: Desired, situation: Situation): boolean {
	return classify(kind, path, situation)?.entry.row === row;
}

function pathsFor(pattern: Path, fields: readonly Field[]): Path[] {
	const item = pattern.slice(0, pattern.findIndex(isWildcard) + 1);
	const paths = new Map<string, Path>();
	for (const { match } of fields) {
		if (!match || !matchStart(item, match.field)) continue;
		const path = bind(pattern, match.field);
		paths.set(showPath(path), path);
	}
	return [...paths.values()];
}
