/** Memory from files: manifests that hold the ConfigMaps, such as the output of the render before. */
import type { Chunk } from '../input/stream.js';
import { textOf } from '../input/stream.js';
import { parseChunk } from '../input/yaml.js';
import { isObject, type JsonObject, parseJson } from '../json.js';
import { refuse } from '../problems.js';
import { getAt } from '../render/path.js';
import {
	type ConfigMapContent,
	configMapName,
	type Identity,
	type Plan,
	readPlan,
	readState,
	type State,
} from './memory.js';

export interface Remembered {
	readonly plan: Plan | undefined;
	readonly state: State | undefined;
}

export interface FileMemory {
	/** What is remembered of a database. Refuses memory that is damaged. */
	of(id: Identity): Remembered;
	/** Databases that are remembered, whether or not they are still desired. */
	readonly databases: readonly Identity[];
}

/** Finds the ConfigMaps of plans and states in a stream; everything else in it is left unread. */
export function memoryFrom(chunks: readonly Chunk[]): FileMemory {
	const contents = new Map<string, ConfigMapContent>();
	const databases = new Map<string, Identity>();
	for (const chunk of chunks) {
		const text = textOf(chunk);
		if (!text.includes('kubedb-render/role')) continue;
		for (const object of objectsIn(chunk, text)) {
			const role = getAt(object, ['metadata', 'labels', 'kubedb-render/role']);
			if (object.kind !== 'ConfigMap' || (role !== 'plan' && role !== 'state')) continue;
			const key = `${String(getAt(object, ['metadata', 'namespace']) ?? '')}/${String(getAt(object, ['metadata', 'name']))}`;
			if (contents.has(key)) {
				const hint = 'Name one render only, not several in one folder.';
				refuse('memory-double', `the ConfigMap ${key} stands in the state twice`, hint, chunk.source.name);
			}
			const content = contentOf(object);
			contents.set(key, content);
			const id = identityIn(content);
			// Renamed or moved, it would not be found, and its database be taken for a new one.
			if (!id || key !== `${id.namespace}/${configMapName(id, role)}`) {
				const of = id ? `the ${role} of ${id.kind} ${id.namespace}/${id.name} under another name` : 'of no database';
				const hint = 'Give the output of the render before as it was printed, not changed by a name prefix, say.';
				return refuse('memory-damaged', `the ConfigMap ${key} is ${of}`, hint, chunk.source.name);
			}
			databases.set(`${id.kind} ${id.namespace}/${id.name}`, id);
		}
	}
	const find = (id: Identity, role: 'plan' | 'state') => contents.get(`${id.namespace}/${configMapName(id, role)}`);
	return { of: (id) => remembered(id, find(id, 'plan'), find(id, 'state')), databases: [...databases.values()] };
}

/** Plan and state from the contents of their ConfigMaps, as far as these exist. */
export function remembered(
	id: Identity,
	plan: ConfigMapContent | undefined,
	state: ConfigMapContent | undefined,
): Remembered {
	return { plan: plan && readPlan(id, plan), state: state && readState(id, state) };
}

/** `data` and `binaryData` of a ConfigMap; keys with other values than strings are left for the reader to miss. */
export function contentOf(object: JsonObject): ConfigMapContent {
	const strings = (value: unknown) =>
		Object.fromEntries(
			Object.entries(isObject(value) ? value : {}).filter(
				(entry): entry is [string, string] => typeof entry[1] === 'string',
			),
		);
	const binaryData = strings(object.binaryData);
	return { data: strings(object.data), ...(Object.keys(binaryData).length > 0 ? { binaryData } : {}) };
}

function objectsIn(chunk: Chunk, text: string): JsonObject[] {
	const value = text.trimStart().startsWith('{') ? fastJson(chunk, text) : parseChunk(chunk).value;
	const items = isObject(value) && Array.isArray(value.items) ? value.items : [value];
	return items.filter(isObject);
}

/** A one-line JSON document, as `build` writes it, is read without a YAML parser. */
function fastJson(chunk: Chunk, text: string) {
	try {
		return parseJson(text);
	} catch {
		return parseChunk(chunk).value;
	}
}

function identityIn({ data }: ConfigMapContent): Identity | undefined {
	const match = /^(\S+) ([^/\s]*)\/(\S+)$/.exec(data.database ?? '');
	return match ? { kind: match[1] as string, namespace: match[2] as string, name: match[3] as string } : undefined;
}
