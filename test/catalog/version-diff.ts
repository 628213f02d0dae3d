/**
 * What two versions of KubeDB's CRDs tell apart, and what the catalog makes of it: the fields that came, left, moved or
 * changed, each with the class that the catalog gives it. `npm run catalog:diff` prints it; the catalog is the one of
 * this checkout, whatever the versions are.
 */
import type { Kind } from '../../src/catalog/catalog.js';
import { operationFactsOf, operationTypes } from '../../src/catalog/catalog.js';
import type { Schema } from '../../src/catalog/schema.js';
import { type Path, parsePath, showPath } from '../../src/render/path.js';
import { isExhaustive, partOf, setPaths } from './agreement.js';
import { covers, itemSegments, openPart, resolved, type SchemaSet } from './schema-paths.js';

/** The content of schemas.json for one version (tools/schemas.mjs). */
export interface Schemas {
	readonly source: string;
	readonly names: Readonly<Record<string, object>>;
	readonly kinds: Readonly<Record<string, Schema>>;
	readonly opsRequests: Readonly<Record<string, Schema>>;
	readonly $defs: Readonly<Record<string, Schema>>;
}

/** `+` is new, `-` gone, `>` moved, `~` changed. */
export interface Difference {
	readonly sign: '+' | '-' | '>' | '~';
	/** A field path, of the OpsRequest behind `OpsRequest `; of what came or left as a whole the topmost one. */
	readonly what: string;
	/** What the catalog makes of it, or what changed. */
	readonly says: string;
	/** The catalog has to say something that it does not say yet. */
	readonly isOpen: boolean;
}

/** The differences by kind, sorted; kinds without any are left out. `kindOf` gives what the catalog has, with its prose. */
export function differencesOf(
	from: Schemas,
	to: Schemas,
	kindOf: (name: string) => Kind | undefined,
): Map<string, Difference[]> {
	const names = [...new Set([...Object.keys(from.names), ...Object.keys(to.names)])].sort();
	const all = names.map((name) => [name, kindDifferences(from, to, name, kindOf(name))] as const);
	return new Map(all.filter(([, differences]) => differences.length > 0));
}

/** The same, with what several kinds have in common told once: each group of kinds with its differences. */
export function grouped(differences: ReadonlyMap<string, readonly Difference[]>): [kinds: string[], Difference[]][] {
	const kindsOf = new Map<string, { kinds: string[]; difference: Difference }>();
	for (const [kind, all] of differences)
		for (const difference of all) {
			const key = JSON.stringify(difference);
			const seen = kindsOf.get(key) ?? { kinds: [], difference };
			kindsOf.set(key, { ...seen, kinds: [...seen.kinds, kind] });
		}
	const groups = new Map<string, [string[], Difference[]]>();
	for (const { kinds, difference } of kindsOf.values()) {
		const group = groups.get(kinds.join()) ?? [kinds, []];
		groups.set(kinds.join(), [kinds, [...group[1], difference]]);
	}
	return [...groups.values()].sort(([a], [b]) => b.length - a.length);
}

function kindDifferences(from: Schemas, to: Schemas, name: string, kind: Kind | undefined): Difference[] {
	const whole = (sign: '+' | '-', says: string, isOpen: boolean) => [{ sign, what: name, says, isOpen }];
	if (!to.names[name]) return whole('-', 'has no gitops CRD any more', kind !== undefined);
	if (!from.names[name] || !kind)
		return whole(
			from.names[name] ? ('~' as '+') : '+',
			kind ? 'has facts in the catalog' : 'is a kind without facts',
			!kind,
		);
	const databases = [from, to].map(({ kinds, $defs }) => nodesOf({ kinds, $defs }, name));
	const requests = [from, to].map(({ opsRequests, $defs }) => nodesOf({ kinds: opsRequests, $defs }, name));
	return [
		...namesDifferences(from.names[name], to.names[name]),
		...compared(databases as [Nodes, Nodes], '', (path) => classOf(kind, path)),
		...typeDifferences(requests as [Nodes, Nodes], kind),
		...compared(requests as [Nodes, Nodes], 'OpsRequest ', (path) => wayOf(kind, path)),
	];
}

/** What the CRDs are called: the catalog says it too, and has to follow. */
function namesDifferences(from: object, to: object): Difference[] {
	const before = new Map(Object.entries(from));
	return Object.entries(to).flatMap(([key, value]) => {
		const [old, now] = [before.get(key), value].map((each) => JSON.stringify(each) ?? 'none') as [string, string];
		return old === now ? [] : [{ sign: '~' as const, what: key, says: `${old} -> ${now}`, isOpen: true }];
	});
}

interface Node {
	readonly path: Path;
	/** What must hold of the value itself, as JSON. */
	readonly rules: string;
	/** The same of all that is below it, too. */
	readonly tree: string;
	readonly isLeaf: boolean;
}
/** By the path as people read it, in the order of the schema. */
type Nodes = Map<string, Node>;

function nodesOf(set: SchemaSet, kind: string): Nodes {
	const nodes: Nodes = new Map();
	const visit = (schema: Schema | undefined, path: Path): string => {
		const at = resolved(set, schema) ?? {};
		const { properties = {}, items, additionalProperties: _, ...rules } = at;
		const open = openPart(at);
		const children: [string, Schema][] = [
			...(items ? itemSegments(set, at, path, () => []).map((item): [string, Schema] => [item, items]) : []),
			...Object.entries(properties),
			...(open && !items ? [['*', open] as [string, Schema]] : []),
		];
		const node = { path, rules: JSON.stringify(rules), tree: '', isLeaf: children.length === 0 };
		// Before its children: the order of the schema.
		nodes.set(readable(path), node);
		node.tree = `${node.rules}{${children.map(([key, child]) => `${key}:${visit(child, [...path, key])}`).join()}}`;
		return node.tree;
	};
	if (set.kinds[kind]) visit(set.kinds[kind], ['spec']);
	return nodes;
}

function readable(path: Path): string {
	return showPath(path.map((segment) => segment.replace(/=other\]$/, '=*]')));
}

interface Said {
	readonly says: string;
	readonly isOpen: boolean;
}

function compared([from, to]: [Nodes, Nodes], prefix: string, sayOf: (path: Path) => Said): Difference[] {
	const [gone, come] = [topmost(from, to), topmost(to, from)];
	const moves = movesBetween([from, to], gone, come);
	const isMoved = (nodes: readonly Node[], { path }: Node) => nodes.some((top) => isBelow(path, top.path));
	const found: Difference[] = [];
	const report = (sign: Difference['sign'], what: string, leaves: readonly Node[]) => {
		const { says, isOpen } = summary(leaves.map(({ path }) => sayOf(path)));
		const count = leaves.length > 1 ? ` (${leaves.length} fields)` : '';
		// What the catalog still claims of what is gone, npm test finds; that is no gap of coverage.
		const said = sign === '-' ? { says: `was ${says}`, isOpen: false } : { says, isOpen };
		found.push({ sign, what: `${prefix}${what}${count}`, ...said });
	};
	const origins = moves.map(([old]) => old);
	const targets = moves.map(([, now]) => now);
	for (const [old, now] of moves) report('>', `${readable(old.path)} -> ${readable(now.path)}`, leavesBelow(to, now));
	for (const [sign, tops, nodes, moved] of [['+', come, to, targets] as const, ['-', gone, from, origins] as const])
		for (const top of tops) {
			const leaves = leavesBelow(nodes, top).filter((leaf) => !isMoved(moved, leaf));
			if (leaves.length > 0) report(sign, readable(top.path), leaves);
		}
	for (const [name, node] of to) {
		const old = from.get(name);
		// What came or left of the types is told elsewhere.
		if (old && old.rules !== node.rules && !(prefix && name === 'spec.type'))
			found.push({ sign: '~', what: `${prefix}${name}`, says: `${old.rules} -> ${node.rules}`, isOpen: false });
	}
	return found;
}

/**
 * What stands elsewhere under its old name, all below it the same. One of the two places must have come or left by
 * itself, and for a single value both: there are many fields called `name`.
 */
function movesBetween([from, to]: [Nodes, Nodes], gone: readonly Node[], come: readonly Node[]): [Node, Node][] {
	const moves: [Node, Node][] = [];
	const old = [...from].flatMap(([name, node]) => (to.has(name) ? [] : [node]));
	const now = [...to].flatMap(([name, node]) => (from.has(name) ? [] : [node]));
	for (const origin of old) {
		const target = now.find(
			(node) =>
				node.tree === origin.tree &&
				node.path.at(-1) === origin.path.at(-1) &&
				(origin.isLeaf ? gone.includes(origin) && come.includes(node) : gone.includes(origin) || come.includes(node)) &&
				!moves.some(([from, to]) => isBelow(origin.path, from.path) || isBelow(node.path, to.path)),
		);
		if (target) moves.push([origin, target]);
	}
	return moves;
}

function isBelow(path: Path, top: Path): boolean {
	return top.every((segment, i) => path[i] === segment);
}

/** Nodes that the other version has not, but for those below another one of them. */
function topmost(nodes: Nodes, other: Nodes): Node[] {
	return [...nodes].flatMap(([name, node]) =>
		!other.has(name) && (node.path.length === 1 || other.has(readable(node.path.slice(0, -1)))) ? [node] : [],
	);
}

function leavesBelow(nodes: Nodes, top: Node): Node[] {
	return [...nodes.values()].filter(({ isLeaf, path }) => isLeaf && isBelow(path, top.path));
}

/** What is said of several leaves, each text once. */
function summary(said: readonly Said[]): Said {
	return { says: [...new Set(said.map(({ says }) => says))].join('; '), isOpen: said.some(({ isOpen }) => isOpen) };
}

/** The classes that a field may have, or that the catalog leaves it without one. */
function classOf(kind: Kind, path: Path): Said {
	const entries = kind.matching(path).map(({ entry }) => entry);
	const longest = Math.max(...entries.map(({ pattern }) => pattern.length));
	const classes = entries.filter(({ pattern }) => pattern.length === longest);
	const says = [...new Set(classes.map(({ class: name, operation }) => operation ?? name))].join(' or ');
	if (isExhaustive(entries, path)) return { says, isOpen: false };
	return { says: says === '' ? 'UNCLASSIFIED' : `${says}, UNCLASSIFIED where no condition holds`, isOpen: true };
}

/** Which operation sets a part of an OpsRequest, or why none does. */
function wayOf({ facts }: Kind, path: Path): Said {
	const setters = setPaths(facts).filter((each) => covers(parsePath(each.path), path));
	if (setters.length > 0) {
		const types = new Set(setters.map(({ type }) => type ?? 'every operation'));
		return { says: [...types].join(' or '), isOpen: false };
	}
	const shared = operationTypes().flatMap((type) => Object.entries(operationFactsOf(type).notForGitOps ?? {}));
	const own = Object.entries(facts.notForGitOps ?? {}).flatMap(([name, why]) => [
		[name, why],
		[partOf(name), why],
	]);
	const reason = [...own, ...shared].find(([part = '']) => covers(parsePath(part), path));
	return reason ? { says: `not for GitOps: ${reason[1]}`, isOpen: false } : { says: 'UNREACHED', isOpen: true };
}

function typeDifferences([from, to]: [Nodes, Nodes], { facts }: Kind): Difference[] {
	const [before, now] = [typesOf(from), typesOf(to)];
	const come = now.filter((type) => !before.includes(type));
	const gone = before.filter((type) => !now.includes(type));
	return [
		...come.map((type): Difference => {
			const why = facts.notForGitOps?.[type];
			const isOpen = !facts.operations[type] && !why;
			const says = facts.operations[type] ? 'in operations' : why ? `not for GitOps: ${why}` : 'UNREACHED';
			return { sign: '+', what: `OpsRequest type ${type}`, says, isOpen };
		}),
		...gone.map((type): Difference => {
			const isOpen = facts.operations[type] !== undefined;
			return { sign: '-', what: `OpsRequest type ${type}`, says: isOpen ? 'still in operations' : 'not used', isOpen };
		}),
	];
}

function typesOf(nodes: Nodes): string[] {
	const rules = JSON.parse(nodes.get('spec.type')?.rules ?? '{}') as { enum?: (string | null)[] };
	return (rules.enum ?? []).filter((type) => type !== null);
}
