/** Databases and commits of the kinds that have a table of changes (fixtures/kinds): all but those that are modelled by hand. */
import { isObject, type Json, type JsonObject } from '../../src/json.js';
import { desiredOf } from '../../src/render/desired.js';
import { getAt } from '../../src/render/path.js';
import { merged, readTable, type Table, type TableChange, tableNames } from '../kind-tables.js';
import type { Random } from './random.js';

let tables: ReadonlyMap<string, Table> | undefined;

function tablesByKind(): ReadonlyMap<string, Table> {
	tables ??= new Map(
		tableNames()
			.map(readTable)
			.map((table) => [table.kind, table]),
	);
	return tables;
}

export function tableKinds(): string[] {
	return [...tablesByKind().keys()];
}

/** The label that says which base of its table a database was made from. */
const baseLabel = 'base';

/** A database from a base of its table, in half of all cases with what one of the changes starts from. */
export function newFromTable(kind: string, name: string, namespace: string, random: Random): JsonObject {
	const { bases } = tablesByKind().get(kind) as Table;
	const base = random.pick(Object.keys(bases));
	const labels = { [baseLabel]: base };
	const object: JsonObject = {
		apiVersion: 'gitops.kubedb.com/v1alpha1',
		kind,
		metadata: { name, namespace, labels, annotations: {} },
		spec: structuredClone(bases[base] ?? {}),
	};
	const starts = changesOf(object).flatMap(({ given }) => (given ? [given] : []));
	if (starts.length === 0 || random.chance(0.5)) return object;
	const richer = merged(object, random.pick(starts)) as JsonObject;
	return isValid(richer) ? richer : object;
}

function changesOf(object: JsonObject): TableChange[] {
	const table = tablesByKind().get(String(object.kind)) as Table;
	const base = getAt(object, ['metadata', 'labels', baseLabel]);
	return table.changes.filter((change) => change.base === base && change.created !== false);
}

/** Makes one of the changes of the table, in place. Few commits are left in that could not be rendered at all. */
export function changeFromTable(object: JsonObject, random: Random): void {
	const before = structuredClone(object);
	change(object, random);
	if (isValid(object) || random.chance(0.1)) return;
	for (const key of Object.keys(object)) delete object[key];
	Object.assign(object, before);
}

function isValid(object: JsonObject): boolean {
	let valid = true;
	const chunk = { source: { name: 'git', text: '' }, start: 0, end: 0 };
	desiredOf(structuredClone(object), { chunk, path: [], subject: '' }, undefined, ({ severity }) => {
		if (severity !== 'warning') valid = false;
	});
	return valid;
}

/** One of the changes of the table, or back to the base in one part of the spec. */
function change(object: JsonObject, random: Random): void {
	const changes = changesOf(object);
	const { bases } = tablesByKind().get(String(object.kind)) as Table;
	const base = bases[String(getAt(object, ['metadata', 'labels', baseLabel]))] ?? {};
	if (changes.length === 0 || random.chance(0.3)) {
		const spec = object.spec as JsonObject;
		const part = random.pick(Object.keys(spec));
		if (base[part] === undefined) delete spec[part];
		else spec[part] = structuredClone(base[part] as Json);
		return;
	}
	const { given, patch } = random.pick(changes);
	const next = merged(random.chance(0.3) && given ? merged(object, given) : object, patch);
	if (isObject(next)) Object.assign(object, structuredClone(next));
}
