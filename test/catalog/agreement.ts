/**
 * What the facts of a kind get wrong about KubeDB's CRDs, or leave open. `node tools/check-kind.mjs KIND` prints the
 * same; agreement.test.ts wants it empty for every kind.
 */

import opsSchemas from 'catalog:ops-schemas';
import schemas from 'catalog:schemas';
import { type Entry, type Kind, operationFactsOf, operationTypes } from '../../src/catalog/catalog.js';
import { checksOf } from '../../src/catalog/checks-of.js';
import { hooks, inventorFor } from '../../src/catalog/hooks.js';
import { withProse } from '../../src/catalog/prose.js';
import type { Condition, KindFacts, Operation } from '../../src/catalog/types.js';
import { annotations } from '../../src/render/options.js';
import { itemOf, matchStart, type Path, parsePath, showPath } from '../../src/render/path.js';
import { covers, isEmptyStruct, type SchemaSet, schemaLeaves, schemaOf } from './schema-paths.js';

/** All that is wrong with the facts of a kind, one finding a line. */
export function findingsOf(bare: Kind): string[] {
	const kind = withProse(bare);
	return [...nameFindings(kind), ...pathFindings(kind), ...classFindings(kind), ...payloadFindings(kind)];
}

const databases: SchemaSet = schemas();
const requests = opsSchemas();

function nameFindings({ facts }: Kind): string[] {
	const names = requests.names[facts.kind];
	if (!names) return [`${facts.kind} has no gitops CRD`];
	return Object.entries(names).flatMap(([key, value]) => {
		const own = facts[key as keyof typeof names];
		return JSON.stringify(own) === JSON.stringify(value) ? [] : [`${key} is ${own}, in the CRD ${value}`];
	});
}

/** Paths that the facts name and the CRDs do not have. */
function pathFindings({ facts }: Kind): string[] {
	const found = new Set<string>();
	const database = (where: string, ...paths: readonly (string | undefined)[]) => check(databases, where, paths);
	const request = (where: string, ...paths: readonly (string | undefined)[]) => check(requests, where, paths);
	const check = (set: SchemaSet, where: string, paths: readonly (string | undefined)[]) => {
		for (const path of paths)
			if (path !== undefined && !schemaOf(set, facts.kind, parsePath(path)))
				found.add(`${where}: the ${set === databases ? 'database' : 'OpsRequest'} CRD has no ${path}`);
	};
	const condition = (where: string, each: Condition | undefined): void => {
		if (!each) return;
		for (const tests of [each.desired, each.previous, each.live]) {
			database(where, ...Object.keys(tests ?? {}));
			for (const test of Object.values(tests ?? {}))
				if (typeof test === 'object')
					for (const other of ['atLeastField', 'equalsField', 'differsFromField', 'lengthDiffersFromField'] as const)
						if (other in test) database(where, (test as Record<string, string>)[other]);
		}
		database(where, ...Object.keys(each.changes ?? {}));
		for (const other of each.any ?? []) condition(where, other);
	};
	const topologies = (where: string, names: string | string[] | undefined) => {
		for (const name of [names ?? []].flat())
			if (!facts.topologies[name]) found.add(`${where}: there is no topology ${name}`);
	};
	request('reference', facts.reference ?? 'spec.databaseRef.name');
	for (const path of ['spec.apply', 'spec.timeout', 'spec.maxRetries'])
		if (!facts.lacks?.includes(path)) request('the request of every operation', path);
	database('defaults', ...Object.keys(facts.defaults ?? {}));
	for (const [name, when] of Object.entries(facts.topologies)) condition(`topology ${name}`, when);
	for (const each of facts.spellings ?? []) {
		if ('old' in each) database('spellings', each.old, each.new, ...[each.unless].flat());
		else {
			database('spellings', each.path);
			condition('spellings', each.when);
		}
	}
	for (const [type, form] of Object.entries(facts.operations)) {
		for (const row of form.fields ?? []) {
			const where = `${type} ${row.from}`;
			database(where, row.from, ...(row.with ?? []), ...(Array.isArray(row.needsLive) ? row.needsLive : []));
			request(where, row.to, row.removedTo, ...Object.keys({ ...row.set, ...row.onRemove }));
			condition(where, row.when);
			topologies(where, row.topology);
			if (row.hook && !hooks[row.hook]) found.add(`${where}: there is no hook ${row.hook}`);
		}
		for (const option of form.options ?? []) {
			request(`${type} options`, option.path);
			const annotation = annotations[option.annotation];
			if (!annotation) found.add(`${type} options: there is no annotation ${option.annotation}`);
			const allowed = schemaOf(requests, facts.kind, parsePath(option.path))?.enum ?? option.values;
			for (const value of annotation?.values ?? [])
				if (option.values?.includes(value) === false || allowed?.includes(value) === false)
					found.add(`${type} options: ${option.path} does not take ${value}`);
		}
		for (const removal of form.removal ?? []) {
			database(`${type} removal`, removal.root, ...(removal.except ?? []));
			request(`${type} removal`, ...Object.keys(removal.set));
			topologies(`${type} removal`, removal.topology);
		}
		database(`${type} rotates`, form.rotates);
		request(`${type} rotate`, ...Object.keys(form.rotate ?? {}));
		request(`${type} required`, ...Object.keys(operationFactsOf(type).required ?? {}));
		for (const refusal of form.refuse ?? []) {
			request(`${type} refuse`, ...Object.keys(refusal.payload ?? {}));
			condition(`${type} refuse`, refusal.when);
		}
	}
	const claims = [...facts.restart.documented, ...facts.restart.inferred, ...facts.direct, ...facts.immutable];
	for (const claim of claims) {
		const { path, when } = typeof claim === 'string' ? { path: claim, when: undefined } : claim;
		database(path, path);
		condition(path, when);
	}
	for (const { paths, when } of facts.unsupported) {
		database('unsupported', ...paths);
		condition('unsupported', when);
	}
	for (const { path, refuse } of checksOf(facts)) {
		database('checks', path);
		condition(`checks ${path}`, refuse);
	}
	for (const { path, topology, invented } of facts.madeUp ?? []) {
		database('madeUp', path);
		topologies('madeUp', topology);
		inventorFor(invented);
	}
	for (const { of = '', when } of facts.nameLimits ?? []) {
		database('nameLimits', ...[...of.matchAll(/\{(spec[^}]*)\}/g)].map(([, path]) => path));
		condition('nameLimits', when);
	}
	return [...found];
}

/** Fields that no line of the facts claims, and lines that another one always comes before. */
function classFindings(kind: Kind): string[] {
	const found = new Set<string>();
	const goesOn = (path: Path) =>
		kind.entries.some(({ pattern }) => pattern.length > path.length && matchStart(pattern.slice(0, path.length), path));
	const namesAt = (path: Path) => {
		const next = kind.entries.flatMap(({ pattern }) =>
			pattern.length > path.length && matchStart(pattern.slice(0, path.length), path) ? [pattern[path.length]] : [],
		);
		return [...new Set(next)].filter((name): name is string => name !== undefined && !name.includes('*'));
	};
	for (const path of schemaLeaves(databases, kind.facts.kind, goesOn, namesAt)) {
		const entries = kind.matching(path).map(({ entry }) => entry);
		if (!isExhaustive(entries, path))
			found.add(`${showPath(path)} is in no class ${entries.length > 0 ? 'where no condition holds' : ''}`);
		for (const [i, entry] of entries.entries()) {
			const before = entries.slice(0, i).filter(({ pattern }) => pattern.length === entry.pattern.length);
			const rival = before.find((each) => conditionOf(each) === '{}' || conditionOf(each) === conditionOf(entry));
			if (rival)
				found.add(
					`${showPath(entry.pattern)}: ${named(rival)} always comes before ${named(entry)}; give them distinct conditions`,
				);
		}
	}
	return [...found];
}

function conditionOf({ when, row }: Entry): string {
	return JSON.stringify({ ...(when ? { when } : {}), ...(row?.topology ? { topology: row.topology } : {}) });
}

function named({ class: name, operation }: Entry): string {
	return operation ?? name;
}

/** Whether one of the entries claims the field whatever the situation: unconditionally, or for every state of an item. */
export function isExhaustive(entries: readonly Entry[], path: Path): boolean {
	const states = entries.flatMap(({ when, row }) => {
		const { item, ...others } = when ?? {};
		return Object.keys(others).length > 0 || row?.topology ? [] : (item ?? ['new', 'existing', 'removed']);
	});
	// The key of an item that exists is what it was.
	if (itemOf(path.at(-2) ?? '')?.[0] === path.at(-1)) states.push('existing');
	return ['new', 'existing', 'removed'].every((state) => states.includes(state as 'new'));
}

/** Parts of the OpsRequest that no operation sets and nobody gave a reason for. */
function payloadFindings({ facts }: Kind): string[] {
	const types = (schemaOf(requests, facts.kind, ['spec', 'type'])?.enum ?? []).filter(
		(type) => type !== null,
	) as string[];
	const excuses = facts.notForGitOps ?? {};
	const found: string[] = [];
	for (const type of types)
		if (!facts.operations[type] && !excuses[type]) found.push(`${type} is neither in operations nor in notForGitOps`);
	for (const type of Object.keys(facts.operations))
		if (!types.includes(type)) found.push(`${type} is no operation of the kind`);
	const shared = operationTypes().flatMap((type) => Object.keys(operationFactsOf(type).notForGitOps ?? {}));
	const set = setPaths(facts).map(({ path }) => path);
	const unset = schemaLeaves(requests, facts.kind, () => true).filter(
		(path) => !set.some((each) => covers(parsePath(each), path)) && !isEmptyStruct(requests, facts.kind, path),
	);
	const reasons = Object.keys(excuses).map((name) => (types.includes(name) ? partOf(name) : name));
	const bare = unset.filter((path) => ![...reasons, ...shared].some((each) => covers(parsePath(each), path)));
	for (const path of bare) found.push(`no operation sets ${showPath(path)}, and notForGitOps does not say why`);
	for (const name of Object.keys(excuses).filter((each) => !types.includes(each)))
		if (!unset.some((path) => covers(parsePath(name), path)))
			found.push(`notForGitOps: ${name} is no type of the kind, and no part of its OpsRequest that goes unset`);
	return found;
}

/** Where the payload of an operation type stands in an OpsRequest. */
export function partOf(type: string): string {
	return `spec.${type[0]?.toLowerCase()}${type.slice(1)}`;
}

/** The paths of an OpsRequest that something in git sets, and by which operation; undefined for what all of them have. */
export function setPaths(facts: KindFacts): { path: string; type?: string }[] {
	const all = [
		'spec.type',
		'spec.apply',
		'spec.timeout',
		'spec.maxRetries',
		facts.reference ?? 'spec.databaseRef.name',
	];
	return [
		...all.map((path) => ({ path })),
		...Object.entries(facts.operations).flatMap(([type, form]) =>
			payloadPaths(type, form).map((path) => ({ path, type })),
		),
	];
}

function payloadPaths(type: string, form: Operation): string[] {
	const rows = (form.fields ?? []).flatMap(({ to, removedTo, set, onRemove }) => [
		...(to ? [to] : []),
		...(removedTo ? [removedTo] : []),
		...Object.keys({ ...set, ...onRemove }),
	]);
	return [
		...rows,
		...(form.options ?? []).map(({ path }) => path),
		...(form.removal ?? []).flatMap(({ set }) => Object.keys(set)),
		...Object.keys(form.rotate ?? {}),
		...Object.keys(operationFactsOf(type).required ?? {}),
	];
}
