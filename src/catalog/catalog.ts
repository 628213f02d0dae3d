/** Look-ups in the catalog: which kinds there are, and which class a field of a kind belongs to. */
import kindFacts from 'catalog:kinds';
import { getAt, isWildcard, itemOf, matchStart, type Path, parsePath, showPath } from '../render/path.js';
import { holds, isSet, type Situation } from './condition.js';
import operationFacts from './operations.yaml';
import { spelledOut } from './spelled-out.js';
import type { Claim, Condition, FieldRow, KindFacts, WrittenBack } from './types.js';

/** How the field is changed on a running database. */
export type FieldClass = 'operation' | 'restart' | 'direct' | 'immutable' | 'unsupported';

/** One line of the catalog about fields: everything below `pattern` that no longer pattern claims. */
export interface Entry {
	readonly pattern: Path;
	readonly class: FieldClass;
	readonly operation?: string;
	readonly row?: FieldRow;
	readonly when?: Condition;
	readonly because?: string;
	/** It comes before all that is said about parts of it. */
	readonly whole?: boolean;
	/** Not said by KubeDB's documentation, but read from its code. */
	readonly inferred?: boolean;
}

/** What all kinds share about an operation type. */
export interface OperationFacts {
	readonly slug: string;
	readonly writtenBack: WrittenBack;
	readonly grows?: boolean;
	readonly shrinkLast?: boolean;
	readonly required?: Record<string, string>;
	/** Parts of its payload that no kind's fields, nor annotations, speak of, and why. */
	readonly notForGitOps?: Record<string, string>;
	readonly effect?: string | Record<string, string | Record<string, string>>;
}

export interface Kind {
	readonly facts: KindFacts;
	/** The facts before what is said once for several roles is spelled out for each. */
	readonly written: KindFacts;
	readonly entries: readonly Entry[];
	/** The entries that match the beginning of a path, longest first; cached. */
	matching(path: Path): readonly Match[];
	/** Whether a path is the key of a list item that the catalog names: KubeDB makes that container whether git names it or not. */
	isKeyOfOwnItem(path: Path): boolean;
}

export interface Match {
	readonly entry: Entry;
	/** The concrete path of the field: the pattern with its wildcards bound. */
	readonly field: Path;
}

const loaded = new Map<string, Kind>();

/** Every kind that has a gitops form, sorted. */
export function kindNames(): string[] {
	return Object.keys(kindFacts).sort();
}

/** The catalog of a kind, or undefined for a kind that it does not know. */
export function kindOf(name: string): Kind | undefined {
	const cached = loaded.get(name);
	if (cached) return cached;
	const load = Object.hasOwn(kindFacts, name) ? kindFacts[name] : undefined;
	if (!load) return undefined;
	const kind = makeKind(load() as KindFacts);
	loaded.set(name, kind);
	return kind;
}

/** Exported for tests, which make catalogs of their own. */
export function makeKind(written: KindFacts): Kind {
	const facts = spelledOut(written);
	const entries = entriesOf(facts);
	const cache = new Map<string, readonly Match[]>();
	const ownItems = [...new Set(entries.flatMap(({ pattern }) => ownItemsIn(pattern)))].map(parsePath);
	return {
		facts,
		written,
		entries,
		isKeyOfOwnItem(path) {
			const item = itemOf(path.at(-2) ?? '');
			const isOwn = (own: Path) => own.length === path.length - 1 && matchStart(own, path) !== undefined;
			return item !== undefined && item[0] === path.at(-1) && ownItems.some(isOwn);
		},
		matching(path) {
			const key = path.join('\0');
			let matches = cache.get(key);
			if (!matches) {
				matches = entries.flatMap((entry) => {
					const field = matchStart(entry.pattern, path);
					return field ? [{ entry, field }] : [];
				});
				cache.set(key, matches);
			}
			return matches;
		},
	};
}

function ownItemsIn(pattern: Path): string[] {
	const ends = pattern.flatMap((segment, i) => (itemOf(segment) && !isWildcard(segment) ? [i + 1] : []));
	return ends.map((end) => showPath(pattern.slice(0, end)));
}

const precedence: FieldClass[] = ['immutable', 'operation', 'restart', 'direct', 'unsupported'];

function entriesOf(facts: KindFacts): Entry[] {
	const entries: Entry[] = [];
	for (const [operation, { fields = [] }] of Object.entries(facts.operations)) {
		for (const row of fields) {
			if (row.companion) continue;
			entries.push({
				pattern: parsePath(row.from),
				class: 'operation',
				operation,
				row,
				...(row.when ? { when: row.when } : {}),
			});
		}
	}
	const claim = (each: Claim, rest: Omit<Entry, 'pattern'>) => {
		const { path, when } = typeof each === 'string' ? { path: each, when: undefined } : each;
		entries.push({ pattern: parsePath(path), ...rest, ...(when ? { when } : {}) });
	};
	for (const each of facts.restart.documented) claim(each, { class: 'restart' });
	for (const each of facts.restart.inferred) claim(each, { class: 'restart', inferred: true });
	for (const each of facts.direct) claim(each, { class: 'direct' });
	for (const { path, when, because } of facts.immutable)
		claim(when ? { path, when } : path, { class: 'immutable', because });
	for (const { paths, when, whole = false, because } of facts.unsupported)
		for (const path of paths)
			claim(when ? { path, when } : path, { class: 'unsupported', because, ...(whole ? { whole } : {}) });
	// Longest pattern first, and of equally long ones the one with the more specific say; before all, what speaks of a whole.
	return entries.sort(
		(a, b) =>
			Number(b.whole ?? false) - Number(a.whole ?? false) ||
			(a.whole ? a.pattern.length - b.pattern.length : b.pattern.length - a.pattern.length) ||
			precedence.indexOf(a.class) - precedence.indexOf(b.class),
	);
}

/** The class of a field, or undefined for a path that no entry claims. */
export function classify(kind: Kind, path: Path, situation: Situation): Match | undefined {
	const matches = kind.matching(path);
	const current = matches.find(
		({ entry, field }) =>
			isInTopology(kind, entry.row?.topology, situation) && holds(entry.when, situation, field, entry.pattern),
	);
	if (current?.entry.whole) return current;
	const length = current?.field.length ?? 0;
	const own =
		matches.find(
			({ entry, field }) =>
				field.length > length &&
				isLeftOver(kind, entry, field, situation) &&
				holds(entry.when, situation, field, entry.pattern),
		) ?? current;
	const claimed = situation.claimed?.(path);
	return claimed && claimed.field.length >= (own?.field.length ?? 0) ? claimed : own;
}

/** What is said for topologies applies where the database is to be in one of them. */
export function isInTopology(kind: Kind, topology: string | string[] | undefined, situation: Situation): boolean {
	return topology === undefined || topologyHolds(kind, topology, situation);
}

/**
 * Or where the database was in it, or has got the field from when it was. Elsewhere the field means nothing yet: it
 * waits in the database CR for the topology to come.
 */
function isLeftOver(kind: Kind, { row }: Entry, field: Path, situation: Situation): boolean {
	if (row?.topology === undefined) return false;
	const { desired, previous, live } = situation;
	if (!isSet(getAt(desired, field))) return false;
	const was = previous !== undefined && topologyHolds(kind, row.topology, { ...situation, desired: previous });
	return was || isSet(getAt(live, field));
}

function topologyHolds(kind: Kind, names: string | string[], situation: Situation): boolean {
	return [names].flat().some((name) => holds(kind.facts.topologies[name], situation));
}

/**
 * Whether a field is about a topology that the database is only to be brought into: its pods have not got the container
 * yet, so that the operation has to follow the one that scales it.
 */
export function isAboutNewTopology(kind: Kind, { entry, field }: Match, situation: Situation): boolean {
	const names = entry.row?.topology;
	if (names === undefined || !situation.previous || isSet(getAt(situation.live, field))) return false;
	return !topologyHolds(kind, names, { ...situation, desired: situation.previous });
}

/** Whether the OpsRequests of a kind have not got a field that those of other kinds have. */
export function lacks({ facts }: Kind, path: string): boolean {
	return facts.lacks?.includes(path) === true;
}

/** Names of the topologies that a database is in. */
export function topologiesOf(kind: Kind, situation: Situation): string[] {
	return Object.keys(kind.facts.topologies).filter((name) => holds(kind.facts.topologies[name], situation));
}

const operations = operationFacts as Record<string, OperationFacts>;

/** What all kinds share about an operation type; throws for a type that the catalog does not know. */
export function operationFactsOf(type: string): OperationFacts {
	const facts = Object.hasOwn(operations, type) ? operations[type] : undefined;
	if (!facts) throw new Error(`the catalog has no operation type ${type}`);
	return facts;
}

/** The operation types in the order in which operations of one plan run. */
export function operationTypes(): string[] {
	return Object.keys(operations);
}

/** Whether KubeDB writes a field into the database CR; `removed` asks about a value that leaves. */
export function isWrittenBack(entry: Entry, removed: boolean): boolean {
	const answer = entry.row?.writtenBack ?? (entry.operation ? operationFactsOf(entry.operation).writtenBack : false);
	return answer === true || (answer === 'when-set' && !removed);
}
