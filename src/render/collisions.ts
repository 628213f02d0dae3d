/** Two objects of one identity, of which a host would take one, or now this and now that. */
import { isObject, type JsonObject } from '../json.js';
import { lazy } from '../lazy.js';
import { configMapName } from '../memory/memory.js';
import type { Problem } from '../problems.js';
import { type Foreign, foreignObjects } from './located.js';
import { getAt } from './path.js';
import { reporter } from './report.js';
import type { Desired, Origin } from './situation.js';

/** Databases that the source asks for twice. */
export function refuseDoubles(databases: readonly Desired[], problems: Problem[]): void {
	const seen = new Map<string, Desired>();
	for (const desired of databases) {
		const { kind, namespace, name } = desired.id;
		const key = `${kind} ${namespace}/${name}`;
		const first = seen.get(key);
		if (first) refuseDouble(desired.origin, first.origin, problems);
		else seen.set(key, desired);
	}
}

export function refuseDouble(origin: Origin, first: Origin, problems: Problem[]): void {
	const path = ['metadata', 'name'];
	const { source, line } = lazy.place().placeOf(first.chunk, [...first.path, ...path]);
	const message = `the source has it twice, first at ${source}:${line}`;
	reporter(origin, problems)({ code: 'duplicate', message, path, hint: 'Keep one of the two.' });
}

/** What a render makes of databases besides operations, by identity. */
export function ownObjects(databases: readonly Desired[]): Map<string, string> {
	const own = new Map<string, string>();
	for (const { id, kind } of databases) {
		const database = `${id.kind} ${id.namespace}/${id.name}`;
		own.set(identity(kind.facts.database, id.kind, id.namespace, id.name), `the database CR of ${database}`);
		for (const role of ['plan', 'state'] as const)
			own.set(identity('v1', 'ConfigMap', id.namespace, configMapName(id, role)), `the ${role} of ${database}`);
	}
	return own;
}

/** The operations among rendered objects, by identity. */
export function ownOperations({ id }: Desired, operations: readonly JsonObject[]): Map<string, string> {
	const what = `an operation of ${id.kind} ${id.namespace}/${id.name}`;
	return new Map(operations.map((object) => [identityOf(object, undefined), what]));
}

/** Objects of the source that would be taken for rendered ones; `namespace` is that of resources which name none. */
export function refuseCollisions(
	own: ReadonlyMap<string, string>,
	foreign: readonly Foreign[],
	namespace: string | undefined,
	problems: Problem[],
): void {
	if (own.size === 0) return;
	const names = new Set([...own.keys()].map((key) => key.slice(key.lastIndexOf('/') + 1)));
	const mayCollide = (text: string) =>
		/kubedb\.com|ConfigMap|\\/.test(text) &&
		[...text.matchAll(/["']?name["']?\s*:\s*["']?([-.a-z0-9]+)/g)].some(([, name]) => names.has(name as string));
	for (const each of foreign) {
		for (const { object, origin } of foreignObjects(each, problems, mayCollide)) {
			const what = own.get(identityOf(object, namespace));
			if (!what) continue;
			const message = `the render makes an object of this name: ${what}`;
			const hint = 'Remove it: what is rendered does not belong in the source.';
			reporter(origin, problems)({ code: 'collision', message, path: ['metadata', 'name'], hint });
		}
	}
}

function identityOf(object: JsonObject, namespace: string | undefined): string {
	const metadata = isObject(object.metadata) ? object.metadata : {};
	const where = getAt(object, ['metadata', 'namespace']) ?? namespace ?? '';
	return identity(String(object.apiVersion), String(object.kind), String(where), String(metadata.name));
}

/** Without the version: it is one object in all versions of its API. */
function identity(apiVersion: string, kind: string, namespace: string, name: string): string {
	const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
	return `${group} ${kind} ${namespace}/${name}`;
}
