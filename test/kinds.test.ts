import schemas from 'catalog:ops-schemas';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isWrittenBack, type Kind, kindNames, kindOf, topologiesOf } from '../src/catalog/catalog.js';
import { type JsonObject, toJson } from '../src/json.js';
import { liveOf, requestsOf } from '../src/render/live.js';
import { deleteAt, getAt, parsePath, setAt } from '../src/render/path.js';
import type { RenderedDatabase } from '../src/render/render.js';
import type { Memory } from '../src/render/situation.js';
import { operationsOf } from '../src/render/standing.js';
import { hasNull, readTable, type Table, type TableChange, tableNames } from './kind-tables.js';
import { schemaProblems } from './ops-schema.js';
import { liveAfter, renderedFrom, settledAfter, sourceOf, unread } from './table-steps.js';

for (const file of tableNames()) {
	const table = readTable(file);
	const kind = kindOf(table.kind) as Kind;
	const test = suite(`kinds/${file}`);

	for (const [name, spec] of Object.entries(table.bases))
		test(`${table.kind}, ${name}: is created, and is in the topology that it is called after`, () => {
			const { desired, outcome } = created(table, { name, base: name, patch: {} });
			const situation = { desired: desired.root, defaults: kind.facts.defaults ?? {} };
			assert.ok(topologiesOf(kind, situation).includes(name), toJson(spec));
			assert.is(outcome.row, 'creation');
		});

	for (const change of table.changes)
		test(`${table.kind}, ${change.base}: ${change.name}`, () => check(kind, table, change));

	test(`${table.kind}: the table has every operation, every topology, a removal and a refusal`, () => {
		const types = new Set(table.changes.flatMap(({ operations = [] }) => operations.flatMap(Object.keys)));
		const missing = [
			...Object.keys(kind.facts.operations).filter((type) => !types.has(type)),
			...Object.keys(kind.facts.topologies).filter((name) => !table.changes.some(({ base }) => base === name)),
			...(table.changes.some(({ patch }) => hasNull(patch)) ? [] : ['a removal']),
			...(table.changes.some(({ refused }) => refused) ? [] : ['a refusal']),
		];
		assert.equal(missing, []);
	});
	test.run();
}

const all = suite('kinds');
all('every kind that has a gitops CRD has facts, and a table of changes or a folder of cases', () => {
	assert.equal(kindNames(), Object.keys(schemas().names).sort());
	const tables = tableNames().map((file) => readTable(file).kind);
	const folders = ['Postgres', 'MariaDB'];
	assert.equal([...tables, ...folders].sort(), kindNames());
});
all.run();

type Result = ReturnType<typeof renderedFrom>;

function created(table: Table, change: TableChange): RenderedDatabase {
	return sound(renderedFrom(sourceOf(table, change), unread), 'the creation is refused');
}

function sound(result: Result, what: string): RenderedDatabase {
	if (Array.isArray(result)) assert.unreachable(`${what}: ${result.join('; ')}`);
	return result as RenderedDatabase;
}

function check(kind: Kind, table: Table, change: TableChange): void {
	const next = sourceOf(table, change, change.patch);
	if (change.created === false) return checkRefusal(renderedFrom(next, unread), change);
	const before = created(table, change);
	const seen = (object: JsonObject) => liveOf(kind, before.desired.id, object);
	const settled = settledAfter(kind, before, change);
	const result = renderedFrom(next, settled);
	if (change.refused) return checkRefusal(result, change);

	const after = sound(result, 'it is refused');
	const requests = operationsOf(after.outcome);
	assert.equal(
		requests.map(({ type, manifest }) => ({ [type]: told(kind, manifest.spec as JsonObject) })),
		change.operations ?? [],
	);
	for (const { manifest } of requests) assert.is(schemaProblems(kind.facts.kind, manifest.spec), '');

	// Each request has succeeded, KubeDB has written back what it writes back, and the sync goes on.
	const under: Memory = {
		...settled,
		plan: after.outcome.plan,
		live: seen(carriedOut(kind, liveAfter(before, change), after)),
		requests: requestsOf(
			kind,
			before.desired.id,
			requests.map(({ manifest }) => ({ ...manifest, status: { phase: 'Successful' } })),
		),
	};
	const again = sound(renderedFrom(next, under), 'in the middle of the sync it is refused');
	assert.equal(
		again.outcome.operations.map((object) => getAt(object, ['metadata', 'name'])),
		requests.map(({ name }) => name),
		`in the middle of the sync, as ${again.outcome.row}`,
	);

	const done: Memory = { ...under, state: after.outcome.state, live: seen(liveAfter(after, change)) };
	const last = sound(renderedFrom(next, done), 'once settled it is refused');
	assert.is(last.outcome.row, 'settled');
	assert.equal(last.outcome.operations, []);
}

function checkRefusal(result: Result, { refused = [] }: TableChange): void {
	const problems = Array.isArray(result) ? result : [];
	const isMeant = (problem: string, expected: string) => {
		const [code, ...text] = expected.split(': ');
		const variants = [problem, withoutValues(problem)];
		return problem.startsWith(`${code}: `) && variants.some((variant) => variant.includes(text.join(': ')));
	};
	const isFound = refused.every((expected) => problems.some((problem) => isMeant(problem, expected)));
	const isAll = problems.every((problem) => refused.some((expected) => isMeant(problem, expected)));
	assert.ok(
		isFound && isAll && refused.length > 0,
		`expected ${refused.join('; ')}; got ${problems.join('; ') || 'no refusal'}`,
	);
}

/** The values of a change are left out of most tables. */
function withoutValues(problem: string): string {
	return problem
		.replace(/ cannot be changed(?: from .*?)?(?: to .*?)?: /, ' cannot be changed: ')
		.replace(/ cannot be set(?: to .*?)?: /, ' cannot be added: ');
}

/** The spec of a request without what is the same in all of them. */
function told(kind: Kind, spec: JsonObject): JsonObject {
	const root = structuredClone({ spec });
	const reference = parsePath(kind.facts.reference ?? 'spec.databaseRef.name');
	assert.is(getAt(root, reference), 'db');
	deleteAt(root, reference.slice(0, -1));
	const { type: _, apply, ...rest } = root.spec;
	return apply === 'IfReady' ? rest : { apply: apply as string, ...rest };
}

/** The live database CR with what KubeDB writes into it when the operations of a render succeed. */
function carriedOut(kind: Kind, live: JsonObject, { desired, outcome }: RenderedDatabase): JsonObject {
	const object = structuredClone(live);
	for (const { fields } of operationsOf(outcome))
		for (const id of fields) {
			const path = parsePath(id);
			const entry = kind.matching(path).find(({ field, entry }) => field.length === path.length && entry.row)?.entry;
			const value = getAt(desired.root, path);
			if (!entry || !isWrittenBack(entry, value === undefined)) continue;
			if (value === undefined) deleteAt(object, path);
			else setAt(object, path, structuredClone(value));
		}
	return object;
}
