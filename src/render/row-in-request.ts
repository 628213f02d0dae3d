/** Which of several rows about a field a request was made from. */
import type { FieldRow } from '../catalog/types.js';
import type { Json, JsonObject } from '../json.js';
import { payloadPath } from './field.js';
import { bind, getAt, itemOf, type Path, parsePath } from './path.js';

/** Whether a request says what a row would have it say about a field: by its value, as a removal, or at least its constants. */
export function isCarriedBy(request: JsonObject, row: FieldRow, field: Path): boolean {
	const at = (path: string): Json | undefined => getAt(request, bind(parsePath(path), parsePath(row.from), field));
	const says = (constants: Record<string, Json> = {}) =>
		Object.entries(constants).every(([path, value]) => at(path) === value);
	if (!says(row.set)) return false;
	const to = payloadPath(row, field);
	if (to && getAt(request, to) !== undefined) return true;
	if (row.removedTo !== undefined) {
		const there = at(row.removedTo);
		const [, name] = itemOf(field.at(-1) as string) ?? [];
		return Array.isArray(there) ? there.includes(name as string) : there !== undefined;
	}
	return row.onRemove ? says(row.onRemove) : to === undefined;
}
