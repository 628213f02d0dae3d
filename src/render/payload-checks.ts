/** What KubeDB's admission would refuse about a request, as far as the request and the database show it. */
import { operationFactsOf } from '../catalog/catalog.js';
import { holds, isSet, passes } from '../catalog/condition.js';
import type { Operation } from '../catalog/types.js';
import { canonicalJson, type Json, type JsonObject } from '../json.js';
import { type Field, payloadPath } from './field.js';
import { prefix } from './options.js';
import { getAt, matchStart, type Path, parsePath, showPath } from './path.js';
import type { PayloadInput } from './payload.js';
import { isOwner, pathsIn, type RequestRow } from './payload-rows.js';
import { quantityValue } from './quantity.js';
import { shownTo } from './shown.js';
import type { Desired, Report } from './situation.js';

/** Bounds, values that the live database must have, and companions that are nowhere to be found. */
export function checkValues(
	root: JsonObject,
	input: PayloadInput,
	form: Operation,
	rows: readonly RequestRow[],
	report: Report,
): void {
	const { desired, fields, situation } = input;
	checkShared(input, form, report);
	for (const { row, match } of fields) {
		const path = match?.field;
		const value = path && getAt(desired.root, path);
		if (!row || !path || !isSet(value)) continue;
		const { min = -Infinity, max = Infinity } = row.limits ?? {};
		if (row.limits && !(Number(value) >= min && Number(value) <= max)) {
			const range = max === Infinity ? `${min} or more` : `${min} to ${max}`;
			report({
				code: 'out-of-range',
				message: `${showPath(path)} cannot be changed to ${String(value)}: KubeDB takes ${range}`,
				path,
				hint: `Choose ${range}.`,
			});
		}
		const needed = Array.isArray(row.needsLive) ? row.needsLive.map(parsePath) : row.needsLive ? [path] : [];
		const missing = needed.find((each) => situation.live && !isSet(getAt(situation.live, each)));
		if (missing) {
			const where = showPath(missing) === showPath(path) ? 'there already' : `at ${showPath(missing)}`;
			report({
				code: 'needs-live-value',
				message: `${showPath(path)} cannot be set${shownTo(desired.id.kind, desired.root, path)}: KubeDB takes that only of a database that has a value ${where}`,
				path,
				hint: 'Remove it again. It can be given when a database is created.',
			});
		}
		for (const companion of rows.filter((each) => row.with?.includes(each.row.from))) {
			const to = payloadPath(companion.row, companion.path);
			if (!to || getAt(root, to) !== undefined) continue;
			report({
				code: 'needs-companion',
				message: `${showPath(path)} cannot be changed alone: KubeDB takes it only together with ${showPath(companion.path)}, which is not set`,
				path,
				hint: `Set ${showPath(companion.path)} as well.`,
			});
		}
	}
}

/** Fields for which the request has one value have to be alike, and, where they grow, all to grow. */
function checkShared({ desired, type, fields, situation }: PayloadInput, form: Operation, report: Report): void {
	const seen = new Set<string>();
	for (const { row, match } of fields) {
		if (!row?.oneValue || !row.to || !match || seen.has(row.to)) continue;
		seen.add(row.to);
		const others = (form.fields ?? [])
			.filter((each) => each.to === row.to && each.oneValue)
			.flatMap((each) =>
				pathsIn(desired.root, parsePath(each.from)).filter((path) => isOwner(each, path, desired, situation)),
			);
		const valueAt = (path: Path) => canonicalJson(getAt(desired.spec, path) ?? null);
		const other = others.find((path) => valueAt(path) !== valueAt(match.field));
		if (other)
			report({
				code: 'one-value',
				message: `KubeDB has one value for ${showPath(match.field)} and ${showPath(other)}, and they are ${valueAt(match.field)} and ${valueAt(other)}`,
				path: match.field,
				hint: 'Give both the same value.',
			});
		const grown = operationFactsOf(type).grows
			? others.find((path) => !isToGrow(desired.root, situation.live, path))
			: undefined;
		if (!other && grown)
			report({
				code: 'one-value',
				message: `KubeDB expands ${showPath(match.field)} only together with ${showPath(grown)}, which is as large already`,
				path: match.field,
				hint: 'Choose a size that is larger than all of them are.',
			});
	}
}

function isToGrow(root: JsonObject, live: JsonObject | undefined, path: Path): boolean {
	const [wanted, now] = [root, live].map((object) => quantityValue(String(getAt(object, path) ?? '')));
	return wanted === undefined || now === undefined || wanted > now;
}

/** Whether an operation has a way to carry out that git does not set a field any more. */
export function canBeTakenBack(
	desired: Pick<Desired, 'kind' | 'root'>,
	field: Pick<Field, 'type' | 'row' | 'match' | 'token'>,
): boolean {
	const form = desired.kind.facts.operations[field.type] ?? {};
	const goesWithAll = form.removal?.some(
		({ root, when }) => when === 'gone' && !isSet(getAt(desired.root, parsePath(root))),
	);
	return field.row?.to === undefined || goesWithAll === true || asksForSomething(desired, field);
}

/** Whether a field has anything to say in a request: a value, or its removal. */
export function asksForSomething(
	{ root, kind }: Pick<Desired, 'kind' | 'root'>,
	{ type, row, match, token }: Pick<Field, 'type' | 'row' | 'match' | 'token'>,
): boolean {
	if (!row || !match || token || isSet(getAt(root, match.field))) return true;
	if (row.onRemove !== undefined || row.removedTo !== undefined || row.absent !== undefined) return true;
	const form = kind.facts.operations[type] ?? {};
	const isIn = (root: string) => matchStart(parsePath(root), match.field) !== undefined;
	if (form.removal?.some(({ except = [] }) => except.some(isIn))) return false;
	if (form.removal?.some((removal) => isIn(removal.root))) return true;
	// Of a payload that is sent as a whole, a part may be left out.
	return form.send === 'all' && (form.fields ?? []).some(({ from }) => isSet(getAt(root, parsePath(from))));
}

/** Combinations within the payload, and what the database must be like. */
export function checkPayload(root: JsonObject, input: PayloadInput, form: Operation, report: Report): void {
	const rotation = input.fields.find(({ token }) => token?.startsWith('rotate-'))?.token;
	if (rotation && form.rotates && !isSet(getAt(input.desired.root, parsePath(form.rotates)))) {
		const message = `annotation ${prefix}${rotation} asks for nothing: ${form.rotates} is not set`;
		report({ code: 'annotation', message, path: ['metadata', 'annotations', prefix + rotation], hint: 'Remove it.' });
	}
	for (const { payload = {}, when, because, hint } of form.refuse ?? []) {
		if (!holds(when, input.situation)) continue;
		const read = (path: string) => getAt(root, parsePath(path));
		if (!Object.entries(payload).every(([path, test]) => passes(test, read(path), read))) continue;
		const annotation = optionBehind(payload, input, form);
		const path = annotation
			? ['metadata', 'annotations', annotation.key]
			: input.fields.find(({ match }) => match)?.match?.field;
		const what = annotation
			? `annotation ${annotation.key} cannot be ${annotation.value}: `
			: path
				? `${showPath(path)} is refused: `
				: '';
		report({ code: 'admission', message: what + because, ...(path ? { path } : {}), ...(hint ? { hint } : {}) });
	}
}

/** The annotation that is to blame for a payload, where it is one. */
function optionBehind(
	payload: Readonly<Record<string, Json>>,
	{ desired: { options } }: PayloadInput,
	form: Operation,
): { key: string; value: string } | undefined {
	const option = form.options?.find(({ path, annotation }) => path in payload && options[annotation] !== undefined);
	return option && { key: prefix + option.annotation, value: String(options[option.annotation]) };
}
