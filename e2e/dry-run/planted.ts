/** Mistakes planted in what was accepted: an API server that takes one of them checks nothing. */
import { isObject, type Json, type JsonObject, toJson } from '../../src/json.js';
import type { Printed } from './objects.js';

/** For each kind of object two copies of the first one: with a field that there is not, and with a map for a text. */
export function plantedIn(printed: readonly Printed[]): Printed[] {
	const first = new Map([...printed].reverse().map((each) => [`${each.object.apiVersion} ${each.object.kind}`, each]));
	return [...first.values()].flatMap(({ place, object }) => {
		const part = ['spec', 'data', 'stringData'].find((name) => isObject(object[name])) as string;
		const content = object[part] as JsonObject;
		// Maps with keys of the user's own have no unknown ones.
		const unknown = part === 'spec' ? { spec: { ...content, planted: 'x' } } : { planted: 'x' };
		const mistakes: [string, JsonObject][] = [
			['an unknown field', { ...object, ...unknown }],
			['a wrong type', { ...object, [part]: withWrongType(content) }],
		];
		return mistakes.map(([what, changed]) => ({
			place: `${place}, with ${what}`,
			text: toJson(changed),
			object: changed,
		}));
	});
}

/** The first text below a value becomes a map. */
function withWrongType(value: JsonObject): JsonObject {
	const entries = Object.entries(value);
	const at = entries.findIndex(([, member]) => typeof member === 'string' || hasText(member));
	if (at === -1) throw new Error(`there is no text to replace in ${toJson(value)}`);
	const [key, member] = entries[at] as [string, Json];
	return { ...value, [key]: isObject(member) ? withWrongType(member) : { planted: 'x' } };
}

function hasText(value: Json): boolean {
	return isObject(value) && Object.values(value).some((member) => typeof member === 'string' || hasText(member));
}
