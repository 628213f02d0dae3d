/**
 * Specs made comparable: a flat map from the path of each leaf to the text of its value. Lists with a natural key become
 * maps of their items, other lists are one leaf; null, empty maps and empty lists equal absence, but for maps whose
 * presence means something; quantities and durations compare by value.
 */
import listKeys from '../catalog/lists.yaml';
import { hasRule, type Trail } from '../catalog/spelling.js';
import { canonicalJson, isObject, type Json, type JsonObject } from '../json.js';
import { digestOf } from './digest.js';
import { keyOfItem, type Path } from './path.js';
import { durationValue, quantityValue } from './quantity.js';

/** From a path, its segments joined by NUL, to the canonical text of the value. */
export type Leaves = Record<string, string>;

export function leafKey(path: Path): string {
	return path.join('\0');
}

export function leafPath(key: string): Path {
	return key.split('\0');
}

/** Whether a leaf is, or is part of, what stands at a path; both as keys. */
export function isBelow(leaf: string, path: string): boolean {
	return leaf.startsWith(path) && (leaf.length === path.length || leaf[path.length] === '\0');
}

const keys = listKeys as Record<string, string[]>;

/** The keys that may tell the items of a list of that name apart, the first that all of them have. */
export function keysOf(name: string): readonly string[] {
	return keys[name] ?? [];
}

/** The key that tells the items of a list apart, or undefined for a list that is a value as a whole. */
export function naturalKey(name: string, list: readonly Json[]): string | undefined {
	return (Object.hasOwn(keys, name) ? keys[name] : undefined)?.find((key) => {
		const values = new Set(list.map((item) => keyOfItem(item, key)));
		return values.size === list.length && !values.has(undefined) && !values.has('');
	});
}

/** The leaves of `{spec}` in stored form. */
export function leavesOf(kind: string, root: JsonObject): Leaves {
	const leaves: Leaves = {};
	visit(root.spec ?? {}, ['spec'], { segment: 'spec', up: undefined });
	return leaves;

	function visit(value: Json, path: string[], trail: Trail): void {
		if (value === null) return;
		if (Array.isArray(value)) {
			if (value.length === 0) return;
			const key = naturalKey(trail.segment, value);
			if (key === undefined) {
				leaves[leafKey(path)] = canonicalJson(
					value.map((item) => comparable(kind, item, { segment: '[*]', up: trail })),
				);
				return;
			}
			for (const item of value)
				visit(item, [...path, `[${key}=${keyOfItem(item, key)}]`], { segment: '[*]', up: trail });
		} else if (isObject(value)) {
			if (hasRule('presence', kind, trail)) leaves[leafKey(path)] = '{}';
			for (const [key, member] of Object.entries(value)) visit(member, [...path, key], { segment: key, up: trail });
		} else leaves[leafKey(path)] = canonicalJson(comparable(kind, value, trail));
	}
}

function comparable(kind: string, value: Json, trail: Trail): Json {
	if (Array.isArray(value)) return value.map((item) => comparable(kind, item, { segment: '[*]', up: trail }));
	if (isObject(value)) {
		const members = Object.entries(value)
			.map(([key, member]) => [key, comparable(kind, member, { segment: key, up: trail })] as const)
			.filter(([, member]) => member !== null && !(typeof member === 'object' && Object.keys(member).length === 0));
		return Object.fromEntries(members);
	}
	if (value === null || typeof value === 'boolean') return value;
	if (hasRule('quantity', kind, trail)) {
		const nano = quantityValue(value);
		return nano === undefined ? value : `quantity ${nano}`;
	}
	if (typeof value === 'string' && hasRule('duration', kind, trail)) {
		const nanos = durationValue(value);
		return nanos === undefined ? value : `duration ${nanos}`;
	}
	return value;
}

/**
 * A copy of `{spec}` in which inline text that may hold a secret is replaced by its digest, which is what plan and
 * state remember. The salt is the database's identity, so that equal texts of two databases do not show as equal.
 */
export function redact(kind: string, root: JsonObject, salt: string): JsonObject {
	return { spec: hide(root.spec ?? {}, { segment: 'spec', up: undefined }) };

	function hide(value: Json, trail: Trail): Json {
		if (Array.isArray(value)) {
			const key = naturalKey(trail.segment, value);
			return value.map((item) => {
				const hidden = hide(item, { segment: '[*]', up: trail });
				// A text that is known by its first word has to keep it.
				return typeof item === 'string' && key && hidden !== item ? `${keyOfItem(item, key)} ${hidden}` : hidden;
			});
		}
		if (isObject(value))
			return Object.fromEntries(
				Object.entries(value).map(([key, member]) => [key, hide(member, { segment: key, up: trail })]),
			);
		if (value === null || !hasRule('secretive', kind, trail)) return value;
		return `sha256:${digestOf(salt, value)}`;
	}
}
