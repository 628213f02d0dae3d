/**
 * What the OpsRequests of kinds without a hand-written model do: they bring the fields that they name in their annotation
 * to the values of the render that made them. Whether their payload says so is what the tables in fixtures/kinds are for.
 */
import { isWrittenBack, type Kind, kindOf } from '../../src/catalog/catalog.js';
import { isSet } from '../../src/catalog/condition.js';
import type { JsonObject } from '../../src/json.js';
import { isBelow, leafKey, leafPath, leavesOf } from '../../src/render/normalise.js';
import { deleteAt, getAt, itemOf, type Path, parsePath, setAt, showPath } from '../../src/render/path.js';

/** Ids of fields, each with the `{spec}` that was desired when it was named first. */
type Intent = ReadonlyMap<string, JsonObject>;

const intents = new Map<string, Intent>();

/**
 * Remembers what the operations of a render are for. Names say all that a request does, so the values of the first to be
 * seen count; a later render may make the very same request for more fields, which went along with the others before.
 */
export function remember(operations: readonly { name: string; fields: readonly string[] }[], root: JsonObject): void {
	for (const { name, fields } of operations) {
		const more = fields.map((id) => [id, root] as const);
		intents.set(name, new Map([...more, ...(intents.get(name) ?? [])]));
	}
}

/** Forgets all requests. */
export function forgetIntents(): void {
	intents.clear();
}

/** A request into which KubeDB merged others is for what the last of them was for, and for the fields of all. */
export function rememberMerged(name: string, parts: readonly string[]): void {
	const known = parts.flatMap((part) => intents.get(part) ?? []);
	const [last] = known.at(-1)?.values() ?? [];
	if (last) intents.set(name, new Map(known.flatMap((intent) => [...intent.keys()]).map((id) => [id, last])));
}

/** Changes a spec (`{spec}`) in place. Returns the paths that it set or removed, each with whether KubeDB surely writes it back. */
export function carryOutIntent(kindName: string, root: JsonObject, name: string, type: string): Map<string, boolean> {
	const kind = kindOf(kindName) as Kind;
	const changed = new Map<string, boolean>();
	// What a restart brings is in the database CR.
	if (type === 'Restart') return changed;
	for (const [id, wanted] of intents.get(name) ?? []) {
		if (!id.startsWith('spec.')) continue;
		const field = parsePath(id);
		for (const path of leavesBelow(kind, field, type, [root, wanted])) {
			const value = getAt(wanted, path);
			// An item without its key could not be found any more.
			const isKey = itemOf(path.at(-2) ?? '')?.[0] === path.at(-1);
			if (value === undefined && !isKey) deleteAt(root, path);
			else if (value !== undefined) setAt(root, path, structuredClone(value));
		}
		if (getAt(wanted, field) === undefined) deleteAt(root, field);
		const entry = entryOf(kind, field, type);
		changed.set(id, entry !== undefined && isWrittenBack(entry, !isSet(getAt(wanted, field))));
	}
	return changed;
}

/** The leaves below a field that no longer row of the catalog claims for another operation. */
function leavesBelow(kind: Kind, field: Path, type: string, roots: readonly JsonObject[]): Path[] {
	const keys = new Set(roots.flatMap((root) => Object.keys(leavesOf(kind.facts.kind, root))));
	return [...keys]
		.filter((key) => isBelow(key, leafKey(field)))
		.map(leafPath)
		.filter((path) =>
			kind.matching(path).every(({ entry }) => entry.pattern.length <= field.length || entry.operation === type),
		);
}

function entryOf(kind: Kind, field: Path, type: string) {
	return kind
		.matching(field)
		.find(({ entry, field: found }) => entry.operation === type && showPath(found) === showPath(field))?.entry;
}

/** The paths that a request is for, with what they shall be. */
export function targetsOf(name: string): [path: Path, value: ReturnType<typeof getAt>][] {
	return [...(intents.get(name) ?? [])]
		.filter(([id]) => id.startsWith('spec.'))
		.map(([id, wanted]) => [parsePath(id), getAt(wanted, parsePath(id))]);
}
