/** Objects of the source with the place where they stand. */

import { isSet } from '../catalog/condition.js';
import { type Chunk, textOf } from '../input/stream.js';
import { parseChunk } from '../input/yaml.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { type Problem, Refusal } from '../problems.js';
import { getAt } from './path.js';
import type { Origin } from './situation.js';

export interface Located {
	readonly object: JsonObject;
	readonly origin: Origin;
}

/** A document that is not ours: its own text, or, where it stood in a List beside databases, its value. */
export type Foreign = { readonly chunk: Chunk } | Located;

/** The objects of a document: itself, or the items of a List; none where it cannot be read, which is a problem. */
export function objectsIn(chunk: Chunk, problems: Problem[]): Located[] {
	const value = parsed(chunk, problems);
	return value === undefined ? [] : itemsOf(chunk, value);
}

/** The objects of a foreign document, if its text makes it worth reading. */
export function foreignObjects(
	foreign: Foreign,
	problems: Problem[],
	isWorthReading: (text: string) => boolean,
): readonly Located[] {
	if ('object' in foreign) return [foreign];
	return isWorthReading(textOf(foreign.chunk)) ? objectsIn(foreign.chunk, problems) : [];
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

function itemsOf(chunk: Chunk, value: Json): Located[] {
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
	const name = shown(getAt(object, ['metadata', 'name'])) ?? '(no name)';
	return `${shown(object.kind) ?? '(no kind)'} ${isSet(namespace) ? `${shown(namespace) ?? '(?)'}/` : ''}${name}`;
}

function shown(value: Json | undefined): string | undefined {
	return isSet(value) && typeof value !== 'object' ? String(value) : undefined;
}
