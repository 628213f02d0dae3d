/** A source taken apart: the databases that it asks for, and everything else, which passes through. */
import type { Chunk } from '../input/stream.js';
import { textOf } from '../input/stream.js';
import { parseChunk } from '../input/yaml.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { configMapName } from '../memory/memory.js';
import { type Problem, Refusal } from '../problems.js';
import { desiredOf, gitopsGroup } from './desired.js';
import { getAt } from './path.js';
import { reporter } from './report.js';
import { secretDigest, secretNameOf, secretNames, withSecrets } from './secrets.js';
import type { Desired, Origin } from './situation.js';

/** A document that is not ours: its own text, or, where it stood in a List beside databases, its value. */
export type Foreign = { readonly chunk: Chunk } | { readonly object: JsonObject; readonly origin: Origin };

export interface SourceParts {
	readonly databases: readonly Desired[];
	readonly foreign: readonly Foreign[];
	readonly problems: readonly Problem[];
}

/** Takes a source apart. `namespace` is that of resources which name none. */
export function takeApart(chunks: readonly Chunk[], namespace: string | undefined): SourceParts {
	const problems: Problem[] = [];
	const foreign: Foreign[] = [];
	let databases: Desired[] = [];
	const foreignObjects: { object: JsonObject; origin: Origin }[] = [];
	for (const chunk of chunks) {
		if (!mayBeOurs(textOf(chunk))) {
			foreign.push({ chunk });
			continue;
		}
		const value = parsed(chunk, problems);
		const items = value === undefined ? [] : itemsIn(chunk, value);
		const ours = items.filter(({ object }) => isGitops(object));
		if (ours.length === 0) foreign.push({ chunk });
		for (const { object, origin } of items) {
			if (isGitops(object)) {
				const desired = desiredOf(object, origin, namespace, reporter(origin, problems));
				if (desired) databases.push(desired);
			} else {
				foreignObjects.push({ object, origin });
				if (ours.length > 0) foreign.push({ object, origin });
			}
		}
	}
	if (databases.length > 0) {
		databases = withDigests(databases, foreign, namespace, problems);
		refuseDoubles(databases, problems);
		refuseCollisions(databases, foreignObjects, foreign, namespace, problems);
	}
	return { databases, foreign, problems };
}

/** Documents that cannot be gitops CRs or of our own making are not even parsed. */
function mayBeOurs(text: string): boolean {
	return text.includes('kubedb') || /apiVersion["']?[ \t]*:[ \t]*".*\\/.test(text);
}

function parsed(chunk: Chunk, problems: Problem[]): Json | undefined {
	try {
		const { value, warnings } = parseChunk(chunk);
		problems.push(...warnings);
		return value;
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		problems.push(...error.problems);
		return undefined;
	}
}

/** The objects of a document: itself, or the items of a List. */
export function itemsIn(chunk: Chunk, value: Json): { object: JsonObject; origin: Origin }[] {
	if (!isObject(value)) return [];
	const isList = Array.isArray(value.items) && /List$/.test(String(value.kind ?? ''));
	const objects: [JsonObject, (string | number)[]][] = isList
		? (value.items as Json[]).flatMap((item, i) =>
				isObject(item) ? [[item, ['items', i]] as [JsonObject, (string | number)[]]] : [],
			)
		: [[value, []]];
	return objects.map(([object, path]) => ({ object, origin: { chunk, path, subject: subjectOf(object) } }));
}

function subjectOf(object: JsonObject): string {
	const namespace = getAt(object, ['metadata', 'namespace']);
	const name = getAt(object, ['metadata', 'name']) ?? '(no name)';
	return `${String(object.kind ?? '(no kind)')} ${namespace ? `${String(namespace)}/` : ''}${String(name)}`;
}

/** Whether an object is a gitops CR, of whatever version or kind. */
export function isGitops(object: JsonObject): boolean {
	return String(object.apiVersion ?? '').split('/')[0] === gitopsGroup;
}

function withDigests(
	databases: readonly Desired[],
	foreign: readonly Foreign[],
	namespace: string | undefined,
	problems: Problem[],
): Desired[] {
	const wanted = new Set(
		databases.flatMap((desired) => secretNames(desired).map((name) => `${desired.id.namespace}/${name}`)),
	);
	if (wanted.size === 0) return [...databases];
	const names = [...wanted].map((each) => each.slice(each.indexOf('/') + 1));
	const digests = new Map<string, string>();
	for (const each of foreign) {
		const objects = 'object' in each ? [each.object] : secretsIn(each.chunk, names, problems);
		for (const object of objects) {
			const where = String(getAt(object, ['metadata', 'namespace']) ?? namespace ?? '');
			const key = `${where}/${secretNameOf(object)}`;
			if (wanted.has(key)) digests.set(key, secretDigest(object, where));
		}
	}
	return databases.map((desired) => {
		const own = new Map<string, string>();
		for (const name of secretNames(desired)) {
			const digest = digests.get(`${desired.id.namespace}/${name}`);
			if (digest !== undefined) own.set(name, digest);
		}
		return withSecrets(desired, own);
	});
}

function secretsIn(chunk: Chunk, names: readonly string[], problems: Problem[]): JsonObject[] {
	const text = textOf(chunk);
	if (!text.includes('Secret') || !names.some((name) => text.includes(name))) return [];
	const value = parsed(chunk, problems);
	return value === undefined ? [] : itemsIn(chunk, value).map(({ object }) => object);
}

function refuseDoubles(databases: readonly Desired[], problems: Problem[]): void {
	const seen = new Map<string, Desired>();
	for (const desired of databases) {
		const { kind, namespace, name } = desired.id;
		const key = `${kind} ${namespace}/${name}`;
		const first = seen.get(key);
		if (!first) {
			seen.set(key, desired);
			continue;
		}
		const where: Problem[] = [];
		reporter(first.origin, where)({ code: '', message: '', path: ['metadata', 'name'] });
		const place = where[0]?.place;
		reporter(
			desired.origin,
			problems,
		)({
			code: 'duplicate',
			message: `it stands in the source twice; the other is at ${place?.source}:${place?.line}`,
			path: ['metadata', 'name'],
			hint: 'Keep one of the two.',
		});
	}
}

/** Objects of the source that would be taken for rendered ones. */
function refuseCollisions(
	databases: readonly Desired[],
	parsedObjects: readonly { object: JsonObject; origin: Origin }[],
	foreign: readonly Foreign[],
	namespace: string | undefined,
	problems: Problem[],
): void {
	const own = new Map<string, string>();
	for (const { id, kind } of databases) {
		own.set(`${kind.facts.database} ${id.kind} ${id.namespace}/${id.name}`, 'the database that is rendered');
		for (const role of ['plan', 'state'] as const)
			own.set(`v1 ConfigMap ${id.namespace}/${configMapName(id, role)}`, `the ${role} that is remembered`);
	}
	const check = (object: JsonObject, origin: Origin) => {
		const where = String(getAt(object, ['metadata', 'namespace']) ?? namespace ?? '');
		const what = own.get(`${object.apiVersion} ${object.kind} ${where}/${String(getAt(object, ['metadata', 'name']))}`);
		if (!what) return;
		reporter(
			origin,
			problems,
		)({
			code: 'collision',
			message: `it has the name of ${what} from the gitops resource`,
			path: ['metadata', 'name'],
			hint: 'Keep only the gitops resource in the source: what is rendered from it does not belong there.',
		});
	};
	for (const { object, origin } of parsedObjects) check(object, origin);
	const configMaps = new Set(
		[...own.keys()].filter((key) => key.startsWith('v1 ConfigMap')).map((key) => key.split('/')[1]),
	);
	for (const each of foreign) {
		if (!('chunk' in each)) continue;
		const text = textOf(each.chunk);
		if (!text.includes('ConfigMap') || mayBeOurs(text)) continue;
		const names = [...text.matchAll(/["']?name["']?\s*:\s*["']?([-.a-z0-9]+)/g)].map((match) => match[1]);
		if (!names.some((name) => configMaps.has(name))) continue;
		const value = parsed(each.chunk, problems);
		if (value !== undefined) for (const { object, origin } of itemsIn(each.chunk, value)) check(object, origin);
	}
}
