/** What `explain` and the pages of the documentation tell, as data: all kinds, one kind, one field of a kind. */
import { type Entry, type Kind, kindNames, kindOf, operationTypes } from '../catalog/catalog.js';
import { checksOf } from '../catalog/checks-of.js';
import { type Schema, schemaAt } from '../catalog/schema.js';
import type { Check, KindFacts, NameLimit } from '../catalog/types.js';
import { general } from '../render/name-length.js';
import { isWildcard, matchStart, type Path, parsePath, showPath } from '../render/path.js';
import { conditionText, testTexts } from './condition-text.js';
import { type Answer, answerOf, effectsOf, operationAnswer, orderOf, payloadTexts } from './explain-answer.js';

export interface KindLine {
	readonly kind: string;
	readonly plural: string;
	readonly shortNames: readonly string[];
	/** In the order in which they run. */
	readonly operations: readonly string[];
}

export interface OptionReport {
	readonly path: string;
	readonly annotation: string;
	readonly values?: readonly string[];
	readonly default?: string;
}

export interface RefusalReport {
	readonly path?: string;
	/** In words; nothing where it is a matter of the payload alone. */
	readonly when: string;
	readonly because: string;
	readonly hint?: string;
}

export interface OperationReport {
	readonly type: string;
	readonly order: string;
	readonly pods: readonly string[];
	readonly fields: readonly Answer[];
	readonly options: readonly OptionReport[];
	/** The annotation that asks for it without a change, and what is then sent. */
	readonly rotation?: { readonly annotation: string; readonly payload: readonly string[] };
	readonly refused: readonly RefusalReport[];
	readonly note?: string;
}

export interface KindReport extends KindLine {
	readonly database: string;
	readonly opsRequest: string;
	readonly topologies: readonly { readonly name: string; readonly when: string }[];
	readonly operationReports: readonly OperationReport[];
	/** Fields that no operation carries out, class by class. */
	readonly others: readonly Answer[];
	readonly checks: readonly RefusalReport[];
	readonly nameLimits: readonly RefusalReport[];
	readonly notForGitOps: Readonly<Record<string, string>>;
	readonly clusterChecks: readonly string[];
	readonly notes: readonly string[];
	readonly doubts: readonly string[];
}

export interface FieldReport {
	readonly kind: string;
	readonly path: string;
	readonly type: string;
	readonly values?: readonly string[];
	/** Lines that may speak of the field: the first one that holds counts. Empty where all is said further below. */
	readonly answers: readonly Answer[];
	/** Lines about parts of it. */
	readonly below: readonly Answer[];
	readonly checks: readonly RefusalReport[];
	/** Names of the fields right below it. */
	readonly fields: readonly string[];
}

/** All kinds with their operations. */
export function kindLines(): KindLine[] {
	return kindNames().map((name) => kindLine((kindOf(name) as Kind).facts));
}

function kindLine({ kind, plural, shortNames, operations }: KindFacts): KindLine {
	return { kind, plural, shortNames, operations: operationTypes().filter((type) => operations[type]) };
}

/** All that the catalog says about a kind. */
export function kindReport({ facts, entries }: Kind): KindReport {
	return {
		...kindLine(facts),
		database: facts.database,
		opsRequest: facts.opsRequest,
		topologies: Object.entries(facts.topologies).map(([name, when]) => ({ name, when: conditionText(when) })),
		operationReports: operationTypes().flatMap((type) =>
			facts.operations[type] ? [operationReport(facts, type)] : [],
		),
		others: othersOf(facts, entries),
		checks: checksOf(facts).map(checkReport),
		nameLimits: [general, ...(facts.nameLimits ?? [])].map(limitReport),
		notForGitOps: facts.notForGitOps ?? {},
		clusterChecks: facts.clusterChecks ?? [],
		notes: facts.notes ?? [],
		doubts: facts.doubts ?? [],
	};
}

const rotations: Readonly<Record<string, string>> = {
	ReconfigureTLS: 'rotate-certificates',
	RotateAuth: 'rotate-auth',
	Restart: 'restart',
};

function operationReport(facts: KindFacts, type: string): OperationReport {
	const form = facts.operations[type] ?? {};
	const fields = (form.fields ?? []).map((row): Answer => {
		const when = conditionText(row.when);
		return { path: row.from, class: 'operation', ...(when ? { when } : {}), ...operationAnswer(facts, type, row) };
	});
	const annotation = rotations[type];
	const rotates = annotation !== undefined && (form.rotate !== undefined || type === 'Restart');
	return {
		type,
		order: orderOf(facts, type),
		pods: effectsOf(facts, type),
		fields,
		options: form.options ?? [],
		...(rotates ? { rotation: { annotation, payload: payloadTexts(form.rotate ?? {}) } } : {}),
		refused: (form.refuse ?? []).map(({ payload = {}, when, because, hint }) => ({
			when: [...testTexts(payload), conditionText(when)].filter((each) => each !== '').join(' and '),
			because,
			...(hint ? { hint } : {}),
		})),
		...(form.note ? { note: form.note } : {}),
	};
}

function othersOf(facts: KindFacts, entries: readonly Entry[]): Answer[] {
	const classes = ['restart', 'direct', 'immutable', 'unsupported'];
	const others = entries.filter((entry) => classes.includes(entry.class));
	const answers = others.map((entry) => answerOf(facts, entry));
	const rank = ({ class: name, inferred }: Answer) => 2 * classes.indexOf(name) + (inferred ? 1 : 0);
	return answers.sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function checkReport({ path, refuse, because, hint }: Check): RefusalReport {
	return { path, when: conditionText(refuse), because, ...(hint ? { hint } : {}) };
}

function limitReport({ max, of, when, because }: NameLimit): RefusalReport {
	const length = `${of ?? 'it'} is longer than ${max} characters`;
	return { path: 'metadata.name', when: [length, conditionText(when)].filter(Boolean).join(' and '), because };
}

/** What the catalog says about a field; the path is one that the schema has. */
export function fieldReport({ facts, entries }: Kind, path: Path): FieldReport {
	const schema = schemaAt(facts.kind, path.slice(1)) ?? {};
	const claims = entries.filter(({ pattern }) => speaksOf(pattern, path));
	const last = claims.findIndex((entry) => isSure(entry, path));
	const below = entries.filter(({ pattern }) => pattern.length > path.length && speaksOf(path, pattern));
	const values = (schema.enum ?? []).filter((value) => value !== null).map(String);
	const isNear = (each: string) => speaksOf(parsePath(each), path) || speaksOf(path, parsePath(each));
	return {
		kind: facts.kind,
		path: showPath(path),
		type: typeText(schema),
		...(values.length > 0 ? { values } : {}),
		answers: claims.slice(0, last < 0 ? undefined : last + 1).map((entry) => answerOf(facts, entry)),
		below: below.map((entry) => answerOf(facts, entry)).sort((a, b) => (a.path < b.path ? -1 : 1)),
		checks: checksOf(facts)
			.filter((check) => check.path !== 'spec' && isNear(check.path))
			.map(checkReport),
		fields: Object.keys(schema.properties ?? {}),
	};
}

/** Whether a line holds for the field whatever the database looks like, and for every item that the path may mean. */
function isSure({ when, row, pattern }: Entry, path: Path): boolean {
	return !when && !row?.topology && pattern.every((segment, i) => path[i] !== '[*]' || isWildcard(segment));
}

/** Whether a pattern matches the beginning of a path in which an item may be any item. */
function speaksOf(pattern: Path, path: Path): boolean {
	if (pattern.length > path.length) return false;
	const aligned = path.map((segment, i) => (segment === '[*]' ? (pattern[i] ?? segment) : segment));
	const loose = pattern.map((segment, i) => (segment === '[*]' && path[i]?.startsWith('[') ? path[i] : segment));
	return matchStart(loose as Path, aligned as Path) !== undefined;
}

/** `string`, `integer or string`, `list of map`: a type as the CRD has it. */
export function typeText({ type, items, additionalProperties, properties }: Schema): string {
	const names = [type ?? []].flat().filter((name) => name !== 'null');
	if (items) return 'list';
	if (typeof additionalProperties === 'object') return 'map of any keys';
	if (properties || names.includes('object')) return 'map';
	return names.join(' or ') || 'any';
}
