/** The spec of an OpsRequest: from the fields that it carries out to the payload that KubeDB wants. */
import { isInTopology, lacks, operationFactsOf } from '../catalog/catalog.js';
import { isSet, type Situation } from '../catalog/condition.js';
import { hookFor } from '../catalog/hooks.js';
import type { Operation as OperationForm, Removal } from '../catalog/types.js';
import type { Json, JsonObject } from '../json.js';
import { type Field, payloadPath } from './field.js';
import { leafPath } from './normalise.js';
import { optionFor } from './options.js';
import { bind, getAt, itemOf, matchStart, type Path, parsePath, setAt, showPath } from './path.js';
import { checkPayload, checkValues } from './payload-checks.js';
import { type RequestRow, rowsOfRequest } from './payload-rows.js';
import type { Desired, Report } from './situation.js';

export interface PayloadInput {
	readonly desired: Desired;
	readonly type: string;
	/** Fields of one group. */
	readonly fields: readonly Field[];
	readonly situation: Situation;
	/** Keys of the leaves that the database may have and the desired one does not name any more. */
	readonly gone: ReadonlySet<string>;
}

/** The spec of the OpsRequest for fields of one group. What KubeDB would refuse is reported. */
export function payloadOf(input: PayloadInput, report: Report): JsonObject {
	const { desired, type, fields } = input;
	const { facts } = desired.kind;
	const form = facts.operations[type] ?? {};
	const root: JsonObject = { spec: {} };
	setAt(root, parsePath('spec.type'), type);
	setAt(root, parsePath(facts.reference ?? 'spec.databaseRef.name'), desired.id.name);
	setAt(root, parsePath('spec.apply'), optionFor(desired, 'apply', type) ?? 'IfReady');
	if (fields.some(({ token }) => token?.startsWith('rotate-'))) putAll(root, form.rotate ?? {});
	else putFields(root, input, form, report);
	putOptions(root, desired, type, form);
	checkPayload(root, input, form, report);
	return root.spec as JsonObject;
}

function putAll(root: JsonObject, settings: Readonly<Record<string, Json>>): void {
	for (const [path, value] of Object.entries(settings)) setAt(root, parsePath(path), value);
}

/** Constants of a row about the item that the row is about. */
function putForItem(root: JsonObject, settings: Readonly<Record<string, Json>>, { row, path }: RequestRow): void {
	for (const [to, value] of Object.entries(settings))
		setAt(root, bind(parsePath(to), parsePath(row.from), path), value);
}

function putOptions(root: JsonObject, desired: Desired, type: string, form: OperationForm): void {
	putAll(root, operationFactsOf(type).required ?? {});
	const timeout = optionFor(desired, 'timeout', type);
	const retries = lacks(desired.kind, 'spec.maxRetries') ? undefined : optionFor(desired, 'max-retries', type);
	if (timeout !== undefined) setAt(root, ['spec', 'timeout'], timeout);
	if (retries !== undefined) setAt(root, ['spec', 'maxRetries'], Number(retries));
	for (const { path, annotation, default: fallback } of form.options ?? []) {
		const value = optionFor(desired, annotation, type) ?? fallback;
		// An option of a part that this request does not speak of (another role, say) stays out.
		const isSpokenOf = getAt(root, parsePath(path).slice(0, -1)) !== undefined;
		if (value !== undefined && isSpokenOf) setAt(root, parsePath(path), value);
	}
}

function putFields(root: JsonObject, input: PayloadInput, form: OperationForm, report: Report): void {
	const removals = removalsOf(input, form);
	const roots = removals.map(({ root }) => parsePath(root));
	const rows = rowsOfRequest(input, form, roots);
	for (const { set } of removals) putAll(root, set);
	if (removals.some(({ when }) => when === 'gone')) {
		for (const each of rows) if (each.row.sentOnRemoval) putRow(root, each, valueFor(each, input, report));
		return;
	}
	const asked = new Set(input.fields.map(({ match }) => match && showPath(match.field)));
	const needed = new Set(input.fields.flatMap(({ row }) => row?.with ?? []));
	for (const each of rows) {
		const { row, path } = each;
		const isAsked = asked.has(showPath(path));
		const goesAlong = row.companion === true || needed.has(row.from);
		const stays = roots.some((each) => matchStart(each, path));
		if (isAsked || goesAlong || form.send === 'all' || stays)
			putRow(root, each, valueFor(each, input, report, isAsked) ?? (goesAlong ? liveValue(each, input) : undefined));
	}
	for (const { row, match } of input.fields)
		if (row && match && !isSet(getAt(input.desired.root, match.field)))
			putRemoval(
				root,
				{ row, path: match.field },
				input.situation,
				roots.some((each) => matchStart(each, match.field)),
			);
	checkValues(root, input, form, rows, report);
}

function putRow(root: JsonObject, each: RequestRow, value: Json | undefined): void {
	const to = payloadPath(each.row, each.path);
	if (!to || value === undefined) return;
	setAt(root, to, value);
	putForItem(root, each.row.set ?? {}, each);
}

/** `goesAnyway`: the request drops all there is, and says again what stays. */
function putRemoval(root: JsonObject, each: RequestRow, situation: Situation, goesAnyway: boolean): void {
	const { onRemove, removedTo, set = {} } = each.row;
	if (onRemove) putForItem(root, onRemove, each);
	if (removedTo === undefined || goesAnyway) return;
	const [key, name] = itemOf(each.path.at(-1) as string) as [string, string];
	const to = bind(parsePath(removedTo), parsePath(each.row.from), each.path);
	const list = getAt(root, to);
	if (to.at(-1)?.startsWith('[')) setAt(root, to, { [key]: keyBefore(each.path, situation) ?? name });
	else setAt(root, to, [...(Array.isArray(list) ? list : []), name]);
	putForItem(root, set, each);
}

/** The key of an item that left, as it was written: a number or a text. */
function keyBefore(path: Path, { previous, planned, live }: Situation): Json | undefined {
	const item = path.at(-1) as string;
	const [key] = itemOf(item) as [string, string];
	return [previous, planned, live].map((object) => getAt(object, [...path, key])).find(isSet);
}

function valueFor(
	{ row, path }: RequestRow,
	{ desired, situation }: PayloadInput,
	report: Report,
	asked = false,
): Json | undefined {
	const value = getAt(desired.root, path);
	if (row.hook !== undefined) {
		const refuse = (message: string, hint: string) => report({ code: 'admission', message, path, hint });
		return hookFor(row.hook)(value, { path, situation, refuse });
	}
	return isSet(value) ? value : ((asked ? row.absent : undefined) ?? row.default);
}

/** What goes along unchanged and is not in git goes along as the database has it. */
function liveValue({ path }: RequestRow, { situation }: PayloadInput): Json | undefined {
	const value = getAt(situation.live, path);
	return isSet(value) ? value : undefined;
}

function removalsOf({ fields, desired, situation, gone }: PayloadInput, form: OperationForm): Removal[] {
	return (form.removal ?? []).filter(({ root, when, except = [], topology }) => {
		if (!isInTopology(desired.kind, topology, situation)) return false;
		const isBelow = (path: Path) =>
			matchStart(parsePath(root), path) !== undefined && !except.some((part) => matchStart(parsePath(part), path));
		const below = fields.filter(({ match }) => match && isBelow(match.field));
		if (when === 'gone') return below.length > 0 && !isSet(getAt(desired.root, parsePath(root)));
		// A field that is asked for and not set is to go, even if nobody remembers what it was.
		return below.some(({ match }) => {
			const path = match?.field ?? [];
			return !isSet(getAt(desired.root, path)) || [...gone].some((key) => matchStart(path, leafPath(key)));
		});
	});
}
