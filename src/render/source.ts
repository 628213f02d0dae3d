/** A source taken apart: the databases that it asks for, and everything else, which passes through. */
import { type Chunk, textOf } from '../input/stream.js';
import type { JsonObject } from '../json.js';
import { isError, type Problem } from '../problems.js';
import { ownObjects, refuseCollisions, refuseDouble, refuseDoubles } from './collisions.js';
import { desiredOf, gitopsGroup } from './desired.js';
import { type Foreign, foreignObjects, objectsIn } from './located.js';
import { getAt } from './path.js';
import { reporter } from './report.js';
import { secretDigest, secretNameOf, secretNames, withSecrets } from './secrets.js';
import type { Desired, Origin } from './situation.js';

export interface SourceParts {
	/** Those that can be rendered: one with an error of its own is among the problems only. */
	readonly databases: readonly Desired[];
	readonly foreign: readonly Foreign[];
	readonly problems: readonly Problem[];
	/** That of resources which name none. */
	readonly namespace: string | undefined;
}

/** Takes a source apart. `namespace` is that of resources which name none. */
export function takeApart(chunks: readonly Chunk[], namespace: string | undefined): SourceParts {
	const problems: Problem[] = [];
	const foreign: Foreign[] = [];
	const all: Desired[] = [];
	const sound = new Set<Desired>();
	for (const chunk of chunks) {
		if (!mayBeOurs(textOf(chunk))) {
			foreign.push({ chunk });
			continue;
		}
		const items = objectsIn(chunk, problems);
		const ours = items.filter(({ object }) => isGitops(object));
		if (ours.length === 0) foreign.push({ chunk });
		for (const { object, origin } of items) {
			if (isGitops(object)) {
				const own: Problem[] = [];
				const desired = desiredOf(object, origin, namespace, reporter(origin, own));
				problems.push(...own);
				if (desired) all.push(desired);
				if (desired && !own.some(isError)) sound.add(desired);
			} else if (ours.length > 0) foreign.push({ object, origin });
		}
	}
	if (all.length === 0) return { databases: [], foreign, problems, namespace };
	refuseDoubles(all, problems);
	refuseCollisions(ownObjects(all), foreign, namespace, problems);
	return { databases: withDigests([...sound], foreign, namespace, problems), foreign, problems, namespace };
}

/** Documents that cannot be gitops CRs or of our own making are not even parsed. */
function mayBeOurs(text: string): boolean {
	return text.includes('kubedb') || /apiVersion["']?[ \t]*:[ \t]*".*\\/.test(text);
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
	const mayBeWanted = (text: string) => text.includes('Secret') && names.some((name) => text.includes(name));
	const digests = new Map<string, string[]>();
	const seen = new Map<string, Origin>();
	for (const each of foreign) {
		for (const { object, origin } of foreignObjects(each, problems, mayBeWanted)) {
			const where = String(getAt(object, ['metadata', 'namespace']) ?? namespace ?? '');
			const key = `${where}/${secretNameOf(object)}`;
			if (!wanted.has(key)) continue;
			const first = seen.get(`${object.kind} ${key}`);
			if (first) refuseDouble(origin, first, problems);
			seen.set(`${object.kind} ${key}`, origin);
			// Several kinds of resources may make up one Secret.
			digests.set(key, [...(digests.get(key) ?? []), secretDigest(object, where)].sort());
		}
	}
	return databases.map((desired) => {
		const own = new Map<string, string>();
		for (const name of secretNames(desired)) {
			const parts = digests.get(`${desired.id.namespace}/${name}`);
			if (parts) own.set(name, parts.join('+'));
		}
		return withSecrets(desired, own);
	});
}
