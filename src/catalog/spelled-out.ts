/** Kinds with many roles say once what holds for each of them: `each` in types.ts. */
import { isObject, type Json, type JsonObject } from '../json.js';
import type { KindFacts } from './types.js';

/** The facts with every `<name>` of `each` replaced by its values. */
export function spelledOut({ each, ...facts }: KindFacts): KindFacts {
	if (!each) return facts;
	const all = Object.entries(each).reduce<Json>(
		(value, [name, values]) => replaced(value, `<${name}>`, values),
		facts as unknown as JsonObject,
	);
	return all as unknown as KindFacts;
}

/** Items of lists, and keys of maps, that hold the mark are repeated; what is within a list of an item counts for that list. */
function replaced(value: Json, mark: string, names: readonly string[]): Json {
	if (Array.isArray(value))
		return value.flatMap((item) =>
			mentions(item, mark)
				? names.map((name) => replaced(filledIn(item, mark, name), mark, names))
				: [replaced(item, mark, names)],
		);
	if (!isObject(value)) return value;
	const members = Object.entries(value).flatMap(([key, member]) =>
		key.includes(mark)
			? names.map((name) => [key.replaceAll(mark, name), filledIn(member, mark, name)] as const)
			: [[key, replaced(member, mark, names)] as const],
	);
	return Object.fromEntries(members);
}

function mentions(value: Json, mark: string): boolean {
	if (typeof value === 'string') return value.includes(mark);
	return isObject(value) && Object.entries(value).some(([key, member]) => key.includes(mark) || mentions(member, mark));
}

function filledIn(value: Json, mark: string, name: string): Json {
	if (typeof value === 'string') return value.replaceAll(mark, name);
	if (Array.isArray(value)) return value.map((item) => filledIn(item, mark, name));
	if (!isObject(value)) return value;
	const members = Object.entries(value).map(
		([key, member]) => [key.replaceAll(mark, name), filledIn(member, mark, name)] as const,
	);
	return Object.fromEntries(members);
}
