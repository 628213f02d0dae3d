/** Changes of managed fields, two versions of a database each: for every row of the catalog, and from the tables of changes. */
import { type Entry, isWrittenBack, type Kind } from '../src/catalog/catalog.js';
import { fencedEntries } from '../src/hosts/fence.js';
import { type JsonObject, toJson } from '../src/json.js';
import { getAt, type Path, setAt, showPath } from '../src/render/path.js';
import { filled, merged, readTable, type Table, tableNames } from '../test/kind-tables.js';
import { mutateDatabase } from '../test/simulator/webhooks.js';
import { mariadb, postgres } from './databases.js';
import { complete, concrete, sampleAt, withKeys } from './sample.js';

export interface Pair {
	/** The catalog's field and operation, or the name of the change in its table. */
	readonly what: string;
	/** Database CRs without status; their names are alike. */
	readonly before: JsonObject;
	readonly after: JsonObject;
	/** Types of the operations that carry it out. */
	readonly operations: readonly string[];
	/** Of a row of the catalog: whether a new plan that carries its operation may write the field. */
	readonly isOpen?: boolean;
}

/** One pair for each row that the fence of a kind watches, and one for each change in its table that has operations. */
export function pairsOf(kind: Kind): Pair[] {
	const table = tableOf(kind.facts.kind);
	const bases = Object.values(table.bases).map((spec) => databaseOf(kind, spec));
	const rows = fencedEntries(kind).map((entry) => rowPair(kind, entry, bases));
	const changes = table.changes.flatMap(({ name, base, given = {}, live = {}, patch, operations = [] }) => {
		if (operations.length === 0) return [];
		const start = merged(databaseOf(kind, table.bases[base] as JsonObject), given) as JsonObject;
		// As KubeDB's webhook stores them.
		const stored = (object: JsonObject) => {
			const copy = structuredClone(filled(object, live) as JsonObject);
			mutateDatabase(copy);
			return copy;
		};
		const [before, after] = [stored(start), stored(merged(start, patch) as JsonObject)];
		// What a token asks for is no change of the spec.
		if (toJson(before.spec ?? {}) === toJson(after.spec ?? {})) return [];
		return [{ what: `${base}: ${name}`, before, after, operations: operations.flatMap(Object.keys) }];
	});
	return [...rows, ...changes];
}

/** Postgres and MariaDB have fixtures of their own instead of a table. */
function tableOf(kind: string): Table {
	const own = { Postgres: postgres(), MariaDB: mariadb() }[kind];
	if (own) return { kind, bases: { own: own.spec as JsonObject }, changes: [] };
	return tableNames()
		.map(readTable)
		.find((table) => table.kind === kind) as Table;
}

function databaseOf({ facts }: Kind, spec: JsonObject): JsonObject {
	return { apiVersion: facts.database, kind: facts.kind, metadata: { name: 'db' }, spec: structuredClone(spec) };
}

/** Two values of a field in the base that has most of what the field is in. */
function rowPair(kind: Kind, entry: Entry, bases: readonly JsonObject[]): Pair {
	const field = concrete(entry.pattern);
	const depth = (base: JsonObject) => field.filter((_, i) => getAt(base, field.slice(0, i)) !== undefined).length;
	const base = bases.reduce((best, each) => (depth(each) > depth(best) ? each : best));
	const withValue = (variant: 0 | 1) => {
		const object = structuredClone(base);
		setAt(object, field, withKeys(field, sampleAt(kind.facts.kind, field, variant)));
		return complete(kind.facts.kind, object, field as Path);
	};
	const states = [entry.when?.item ?? ['existing' as const]].flat();
	const comesOrGoes = !states.includes('existing');
	// A row about items that are new is tried with one that is new, a row about removed ones with its removal.
	const [before, after] = comesOrGoes
		? states.includes('new')
			? [base, withValue(0)]
			: [withValue(0), base]
		: [withValue(0), withValue(1)];
	const operation = String(entry.operation);
	const isOpen = comesOrGoes || !isWrittenBack(entry, false);
	return { what: `${showPath(entry.pattern)} (${operation})`, before, after, operations: [operation], isOpen };
}
