/** What KubeDB's webhook would refuse of a database, whatever it was before: the catalog's checks, and its lists and maps. */
import type { Kind } from '../catalog/catalog.js';
import { checksOf } from '../catalog/checks-of.js';
import { holds, isSet } from '../catalog/condition.js';
import { hasRuleAt } from '../catalog/spelling.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { keysOf } from './normalise.js';
import { getAt, itemOf, keyOfItem, type Path, parsePath, showPath } from './path.js';
import { pathsIn } from './payload-rows.js';
import type { Report } from './situation.js';

/** Reports all that is wrong with a database in stored spelling, `{spec}`. */
export function checkDatabase(kind: Kind, root: JsonObject, report: Report): void {
	checkFacts(kind, root, report);
	checkKeys(kind, root, report);
	checkItems(kind, root, report);
}

function checkFacts({ facts }: Kind, root: JsonObject, report: Report): void {
	const situation = { desired: root, defaults: facts.defaults ?? {} };
	for (const { path: text, refuse, because, hint } of checksOf(facts, namesInPods(root))) {
		const pattern = parsePath(text);
		for (const path of pathsIn(root, pattern)) {
			if (!holds(refuse, situation, path, pattern)) continue;
			report({
				code: 'admission',
				message: refusalOf(facts.kind, root, path, because),
				path,
				...(hint ? { hint } : {}),
			});
		}
	}
}

const named = ['volumes', 'volumeMounts', 'env'];

/** Whether anything in it could have a name that is KubeDB's own: most databases do without. */
function namesInPods(value: Json): boolean {
	if (typeof value !== 'object' || value === null) return false;
	return Object.entries(value).some(([key, member]) => named.includes(key) || namesInPods(member));
}

/** `FIELD cannot be VALUE: WHY`; a reason may also begin with the field and say it all. */
function refusalOf(kind: string, root: JsonObject, path: Path, because: string): string {
	const field = showPath(path);
	if (because.startsWith(`${field} `)) return because;
	const value = getAt(root, path);
	if (!isSet(value)) return `${field} is missing: ${because}`;
	const text = typeof value === 'object' || hasRuleAt('secretive', kind, path) ? undefined : String(value);
	return `${field} ${text === undefined ? 'is refused' : `cannot be ${text}`}: ${because}`;
}

/** Maps of which KubeDB knows the keys. */
function checkKeys({ facts }: Kind, root: JsonObject, report: Report): void {
	for (const { from, keys } of Object.values(facts.operations).flatMap(({ fields = [] }) => fields)) {
		const map = getAt(root, parsePath(from));
		if (!keys || !isObject(map)) continue;
		for (const key of Object.keys(map).filter((each) => !keys.includes(each))) {
			const path = [...parsePath(from), key];
			const message = `${showPath(path)} is refused: KubeDB reads no key of ${from} but ${keys.join(', ')}`;
			report({ code: 'admission', message, path, at: 'key', hint: `Name it ${keys.join(' or ')}, or remove it.` });
		}
	}
}

/**
 * Lists of whose items the catalog speaks one by one: an item that cannot be told from another would change without
 * the operation that is for it.
 */
function checkItems(kind: Kind, root: JsonObject, report: Report): void {
	const lists = new Map<string, [path: Path, keys: readonly string[]]>();
	for (const [pattern, keys] of keyedLists(kind))
		for (const path of pathsIn(root, pattern)) lists.set(showPath(path), [path, keys]);
	for (const [path, keys] of lists.values()) {
		const list = getAt(root, path);
		if (Array.isArray(list)) checkList(path, list, keys, report);
	}
}

const keyed = new WeakMap<Kind, readonly (readonly [pattern: Path, keys: readonly string[]])[]>();

/** The lists that a kind's entries go through, with the keys that may tell their items apart; found once, for hundreds of databases. */
function keyedLists(kind: Kind): readonly (readonly [pattern: Path, keys: readonly string[]])[] {
	const known = keyed.get(kind);
	if (known) return known;
	const lists = new Map<string, readonly [Path, readonly string[]]>();
	for (const { pattern } of kind.entries)
		for (const [depth, segment] of pattern.entries()) {
			const key = itemOf(segment)?.[0];
			const keys = key ? [key] : segment === '[*]' ? keysOf(pattern[depth - 1] as string) : [];
			if (keys.length > 0) lists.set(`${showPath(pattern.slice(0, depth))} ${keys}`, [pattern.slice(0, depth), keys]);
		}
	const found = [...lists.values()];
	keyed.set(kind, found);
	return found;
}

function checkList(path: Path, list: readonly Json[], keys: readonly string[], report: Report): void {
	const wrong = keys.map((key) => {
		const values = list.map((item) => keyOfItem(item, key));
		return values.findIndex((value, i) => !value || values.indexOf(value) < i);
	});
	if (wrong.includes(-1)) return;
	report({
		code: 'no-item-key',
		message: `the items of ${showPath(path)} need a ${keys.join(' or ')} each, and no two the same`,
		path: [...path, `[${Math.max(...wrong)}]`, keys[wrong.indexOf(Math.max(...wrong))] as string],
		hint: 'Operations tell them apart by it.',
	});
}
