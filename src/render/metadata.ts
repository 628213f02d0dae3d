/** The metadata of a gitops CR: its identity, our annotations, and what must not stand there. */
import type { Kind } from '../catalog/catalog.js';
import { isSet } from '../catalog/condition.js';
import { canonicalJson, isObject, type Json, type JsonObject } from '../json.js';
import type { Identity } from '../memory/memory.js';
import { prefix, readOptions } from './options.js';
import { showPath } from './path.js';
import type { Report } from './situation.js';
import { typeProblem } from './validate.js';

/** Which database a gitops CR is about; undefined where that is a problem. */
export function identityOf(
	object: JsonObject,
	defaultNamespace: string | undefined,
	report: Report,
): Identity | undefined {
	const metadata = metadataOf(object);
	const { name, generateName } = metadata;
	const namespace = isSet(metadata.namespace) ? metadata.namespace : defaultNamespace;
	const kind = String(object.kind);
	const refused = (code: string, key: string, why: string, hint: string): undefined => {
		report({ code, message: `metadata.${key} ${why}`, path: ['metadata', key], hint });
	};
	if (!isSet(name) || name === '') {
		const would = 'generateName would make another database with each render.';
		return refused('missing-name', 'name', 'is missing', generateName ? would : `Give the ${kind} a name.`);
	}
	if (typeof name !== 'string') {
		report({ code: 'bad-name', path: ['metadata', 'name'], ...typeProblem('metadata.name', name, 'string') });
		return undefined;
	}
	if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
		const hint = 'Use lower-case letters, digits and dashes, beginning with a letter: KubeDB names Services after it.';
		return refused('bad-name', 'name', `cannot be ${canonicalJson(name)}`, hint);
	}
	if (!isSet(namespace) || namespace === '')
		return refused('missing-namespace', 'namespace', 'is missing', 'Set it, or give --namespace.');
	// It becomes part of API paths and of file names.
	if (typeof namespace !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
		const hint = 'Use at most 63 lower-case letters, digits and dashes.';
		return refused('bad-namespace', 'namespace', `cannot be ${canonicalJson(namespace)}`, hint);
	}
	return { kind, namespace, name };
}

/** Our annotations, without the prefix. Others and labels are looked at for what cannot stand on a database. */
export function optionsOf(object: JsonObject, kind: Kind, report: Report): Record<string, string> {
	const metadata = metadataOf(object);
	for (const part of ['labels', 'annotations'] as const) {
		const map = metadata[part];
		if (isSet(map) && !isObject(map))
			report({ code: 'wrong-type', path: ['metadata', part], ...typeProblem(`metadata.${part}`, map, 'object') });
		else checkStrings(part, map, report);
	}
	const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
	checkArgo(annotations, report);
	return readOptions(annotations, kind, report);
}

function metadataOf({ metadata }: JsonObject): JsonObject {
	return isObject(metadata) ? metadata : {};
}

/** Labels and annotations are copied to the database CR, where Kubernetes takes nothing but strings. */
function checkStrings(part: string, map: Json | undefined, report: Report): void {
	for (const [key, value] of Object.entries(isObject(map) ? map : {})) {
		// Of our own annotations, readOptions tells more.
		if (typeof value === 'string' || key.startsWith(prefix)) continue;
		const path = ['metadata', part, key];
		report({ code: 'wrong-type', path, ...typeProblem(showPath(path), value, 'string') });
	}
}

/** Marks for Argo CD that would undo what the render relies on. */
function checkArgo(annotations: JsonObject, report: Report): void {
	const refused: [string, RegExp, string][] = [
		['argocd.argoproj.io/hook', /./, 'a database is not a hook'],
		[
			'argocd.argoproj.io/sync-options',
			/\b(?:Replace|Force)=true\b/,
			'replacing a database deletes what KubeDB wrote into it, and with Force its data',
		],
	];
	for (const [key, pattern, because] of refused) {
		const value = annotations[key];
		if (typeof value !== 'string' || !pattern.test(value)) continue;
		const path = ['metadata', 'annotations', key];
		report({ code: 'argocd', message: `annotation ${key} cannot be ${value}: ${because}`, path, hint: 'Remove it.' });
	}
}
