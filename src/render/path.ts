/**
 * Field paths: `spec.podTemplate.spec.containers[name=postgres].resources`. A path is a list of segments; an item of a
 * keyed list is the segment `[name=postgres]`, in a list of texts the one whose first word is postgres. In a pattern,
 * `[name=*]` stands for any item, `*` for any key.
 */
import { isObject, type Json, type JsonObject } from '../json.js';

export type Path = readonly string[];

const parsed = new Map<string, Path>();

/** Splits a field path as it is written in the catalog. Dots inside brackets belong to the item, or to the key. */
export function parsePath(text: string): Path {
	const path = parsed.get(text) ?? (text.match(/\[[^\]]*\]|[^.[]+/g) ?? []).map(bareKey);
	parsed.set(text, path);
	return path;
}

/** A key that stands in brackets because it holds a dot is a key all the same. */
function bareKey(segment: string): string {
	return /^\[(?!\d+\]$)[^=*]+\]$/.test(segment) ? segment.slice(1, -1) : segment;
}

/** A path as people read it. Keys that hold a dot stand in brackets, as Kubernetes prints them. */
export function showPath(path: Path): string {
	let text = '';
	for (const segment of path) {
		if (segment.startsWith('[')) text += segment;
		else if (segment.includes('.')) text += `[${segment}]`;
		else text += text === '' ? segment : `.${segment}`;
	}
	return text;
}

/**
 * Whether a pattern matches the beginning of a path. Returns the concrete segments of that beginning (wildcards
 * replaced by what they matched), or undefined.
 */
export function matchStart(pattern: Path, path: Path): Path | undefined {
	if (pattern.length > path.length) return undefined;
	for (let i = 0; i < pattern.length; i++) {
		if (!segmentMatches(pattern[i] as string, path[i] as string)) return undefined;
	}
	return path.slice(0, pattern.length);
}

function segmentMatches(pattern: string, segment: string): boolean {
	if (pattern === segment) return true;
	if (pattern === '*') return !segment.startsWith('[');
	if (!pattern.startsWith('[') || !segment.startsWith('[')) return false;
	return pattern === '[*]' || (pattern.endsWith('=*]') && segment.startsWith(pattern.slice(0, -2)));
}

/** Replaces the wildcards of a pattern, in order, by what those of another pattern stand for in a concrete path. */
export function bind(pattern: Path, from: Path, concrete: Path): string[] {
	const bound = from.flatMap((segment, i) => (isWildcard(segment) ? [concrete[i] ?? segment] : []));
	return pattern.map((segment) => (isWildcard(segment) ? (bound.shift() ?? segment) : segment));
}

export function isWildcard(segment: string): boolean {
	return segment === '[*]' || segment === '*' || segment.endsWith('=*]');
}

/** `[name=postgres]` -> `['name', 'postgres']`, or undefined for a plain key. */
export function itemOf(segment: string): [key: string, value: string] | undefined {
	const match = /^\[([^=\]]+)=(.*)\]$/s.exec(segment);
	return match ? [match[1] as string, match[2] as string] : undefined;
}

/** Whether a segment is the place of an item in its list, as `[0]`: of items that no key tells apart. */
function isPlace(segment: string): boolean {
	return /^\[\d+\]$/.test(segment);
}

/** The value at a path, or undefined. Items of lists are found by their key, or by their place: `[0]`. */
export function getAt(value: Json | undefined, path: Path): Json | undefined {
	let at: Json | undefined = value;
	for (const segment of path) {
		if (isObject(at)) at = Object.hasOwn(at, segment) ? at[segment] : undefined;
		else if (Array.isArray(at)) at = at[indexOfItem(at, segment)];
		else return undefined;
	}
	return at;
}

/** The values at a pattern: one for each item of the lists on its way, undefined for an item that lacks it. */
export function getAll(value: Json | undefined, pattern: Path): (Json | undefined)[] {
	const at = pattern.findIndex(isWildcard);
	if (at < 0) return [getAt(value, pattern)];
	const there = getAt(value, pattern.slice(0, at));
	const members = Array.isArray(there) ? there : Object.values(isObject(there) ? there : {});
	return members.flatMap((member) => getAll(member, pattern.slice(at + 1)));
}

function indexOfItem(list: Json[], segment: string): number {
	const item = itemOf(segment);
	if (!item) return isPlace(segment) ? Number(segment.slice(1, -1)) : -1;
	return list.findIndex((entry) => keyOfItem(entry, item[0]) === item[1]);
}

/** The value of an item's key as text; of a text its first word. Undefined for an item without the key. */
export function keyOfItem(item: Json, key: string): string | undefined {
	if (typeof item === 'string') return item.trim().split(/\s+/)[0];
	const value = isObject(item) ? item[key] : undefined;
	return value === undefined || value === null ? undefined : String(value);
}

/** Sets the value at a path in place, creating maps, lists and list items (with their key, or at the end) on the way. */
export function setAt(root: JsonObject, path: Path, value: Json): void {
	let at: Json = root;
	for (const [i, segment] of path.entries()) {
		const last = i === path.length - 1;
		const isList: boolean = !last && (path[i + 1] as string).startsWith('[');
		if (Array.isArray(at)) {
			const item = itemOf(segment);
			const key: JsonObject = item ? { [item[0]]: item[1] } : {};
			let index = indexOfItem(at, segment);
			if (at[index] === undefined) index = at.push(key) - 1;
			if (last) at[index] = isObject(value) ? { ...key, ...value } : value;
			at = at[index] as Json;
		} else {
			const object = at as JsonObject;
			if (last) object[segment] = value;
			else if (typeof object[segment] !== 'object' || object[segment] === null) object[segment] = isList ? [] : {};
			at = object[segment] as Json;
		}
	}
}

/** Removes what stands at a path, in place. Containers that become empty stay. */
export function deleteAt(root: JsonObject, path: Path): void {
	const parent = getAt(root, path.slice(0, -1));
	const last = path.at(-1) as string;
	if (isObject(parent)) delete parent[last];
	else if (Array.isArray(parent)) {
		const index = indexOfItem(parent, last);
		if (index >= 0) parent.splice(index, 1);
	}
}
