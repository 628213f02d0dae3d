/** What a render would do and why, as data: the text and the JSON of `plan` are made of it. */
import { operationFactsOf } from '../catalog/catalog.js';
import { hasRuleAt } from '../catalog/spelling.js';
import { canonicalJson, isObject, type Json, type JsonObject } from '../json.js';
import { canReturn, type Drift } from '../render/drift.js';
import { leavesOfField, managedFields } from '../render/field.js';
import { leafPath, leavesOf } from '../render/normalise.js';
import { getAt, type Path, parsePath, showPath } from '../render/path.js';
import type { Row } from '../render/plan.js';
import type { RenderedDatabase } from '../render/render.js';
import { type Operation, operationsOf } from '../render/standing.js';

export interface Change {
	readonly path: string;
	/** Absent where there is no value, or where it is secret. */
	readonly from?: Json;
	readonly to?: Json;
	/** The value may hold a secret: that it changes is all that is shown. */
	readonly secret?: true;
}

export interface OperationReport {
	readonly type: string;
	readonly name: string;
	readonly changes: readonly Change[];
	/** What it means for the pods. */
	readonly effect?: string;
	/** KubeDB's phase of the request, where it exists. */
	readonly phase?: string;
	readonly message?: string;
	/** Taken over from the plan before. */
	readonly carried: boolean;
}

export interface DriftReport {
	readonly path: string;
	/** Both absent where the value is secret. */
	readonly git?: Json;
	readonly live?: Json;
	readonly secret?: true;
	readonly repaired: boolean;
}

export interface DatabaseReport {
	readonly kind: string;
	readonly namespace: string;
	readonly name: string;
	readonly generation: number;
	readonly situation: Row;
	readonly operations: readonly OperationReport[];
	readonly direct: readonly Change[];
	readonly drift: readonly DriftReport[];
	readonly notes: readonly string[];
}

export function reportOf(database: RenderedDatabase): DatabaseReport {
	const { desired, memory, outcome } = database;
	const { kind, namespace, name } = desired.id;
	const changes = changesByField(database);
	const printed = new Set(outcome.operations.map((object) => getAt(object, ['metadata', 'name'])));
	const operations = operationsOf(outcome.plan)
		.filter((operation) => printed.has(operation.name))
		.map((operation): OperationReport => {
			const request = memory.requests === 'unknown' ? undefined : memory.requests.get(operation.name);
			const effect = effectOf(operation);
			return {
				type: operation.type,
				name: operation.name,
				changes: together(operation.fields.flatMap((id) => changes.get(id) ?? [{ path: id }])),
				carried: outcome.carried.has(operation.name),
				...(effect ? { effect } : {}),
				...(request ? { phase: request.phase || 'new' } : {}),
				...(request?.message ? { message: request.message } : {}),
			};
		});
	const before = shownBefore(database);
	return {
		kind,
		namespace,
		name,
		generation: outcome.plan.generation,
		situation: outcome.row,
		operations,
		direct: (outcome.candidates?.direct ?? []).map((key) => changeAt(kind, leafPath(key), before, desired.root)),
		drift: outcome.drift.filter((each) => !isChange(database, each)).flatMap((each) => driftReports(database, each)),
		notes: operations.filter(({ phase }) => phase === 'Failed' || phase === 'Denied').map(failureNote),
	};
}

/** What git itself changes differs from the live database too, until its operation is done. */
function isChange({ memory, outcome }: RenderedDatabase, { path, desired }: Drift): boolean {
	if (outcome.settled || !memory.state) return false;
	return canonicalJson(getAt(memory.state.spec, path) ?? null) !== canonicalJson(desired ?? null);
}

function driftReports({ desired, outcome, memory }: RenderedDatabase, drift: Drift): DriftReport[] {
	const live = typeof memory.live === 'object' ? memory.live.root : undefined;
	const { match } = drift.field;
	if (!match) return [];
	const leaves = [...leavesOfField(desired, match, outcome.situation, [desired.leaves])].sort().map(leafPath);
	const repaired = desired.options.drift === 'repair' && canReturn(drift);
	return differences(desired, live, true, leaves, match.field).map(({ path, from, to, secret }) => ({
		path,
		...(from === undefined ? {} : { live: from }),
		...(to === undefined ? {} : { git: to }),
		...(secret ? { secret } : {}),
		repaired,
	}));
}

function failureNote({ name, message }: OperationReport): string {
	const why = message ? `: ${message}` : '';
	return `${name} has failed${why}. The next sync fails there again, until the annotation kubedb-render/retry changes or the change is taken back.`;
}

/** The database that the changes are shown against: the one that was rendered before, else the live one. */
function shownBefore({ outcome, memory }: RenderedDatabase): JsonObject | undefined {
	const live = typeof memory.live === 'object' ? memory.live.root : undefined;
	return outcome.before?.root ?? memory.state?.spec ?? live;
}

/**
 * For each field that an operation may carry out, its leaves that differ: from what was rendered before, else from an
 * unsettled plan that is taken back, else from what drifted.
 */
function changesByField(database: RenderedDatabase): Map<string, Change[]> {
	const { desired, outcome, memory } = database;
	const { kind } = desired.id;
	const live = typeof memory.live === 'object' ? memory.live.root : undefined;
	const befores = [shownBefore(database), memory.plan?.spec, live];
	const leaves = [...befores, desired.root].map((root) => leavesOf(kind, root ?? {}));
	const fields = new Map([...managedFields(desired, outcome.situation, leaves), ...(outcome.candidates?.fields ?? [])]);
	for (const id of operationsOf(outcome.plan).flatMap((operation) => operation.fields)) {
		const match = desired.kind.matching(parsePath(id)).find(({ entry }) => entry.class === 'restart');
		if (match && !fields.has(id)) fields.set(id, { id, type: 'Restart', group: 'Restart', match });
	}
	const changes = new Map<string, Change[]>();
	for (const { id, match, token } of fields.values()) {
		if (!match || token) continue;
		const paths = [...leavesOfField(desired, match, outcome.situation, leaves)].sort().map(leafPath);
		const different = befores
			.map((before, i) => differences(desired, before, i > 0, paths, match.field))
			.find((list) => list.length > 0);
		if (different) changes.set(id, different);
	}
	return changes;
}

function differences(
	{ id: { kind }, root }: RenderedDatabase['desired'],
	before: JsonObject | undefined,
	mustBeKnown: boolean,
	leaves: readonly Path[],
	field: Path,
): Change[] {
	if (mustBeKnown && !before) return [];
	const text = (value: Json | undefined) => (value === undefined ? undefined : canonicalJson(value));
	const different = leaves.filter((path) => text(getAt(before, path)) !== text(getAt(root, path)));
	return together(different.map((path) => changeAt(kind, wholeOfRemoved(root, path, field), before, root, path)));
}

/** Changes each told once, and the key of a list item not where more of the item is told. */
function together(changes: readonly Change[]): Change[] {
	const byPath = new Map(changes.map((change) => [change.path, change]));
	return [...byPath.values()].filter(({ path }) => {
		const item = itemOfKey(path);
		return !item || ![...byPath.keys()].some((other) => other !== path && other.startsWith(`${item}.`));
	});
}

/** `readReplicas[name=x].name` -> `readReplicas[name=x]` */
function itemOfKey(path: string): string | undefined {
	const match = /^(.*\[([^=\]]+)=[^\]]*\])\.([^.]+)$/.exec(path);
	return match && match[2] === match[3] ? match[1] : undefined;
}

/** Of a leaf that left together with all around it, the whole that left, up to what the field is part of. */
function wholeOfRemoved(root: JsonObject, leaf: Path, field: Path): Path {
	if (getAt(root, leaf) !== undefined) return leaf;
	let path = leaf;
	const top = Math.max(2, field.length - 1);
	while (path.length > top && getAt(root, path.slice(0, -1)) === undefined) path = path.slice(0, -1);
	return path;
}

function changeAt(kind: string, path: Path, before: JsonObject | undefined, after: JsonObject, leaf = path): Change {
	const [from, to] = [getAt(before, path), getAt(after, path)];
	if (hasRuleAt('secretive', kind, leaf)) return { path: showPath(path), secret: true };
	return { path: showPath(path), ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** What an operation means for the pods, from the catalog and the request's own options. */
function effectOf({ type, manifest }: Operation): string | undefined {
	const { effect } = operationFactsOf(type);
	if (effect === undefined || typeof effect === 'string') return effect;
	for (const [path, texts] of Object.entries(effect)) {
		const text = isObject(texts) ? texts[String(getAt(manifest, parsePath(path)))] : undefined;
		if (typeof text === 'string') return text;
	}
	return typeof effect.default === 'string' ? effect.default : undefined;
}
