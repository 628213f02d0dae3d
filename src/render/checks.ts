/** What KubeDB's webhook would refuse of a database, whatever it was before: the catalog's checks, and its lists and maps. */
import type { Kind } from '../catalog/catalog.js';
import { holds } from '../catalog/condition.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { naturalKey } from './normalise.js';
import { getAt, itemOf, type Path, parsePath, showPath } from './path.js';
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
	for (const { path: text, refuse, because, hint } of facts.checks ?? []) {
		const pattern = parsePath(text);
		for (const path of pathsIn(root, pattern))
			if (holds(refuse, situation, path, pattern))
				report({ code: 'admission', message: because, path, ...(hint ? { hint } : {}) });
	}
}

/** Lists whose items the catalog speaks of one by one: something has to tell them apart. */
function checkItems({ entries }: Kind, root: JsonObject, report: Report): void {
	const lists = new Map<string, Path>();
	for (const { pattern } of entries) {
		const depth = pattern.findIndex((segment) => segment.endsWith('=*]'));
		if (depth > 0) lists.set(showPath(pattern.slice(0, depth + 1)), pattern.slice(0, depth + 1));
	}
	for (const pattern of lists.values()) {
		const [path, key] = [pattern.slice(0, -1), itemOf(pattern.at(-1) as string)?.[0]];
		const list = getAt(root, path);
		if (!Array.isArray(list) || list.length === 0 || naturalKey(path.at(-1) as string, list) === key) continue;
		report({
			code: 'no-item-key',
			message: `the items of ${showPath(path)} need a ${key} each, and no two the same`,
			path,
			hint: `Operations tell them apart by it, and KubeDB makes one up where it is missing.`,
		});
	}
}

/** Maps of which KubeDB knows the keys. */
function checkKeys({ facts }: Kind, root: JsonObject, report: Report): void {
	for (const { fields = [] } of Object.values(facts.operations)) {
		for (const { from, keys } of fields) {
			if (!keys) continue;
			const path = parsePath(from);
			const map = path.reduce<Json | undefined>((at, segment) => (isObject(at) ? at[segment] : undefined), root);
			for (const key of isObject(map) ? Object.keys(map) : []) {
				if (keys.includes(key)) continue;
				const hint = `It takes ${keys.join(', ')}.`;
				report({
					code: 'admission',
					message: `${from} has no key ${key} for KubeDB`,
					path: [...path, key],
					at: 'key',
					hint,
				});
			}
		}
	}
}
