/** Values that a CRD accepts, two different ones for every field. */
import { type Schema, schemaAt } from '../src/catalog/schema.js';
import type { Json, JsonObject } from '../src/json.js';
import { keysOf } from '../src/render/normalise.js';
import { getAt, itemOf, type Path, setAt } from '../src/render/path.js';

/** Catalog patterns with their wildcards bound to an item `r1`. */
export function concrete(pattern: Path): string[] {
	return pattern.map((segment, i) => {
		if (segment === '[*]') return `[${keysOf(pattern[i - 1] as string)[0]}=r1]`;
		return segment.endsWith('=*]') ? segment.replace('=*]', '=r1]') : segment === '*' ? 'x' : segment;
	});
}

/** Adds what the CRD requires beside a field that was set, in place. */
export function complete(kind: string, object: JsonObject, field: Path): JsonObject {
	for (let i = 1; i < field.length; i++) {
		const at = field.slice(0, i);
		for (const name of requiredIn(schemaAt(kind, at.slice(1)))) {
			const path = [...at, name];
			if (getAt(object, path) === undefined) setAt(object, path, sampleAt(kind, path, 0));
		}
	}
	return object;
}

function requiredIn(schema: Schema | undefined): readonly string[] {
	return (schema as { required?: string[] } | undefined)?.required ?? [];
}

/** The value of a field of a kind; `variant` 0 and 1 differ. */
export function sampleAt(kind: string, path: Path, variant: 0 | 1): Json {
	return sample(kind, path.slice(1), schemaAt(kind, path.slice(1)), variant, path.at(-1) as string);
}

function sample(kind: string, path: Path, schema: Schema | undefined, variant: 0 | 1, key: string): Json {
	const types = [schema?.type].flat().filter((each) => each !== 'null');
	const choices = schema?.enum?.filter((each) => each !== null);
	if (choices?.length) return choices[Math.min(variant, choices.length - 1)] as Json;
	if (isQuantity(path)) return ['1Gi', '2Gi'][variant] as string;
	if (types.includes('integer')) return [3, 5][variant] as number;
	if (types.includes('boolean')) return variant === 0;
	if (types.includes('array')) return [sample(kind, [...path, '[]'], schemaAt(kind, [...path, '[]']), variant, key)];
	if (schema?.properties) {
		const required = requiredIn(schema);
		const names = Object.keys(schema.properties);
		const varied =
			names.find((name) => name === 'name') ?? names.find((name) => isFree(schema.properties?.[name])) ?? names[0];
		const chosen = [...new Set([...required, ...(path.at(-1) === 'resources' ? ['requests'] : [varied as string])])];
		return Object.fromEntries(
			chosen.map((name) => [name, sample(kind, [...path, name], schemaAt(kind, [...path, name]), variant, name)]),
		);
	}
	if (typeof schema?.additionalProperties === 'object') {
		const name = key === 'requests' || key === 'limits' ? 'memory' : 'user.conf';
		return { [name]: sample(kind, [...path, name], schemaAt(kind, [...path, name]), variant, name) };
	}
	if (types.includes('object')) return { note: ['a', 'b'][variant] as string };
	return ['a', 'b'][variant] as string;
}

/** Whether a schema takes any string. */
function isFree(schema: Schema | undefined): boolean {
	return [schema?.type].flat().includes('string') && !schema?.enum && !schema?.pattern;
}

function isQuantity(path: Path): boolean {
	return ['requests', 'limits'].includes(path.at(-2) ?? '');
}

/** An item of a list has to have its key; that of a text is its first word. */
export function withKeys(path: Path, value: Json): JsonObject | Json {
	const item = itemOf(path.at(-1) as string);
	if (item && typeof value === 'string') return `${item[1]} ${value}`;
	return item ? { ...(value as JsonObject), [item[0]]: item[1] } : value;
}
