/**
 * The guard "fence" of a kind as a policy: the accounts of GitOps controllers may not change a managed field of a
 * provisioned database. What KubeDB may not write back is admitted to the plan that carried it out.
 */
import { type Entry, type Kind, operationFactsOf } from '../catalog/catalog.js';
import { schemaAt } from '../catalog/schema.js';
import { hasRule, type Trail } from '../catalog/spelling.js';
import type { ItemState } from '../catalog/types.js';
import type { JsonObject } from '../json.js';
import { keysOf } from '../render/normalise.js';
import { isWildcard, itemOf, type Path, showPath } from '../render/path.js';
import { celAt, celIsAccount, celString, splitAtItem } from './cel.js';
import { fencedEntries, fenceName, presenceOf } from './fence.js';
import { policyObjects, type Validation } from './policy.js';

/** Binds the accounts of GitOps controllers, as `system:serviceaccount:<namespace>:<name>`. */
export function fence(kind: Kind, accounts: readonly string[]): JsonObject[] {
	const { facts } = kind;
	const [group = '', version = ''] = facts.database.split('/');
	const mark = (object: string, name: string) =>
		`${object}.metadata.?annotations[?'kubedb-render/${name}'].orValue('')`;
	return policyObjects({
		name: fenceName(kind),
		rules: [{ apiGroups: [group], apiVersions: [version], operations: ['UPDATE'], resources: [facts.plural] }],
		conditions: {
			'gitops-account': celIsAccount(accounts),
			provisioned: "oldObject.?status.?phase.orValue('') != ''",
			'not-being-deleted': '!has(oldObject.metadata.deletionTimestamp)',
		},
		variables: {
			isNewPlan: `${mark('object', 'plan')} != ${mark('oldObject', 'plan')}`,
			carries: `${mark('object', 'carries')}.split(',')`,
		},
		validations: groups(fencedEntries(kind)).map((alike) => validationOf(kind, alike)),
	});
}

/** Entries about one field, which several operations may carry out. */
function groups(entries: readonly Entry[]): Entry[][] {
	const keyOf = ({ pattern, when }: Entry) => JSON.stringify([pattern, when?.item]);
	const byKey = new Map<string, Entry[]>();
	for (const entry of entries) byKey.set(keyOf(entry), [...(byKey.get(keyOf(entry)) ?? []), entry]);
	return [...byKey.values()];
}

function validationOf(kind: Kind, alike: readonly Entry[]): Validation {
	// What one of the operations may leave unwritten may be written after that one.
	const own = alike.find((each) => backOf(each) !== true) ?? (alike[0] as Entry);
	const operations = [...new Set(alike.map(({ operation = '' }) => operation))];
	const field = showPath(own.pattern).replaceAll('=*]', '=...]');
	const entry = withoutKey(own);
	const { pattern } = entry;
	const [old, now] = ['oldObject', 'object'].map((object) => celAt(object, pattern)) as [string, string];
	const isScalar = !splitAtItem(pattern) && isScalarAt(kind, pattern);
	const values = isScalar ? ` + ': ' + string(${old}.orValue('unset')) + ' -> ' + string(${now}.orValue('unset'))` : '';
	const open = alike.filter((each) => backOf(each) !== true).map(({ operation = '' }) => operation);
	const same = unchanged({ kind, entry, admitted: carrying(open), admittedItem: carrying(operations) });
	const isAbsent = presenceOf(entry).flatMap((whole) =>
		['oldObject', 'object'].map((object) => `!${celAt(object, whole)}.hasValue()`),
	);
	return {
		expression: [...isAbsent, same].join(' || '),
		message: [
			`'kubedb-render: ${kind.facts.kind} ' + request.namespace + '/' + request.name + ${celString(`: ${field} is changed by KubeDB alone, through an OpsRequest (${operations.join(', ')})`)}${values}`,
			`'. Nothing was changed. Hard-refresh the Application and sync all of it (Flux: render and publish again): the render plans the operation.'`,
		].join(' + '),
	};
}

/** CEL for "the plan of this apply is a new one, and carries out one of these". */
function carrying(operations: readonly string[]): string {
	const carried = [...new Set(operations)].map((operation) => `${celString(operation)} in variables.carries`);
	return `variables.isNewPlan && ${carried.length > 1 ? `(${carried.join(' || ')})` : carried[0]}`;
}

/** Of a map whose keys are carried out one by one, all are looked at together. */
function withoutKey(entry: Entry): Entry {
	return entry.pattern.at(-1) === '*' ? { ...entry, pattern: entry.pattern.slice(0, -1) } : entry;
}

function backOf({ row, operation = '' }: Entry) {
	return row?.writtenBack ?? operationFactsOf(operation).writtenBack;
}

interface Question {
	readonly kind: Kind;
	readonly entry: Entry;
	/** CEL for "the plan of this apply has carried it out, by an operation that KubeDB may not write back". */
	readonly admitted: string;
	/** The same of an item that comes or goes, by whichever operation. */
	readonly admittedItem: string;
}

/** CEL that is true where the field of an entry is the same before and after, or may be written. */
function unchanged(question: Question, bases: Pair = ['oldObject', 'object'], from = 0, depth = 0): string {
	const { entry, admittedItem } = question;
	const item = splitAtItem(entry.pattern.slice(from));
	if (!item) return unchangedField(question, bases, from);
	const { list, value, rest } = item;
	const [olds, nows] = bases.map((base) => `${celAt(base, list)}.orValue([])`) as Pair;
	const names: Pair = [`o${depth}`, `n${depth}`];
	const [oldName, newName] = names.map((each) =>
		nameOf(question.kind, entry.pattern.slice(0, -rest.length || undefined), each),
	);
	const inner = unchanged(question, names, entry.pattern.length - rest.length, depth + 1);
	const pairs = (other: string) =>
		`${olds}.all(${names[0]}, ${other}${nows}.all(${names[1]}, ${newName} != ${oldName} || ${inner}))`;
	// Where the catalog names the item: one that is new was not managed, one that KubeDB does not put back is not needed.
	if (value !== undefined) return pairs(`${oldName} != ${celString(value)} || `);
	// Where git makes the items up, they come and go with the plan that carries it out.
	const isInBoth = (these: string, those: string, each: string, partner: string) =>
		`${these}.all(${each}, ${rest.length > 0 ? `!${celAt(each, rest)}.hasValue() || ` : ''}${those}.exists(${partner}, ${newName} == ${oldName}))`;
	const isAbout = (state: ItemState) => !entry.when?.item || [entry.when.item].flat().includes(state);
	const noneComesOrGoes = [
		...(isAbout('removed') ? [isInBoth(olds, nows, names[0], names[1])] : []),
		...(isAbout('new') ? [isInBoth(nows, olds, names[1], names[0])] : []),
	];
	const parts = [
		...(isAbout('existing') ? [pairs('')] : []),
		...(noneComesOrGoes.length > 0 ? [`((${admittedItem}) || (${noneComesOrGoes.join(' && ')}))`] : []),
	];
	// Items that cannot be told apart are the same where nothing has changed.
	return `(${rest.length === 0 ? `${olds} == ${nows} || ` : ''}${parts.join(' && ')})`;
}

/** CEL for what tells an item from the others: its key, the first of several that it has, or the first word of a text. */
function nameOf(kind: Kind, item: Path, each: string): string {
	const [type] = [schemaAt(kind.facts.kind, item.slice(1))?.type].flat();
	if (type === 'string') return `${each}.split(' ')[0]`;
	const [key] = itemOf(item.at(-1) as string) ?? [];
	const keys = key === undefined ? keysOf(item.at(-2) as string) : [key];
	return keys.reduceRight((other, name) => `${celAt(each, [name])}.orValue(${other})`, "''");
}

function unchangedField({ kind, entry, admitted, admittedItem }: Question, bases: Pair, from: number): string {
	const { pattern } = entry;
	const rest = pattern.slice(from);
	if (rest.length === 0) return `(${bases[0]} == ${bases[1]}${backOf(entry) === true ? '' : ` || (${admitted})`})`;
	const [old, now] = bases.map((base) => celAt(base, rest)) as Pair;
	const same = sameBelow(kind, pattern, (below) => bases.map((base) => celAt(base, [...rest, ...below])) as Pair);
	const writtenBack = backOf(entry);
	if (writtenBack === false) return `((${same}) || (${admitted}))`;
	const exceptions = [
		...(writtenBack === 'when-set' ? [`!${now}.hasValue() && ${admitted}`] : []),
		...(pattern.some(isWildcard) ? [`!(${old}.hasValue() && ${now}.hasValue()) && ${admittedItem}`] : []),
	];
	return `((${same})${exceptions.map((exception) => ` || (${exception})`).join('')})`;
}

type Pair = [string, string];

/** CEL that is true where what stands at a path is the same in both, but for what longer entries of the catalog claim. */
function sameBelow(kind: Kind, path: Path, at: (below: Path) => Pair): string {
	const claimed = kind.entries.some(({ pattern }) => isBelow(pattern, path));
	const schema = schemaAt(kind.facts.kind, path.slice(1));
	const [old, now] = at([]);
	if (schema?.properties && (claimed || holdsQuantity(kind, path))) {
		const parts = Object.keys(schema.properties)
			.filter((key) => !kind.entries.some(({ pattern }) => isEqual(pattern, [...path, key])))
			.map((key) => sameBelow(kind, [...path, key], (below) => at([key, ...below])));
		return parts.length > 0 ? parts.map((part) => `(${part})`).join(' && ') : 'true';
	}
	if (isQuantity(kind, path)) return sameQuantity(old, now);
	if (isQuantity(kind, [...path, '*'])) {
		const [was, is] = [`${old}.orValue({})`, `${now}.orValue({})`];
		return `[${was}, ${is}].all(m, m.all(k, ${sameQuantity(`${was}[?k]`, `${is}[?k]`)}))`;
	}
	const fallback = kind.facts.defaults?.[showPath(path)];
	if (fallback !== undefined) {
		const literal = typeof fallback === 'string' ? celString(fallback) : String(fallback);
		return `${old}.orValue(${literal}) == ${now}.orValue(${literal})`;
	}
	const type = [schema?.type].flat().find((each) => each !== 'null');
	const empty = { string: "''", object: '{}', array: '[]' }[type ?? ''];
	return empty ? `${old}.orValue(${empty}) == ${now}.orValue(${empty})` : `${old} == ${now}`;
}

function sameQuantity(old: string, now: string): string {
	const value = (optional: string) => `quantity(string(${optional}.orValue(dyn('0'))))`;
	return `${value(old)}.compareTo(${value(now)}) == 0`;
}

function isBelow(pattern: Path, path: Path): boolean {
	return pattern.length > path.length && isEqual(pattern.slice(0, path.length), path);
}

function isEqual(a: Path, b: Path): boolean {
	return a.length === b.length && a.every((segment, i) => segment === b[i]);
}

function isScalarAt(kind: Kind, path: Path): boolean {
	const { type } = schemaAt(kind.facts.kind, path.slice(1)) ?? {};
	return [type].flat().some((each) => each === 'string' || each === 'integer' || each === 'boolean');
}

function isQuantity(kind: Kind, path: Path): boolean {
	let trail: Trail | undefined;
	for (const segment of path) trail = { segment: segment.startsWith('[') ? '[*]' : segment, up: trail };
	return trail !== undefined && hasRule('quantity', kind.facts.kind, trail);
}

function holdsQuantity(kind: Kind, path: Path, depth = 0): boolean {
	const schema = schemaAt(kind.facts.kind, path.slice(1));
	if (isQuantity(kind, [...path, 'x'])) return true;
	if (!schema?.properties || depth > 4) return false;
	return Object.keys(schema.properties).some((key) => holdsQuantity(kind, [...path, key], depth + 1));
}
