/** What KubeDB's admission would refuse about a request, as far as the request and the database show it. */
import { isSet } from '../catalog/condition.js';
import type { Operation } from '../catalog/types.js';
import type { JsonObject } from '../json.js';
import type { Field } from './field.js';
import { bind, getAt, matchStart, parsePath, showPath } from './path.js';
import type { PayloadInput } from './payload.js';
import type { RequestRow } from './payload-rows.js';
import type { Desired, Report } from './situation.js';

/** Bounds, values that the live database must have, and companions that are nowhere to be found. */
export function checkValues(
	root: JsonObject,
	{ desired, fields, situation }: PayloadInput,
	rows: readonly RequestRow[],
	report: Report,
): void {
	for (const { row, match } of fields) {
		const path = match?.field;
		const value = path && getAt(desired.root, path);
		if (!row || !path || !isSet(value)) continue;
		const { min = -Infinity, max = Infinity } = row.limits ?? {};
		if (row.limits && !(Number(value) >= min && Number(value) <= max)) {
			const range = max === Infinity ? `${min} or more` : `${min} to ${max}`;
			report({
				code: 'out-of-range',
				message: `KubeDB's admission takes ${range} for ${showPath(path)}, not ${String(value)}`,
				path,
				hint: `Choose ${range}.`,
			});
		}
		if (row.needsLive && situation.live && !isSet(getAt(situation.live, path))) {
			report({
				code: 'needs-live-value',
				message: `KubeDB's admission refuses to change ${showPath(path)} of a database that has no value there`,
				path,
				hint: 'Take the change back; the value can be given only when a database is created.',
			});
		}
		for (const companion of rows.filter((each) => row.with?.includes(each.row.from))) {
			if (!companion.row.to || getAt(root, bind(parsePath(companion.row.to), companion.path)) !== undefined) continue;
			report({
				code: 'needs-companion',
				message: `KubeDB's admission takes ${showPath(path)} only together with ${showPath(companion.path)}, which is not set`,
				path,
				hint: `Set ${showPath(companion.path)} as well.`,
			});
		}
	}
}

/** Whether an operation has a way to carry out that git does not set a field any more. */
export function canBeTakenBack(desired: Desired, field: Field): boolean {
	const form = desired.kind.facts.operations[field.type] ?? {};
	const goesWithAll = form.removal?.some(
		({ root, when }) => when === 'gone' && !isSet(getAt(desired.root, parsePath(root))),
	);
	return field.row?.to === undefined || goesWithAll === true || asksForSomething(desired, field);
}

/** Whether a field has anything to say in a request: a value, or its removal. */
export function asksForSomething({ root, kind }: Desired, { type, row, match, token }: Field): boolean {
	if (!row || !match || token || isSet(getAt(root, match.field))) return true;
	if (row.onRemove !== undefined || row.absent !== undefined) return true;
	const form = kind.facts.operations[type] ?? {};
	if (form.removal?.some((removal) => matchStart(parsePath(removal.root), match.field))) return true;
	// Of a payload that is sent as a whole, a part may be left out.
	return form.send === 'all' && (form.fields ?? []).some(({ from }) => isSet(getAt(root, parsePath(from))));
}

/** Combinations within the payload. */
export function checkPayload(root: JsonObject, fields: readonly Field[], form: Operation, report: Report): void {
	for (const { payload = {}, because, hint } of form.refuse ?? []) {
		if (!Object.entries(payload).every(([path, value]) => getAt(root, parsePath(path)) === value)) continue;
		const path = fields.find(({ match }) => match)?.match?.field;
		report({ code: 'admission', message: because, ...(path ? { path } : {}), ...(hint ? { hint } : {}) });
	}
}
