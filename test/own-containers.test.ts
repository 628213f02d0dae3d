/**
 * A pod template has to name a container to give it resources, although KubeDB makes that container by itself: naming it
 * is no change of the pods, and asks for no Restart.
 */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { classify, type Kind, kindNames, kindOf } from '../src/catalog/catalog.js';
import { readSources } from '../src/input/files.js';
import { splitStream } from '../src/input/stream.js';
import { parseChunk } from '../src/input/yaml.js';
import { isObject, type JsonObject } from '../src/json.js';
import { deleteAt, getAt, itemOf, type Path, setAt, showPath } from '../src/render/path.js';
import type { RenderedDatabase } from '../src/render/render.js';
import { operationsOf } from '../src/render/standing.js';
import { fixtures } from './golden.js';
import { readTable, tableNames } from './kind-tables.js';
import { renderedFrom, settledAfter, sourceOf, unread } from './table-steps.js';

const resources = { limits: { cpu: '3', memory: '7Gi' } };
const change = { name: 'resources of a container', base: '', patch: {} };

for (const name of kindNames()) {
	const kind = kindOf(name) as Kind;
	const test = suite(`own-containers/${name}`);
	const seen = new Set<string>();
	for (const [base, object] of sourcesOf(name))
		for (const path of ownResources(kind, object)) {
			seen.add(showPath(path));
			const operations = (source: JsonObject) => {
				const before = withoutContainer(source, path);
				const first = sound(renderedFrom(before, unread));
				const after = structuredClone(before);
				setAt(after, path, resources);
				const next = sound(renderedFrom(after, settledAfter(kind, first, { ...change, base })));
				return operationsOf(next.outcome).map(({ type }) => type);
			};
			test(`${base}: resources of a container that git has not named, ${showPath(path)}`, () =>
				assert.equal(operations(object), ['VerticalScaling']));
		}
	test('there is such a container, where the kind has VerticalScaling', () => {
		const rows = kind.facts.operations.VerticalScaling?.fields ?? [];
		assert.ok(seen.size > 0 || !rows.some(({ from }) => from.includes('containers[name=')));
	});
	test.run();
}

/** gitops CRs of a kind: the bases of its table, or what a case begins with. */
function sourcesOf(name: string): [string, JsonObject][] {
	const file = tableNames().find((each) => readTable(each).kind === name);
	if (file) {
		const table = readTable(file);
		return Object.keys(table.bases).map((base) => [base, sourceOf(table, { ...change, base })]);
	}
	const [source] = readSources(join(fixtures, name.toLowerCase(), 'vertical-scaling/1-before/input.yaml'));
	const chunks = source ? splitStream(source) : [];
	const objects = chunks.map((chunk) => parseChunk(chunk).value as JsonObject);
	return objects.flatMap((object) => (object.kind === name ? [[name, object] as [string, JsonObject]] : []));
}

/** Resources of containers that VerticalScaling carries out in the situation that a database is in. */
function ownResources(kind: Kind, object: JsonObject): Path[] {
	const situation = { desired: object, defaults: kind.facts.defaults ?? {} };
	return kind.entries.flatMap(({ pattern, row }) => {
		const isOwn = row && pattern.at(-1) === 'resources' && itemOf(pattern.at(-2) ?? '') !== undefined;
		if (!isOwn) return [];
		const path = firstItems(pattern, object);
		const entry = path && classify(kind, path, situation)?.entry;
		// What no operation adds, a role of a topology, must be there already.
		const isThere = path && getAt(object, path.slice(0, path.indexOf('podTemplate'))) !== undefined;
		return isThere && entry?.operation === 'VerticalScaling' && entry.row === row ? [path] : [];
	});
}

/** A pattern with its wildcards bound to the first item of each list; undefined where there is none. */
function firstItems(pattern: Path, object: JsonObject): Path | undefined {
	const at = pattern.findIndex((segment) => segment.endsWith('=*]'));
	if (at < 0) return pattern;
	const [first] = [getAt(object, pattern.slice(0, at)) ?? []].flat() as JsonObject[];
	const key = itemOf(pattern[at] as string)?.[0] as string;
	const path = first && pattern.with(at, `[${key}=${first[key]}]`);
	return path && firstItems(path, object);
}

/** Without the resources, and without the container if that was all that was said about it. */
function withoutContainer(object: JsonObject, path: Path): JsonObject {
	const result = structuredClone(object);
	deleteAt(result, path);
	const container = path.slice(0, -1);
	const said = getAt(result, container);
	if (!isObject(said) || Object.keys(said).length > 1) return result;
	const without = structuredClone(result);
	deleteAt(without, container);
	// DB2 has to be told of its container.
	return Array.isArray(renderedFrom(without, unread)) ? result : without;
}

function sound(result: RenderedDatabase | string[]): RenderedDatabase {
	if (Array.isArray(result)) assert.unreachable(result.join('; '));
	return result as RenderedDatabase;
}
