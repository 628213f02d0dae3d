/** The database CR: what git desires, as KubeDB spells it, with what only the cluster knows carried along. */
import { classify } from '../catalog/catalog.js';
import { isSet } from '../catalog/condition.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { type Field, isSameInLive, managedFields } from './field.js';
import type { Live } from './live.js';
import { putMadeUp } from './made-up.js';
import { type Leaves, leafPath, leavesOf, naturalKey } from './normalise.js';
import { prefix } from './options.js';
import { waves } from './order.js';
import { deleteAt, getAt, isWildcard, keyOfItem, type Path, setAt, showPath } from './path.js';
import { canBeTakenBack } from './payload-checks.js';
import type { Outcome } from './plan.js';
import type { Desired, Memory } from './situation.js';
import { operationsOf } from './standing.js';
import { touchedFields, touchedLeaves } from './touched.js';

/** Argo CD asks a person before it deletes one of these, whatever the Application says. */
export const keepOptions = 'Prune=confirm,Delete=confirm';

/** The manifest of the database CR under a plan. */
export function databaseOf(desired: Desired, memory: Memory, outcome: Outcome): JsonObject {
	const { id, kind, object } = desired;
	const metadata = isObject(object.metadata) ? object.metadata : {};
	const labels = kept(metadata.labels);
	const types = [...new Set(operationsOf(outcome.plan).map(({ type }) => type))].sort();
	const annotations = {
		...kept(metadata.annotations),
		'argocd.argoproj.io/sync-wave': String(waves.database),
		'argocd.argoproj.io/sync-options': syncOptions(metadata),
		[`${prefix}plan`]: outcome.plan.digest,
		...(types.length > 0 ? { [`${prefix}carries`]: types.join(',') } : {}),
	};
	return {
		apiVersion: kind.facts.database,
		kind: id.kind,
		metadata: {
			name: id.name,
			namespace: id.namespace,
			...(Object.keys(labels).length > 0 ? { labels } : {}),
			annotations,
		},
		spec: specOf(desired, memory, outcome),
	};
}

/** Labels and annotations of the gitops CR that are neither ours nor a tool's notes about the gitops CR itself. */
function kept(map: Json | undefined): Record<string, string> {
	const foreign =
		/^(?:kubedb-render\/|(?:internal\.|kustomize\.)?config\.(?:kubernetes|k8s)\.io\/|kubectl\.kubernetes\.io\/last-applied|argocd\.argoproj\.io\/(?:tracking-id|installation-id))/;
	const entries = Object.entries(isObject(map) ? map : {}).filter(([key]) => !foreign.test(key));
	return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

function syncOptions(metadata: JsonObject): string {
	const own = getAt(metadata, ['annotations', 'argocd.argoproj.io/sync-options']);
	const others = String(own ?? '')
		.split(',')
		.map((option) => option.trim())
		.filter((option) => option !== '' && !/^(?:Prune|Delete)=/.test(option));
	return [keepOptions, ...others].join(',');
}

function specOf(desired: Desired, memory: Memory, outcome: Outcome): Json {
	const { live } = memory;
	const root = structuredClone({ spec: desired.root.spec ?? {} });
	if (typeof live === 'object') carryOver(root, desired, memory, outcome, live);
	putMadeUp(root, desired, memory);
	return root.spec;
}

/** What only the live database knows, and an apply must not take away. */
function carryOver(root: { spec: Json }, desired: Desired, memory: Memory, outcome: Outcome, live: Live): void {
	carryItems(root, desired, memory, outcome, live);
	const isTouched = touchedBy(outcome);
	const carriedOut = new Set(outcome.settled ? [] : operationsOf(outcome).flatMap((operation) => operation.fields));
	const specs = [memory.state?.spec, memory.plan?.spec].map((spec) => spec && leavesOf(desired.id.kind, spec));
	const named = [...specs, touchedLeaves(outcome.plan)];
	/** What needs no operation is there already, maybe with more than anyone named. */
	const isThere = ({ id, match }: Field) =>
		!carriedOut.has(id) && match !== undefined && isSameInLive(desired, match, outcome.situation, live, named);
	const fields = [...managedFields(desired, outcome.situation, [desired.leaves, live.leaves]).values()];
	/** The plan under way may still be applied, and then be taken away. */
	const mayBeApplied = (path: Path) => !outcome.settled && isSet(getAt(memory.plan?.spec, path));
	// A longer path is a part of a shorter one, and has its own say.
	fields.sort((a, b) => pathOf(a).length - pathOf(b).length);
	for (const field of fields) {
		const path = pathOf(field);
		const own = getAt(desired.root, path);
		// What no operation takes back stays, whatever the plan has had to do with it.
		const stays = !isSet(own) && !canBeTakenBack(desired, field);
		const source = isTouched(field) && !isThere(field) && !stays ? own : getAt(live.root, path);
		if (!isSet(own) && !isTakenAway(root, path, live) && !mayBeApplied(path)) continue;
		if (isSet(source) || source === false || source === 0) setAt(root, path, structuredClone(source));
		else deleteAt(root, path);
	}
	carryForgotten(root, desired, outcome, live, named);
}

/**
 * Leaves that no operation carries out now, but one may in another situation, and that nobody remembers to have named:
 * memory was lost, or never was, so their absence from git is no wish to remove them. And leaves that nobody may change.
 */
function carryForgotten(
	root: JsonObject,
	{ kind, leaves }: Desired,
	{ situation }: Outcome,
	live: Live,
	named: readonly (Leaves | undefined)[],
): void {
	for (const key in live.leaves) {
		if (key in leaves) continue;
		const path = leafPath(key);
		const now = classify(kind, path, situation)?.entry.class;
		const isFixed = now === 'unsupported' || now === 'immutable';
		// Its removal from git is refused; so what is remembered is another database of this name.
		if (!isFixed && named.some((each) => each && key in each)) continue;
		const mayBe =
			isFixed || (now !== 'operation' && kind.matching(path).some(({ entry }) => entry.class === 'operation'));
		const value = getAt(live.root, path);
		if (mayBe && value !== undefined && isTakenAway(root, path, live)) setAt(root, path, structuredClone(value));
	}
}

function pathOf({ match }: Field): Path {
	return match?.field ?? [];
}

/** Whether the plan, until it is settled, changes a field. */
function touchedBy({ settled, plan }: Outcome): (field: Field) => boolean {
	const touched = new Set(settled ? [] : touchedFields(plan));
	return ({ id }) => touched.has(id);
}

/**
 * Whether an apply takes away what stands at a path that git does not name: it is part of an item of a list, which is
 * replaced as a whole, or the outermost part that is missing was applied before. All else is left alone by leaving it
 * out: it may change meanwhile.
 */
function isTakenAway(root: JsonObject, path: Path, live: Live): boolean {
	const missing = path.findIndex((_, i) => getAt(root, path.slice(0, i + 1)) === undefined);
	if (missing < 0) return false;
	const isInItem = path.slice(0, missing).some((segment) => segment.startsWith('['));
	return isInItem || live.isApplied(path.slice(0, missing + 1));
}

/** Lists that hold managed fields get the items that only the live database has, in its order. */
function carryItems(root: JsonObject, desired: Desired, { plan, state }: Memory, outcome: Outcome, live: Live): void {
	const touched = new Set(outcome.settled ? [] : touchedFields(outcome.plan));
	const lists = new Map<string, Path>();
	/** Items that git makes up: one that it leaves out is removed by an operation, if the plan has to do with it. */
	const free = new Set<string>();
	/** Items that the catalog names belong to KubeDB: git leaving one out does not remove it. */
	const fixed = new Set<string>();
	for (const { pattern, class: kind } of desired.kind.entries) {
		const depth = pattern.findIndex((segment) => segment.startsWith('['));
		if (kind !== 'operation' || depth <= 0 || pattern.slice(0, depth).some(isWildcard)) continue;
		lists.set(pattern.slice(0, depth).join('.'), pattern.slice(0, depth));
		fixed.add(pattern.slice(0, depth + 1).join('.'));
		if (isWildcard(pattern[depth] as string)) free.add(pattern.slice(0, depth).join('.'));
	}
	for (const path of lists.values()) {
		const there = getAt(live.root, path);
		if (!Array.isArray(there)) continue;
		if (isTakenAway(root, path, live)) setAt(root, path, []);
		const own = getAt(root, path);
		if (!Array.isArray(own)) continue;
		const key = naturalKey(path.at(-1) as string, there);
		if (key === undefined || (own.length > 0 && naturalKey(path.at(-1) as string, own) !== key)) continue;
		const nameOf = (item: Json) => `[${key}=${keyOfItem(item, key)}]`;
		const ownByName = new Map(own.map((item) => [nameOf(item), item]));
		const isRemoved = (name: string) => {
			if (free.has(path.join('.'))) return touched.has(showPath([...path, name]));
			const isNamed = [state?.spec, plan?.spec].some((spec) => getAt(spec, [...path, name]) !== undefined);
			return isNamed && !outcome.settled && !fixed.has([...path, name].join('.'));
		};
		const merged = there
			.filter((item) => ownByName.has(nameOf(item)) || !isRemoved(nameOf(item)))
			.map((item) => ownByName.get(nameOf(item)) ?? structuredClone(item));
		const added = own.filter((item) => !there.some((other) => nameOf(other) === nameOf(item)));
		setAt(root, path, [...merged, ...added]);
	}
}
