/**
 * A spec as KubeDB stores it: quantities and durations as Go spells them, nulls and zero values dropped, old spellings
 * moved. What is dropped where is data (catalog/canonical.yaml, read from KubeDB's Go types).
 */
import { holds, isSet } from '../catalog/condition.js';
import { hasRule, type Trail } from '../catalog/spelling.js';
import type { KindFacts } from '../catalog/types.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { deleteAt, getAt, parsePath, setAt } from './path.js';
import { canonicalDuration, canonicalQuantity } from './quantity.js';

/**
 * The stored form of a database CR's spec, as an object of its own: `{spec}` in, `{spec}` out. An old spelling beside the
 * new one means nothing, and KubeDB's webhooks drop it (kubedb/apimachinery v0.66.0, copyConfigurationField and the like).
 */
export function canonicalise(facts: KindFacts, object: JsonObject): JsonObject {
	const spec = isObject(object.spec) ? stored(facts.kind, object.spec, { segment: 'spec', up: undefined }) : undefined;
	const root: JsonObject = { spec: spec ?? {} };
	for (const spelling of facts.spellings ?? []) {
		if ('old' in spelling) {
			const old = parsePath(spelling.old);
			const value = getAt(root, old);
			if (!isSet(value)) continue;
			const isMoved = ![spelling.unless].flat().some((path) => isSet(getAt(root, parsePath(path))));
			if (isMoved) setAt(root, parsePath(spelling.new), value);
			deleteAt(root, old);
			if (!isSet(getAt(root, old.slice(0, -1)))) deleteAt(root, old.slice(0, -1));
		} else if (holds(spelling.when, { desired: root, defaults: facts.defaults ?? {} })) {
			setAt(root, parsePath(spelling.path), spelling.implied);
		}
	}
	return root;
}

/** The stored form of a value, or undefined for one that is stored as absent. */
function stored(kind: string, value: Json, trail: Trail): Json | undefined {
	if (value === null) return undefined;
	if (Array.isArray(value)) {
		const items = value.map((item) => stored(kind, item, { segment: '[*]', up: trail }) ?? null);
		return items.length > 0 || !hasRule('dropEmpty', kind, trail) ? items : undefined;
	}
	if (isObject(value)) {
		const object: JsonObject = {};
		for (const [key, member] of Object.entries(value)) {
			const kept = stored(kind, member, { segment: key, up: trail });
			if (kept !== undefined) object[key] = kept;
		}
		return Object.keys(object).length > 0 || !hasRule('dropEmpty', kind, trail) ? object : undefined;
	}
	if (value === false) return hasRule('dropFalse', kind, trail) ? undefined : value;
	if (value === true) return value;
	if (value === '') return hasRule('dropEmpty', kind, trail) ? undefined : value;
	if (value === 0 && hasRule('dropZero', kind, trail)) return undefined;
	if (hasRule('quantity', kind, trail)) return canonicalQuantity(value);
	return typeof value === 'string' && hasRule('duration', kind, trail) ? canonicalDuration(value) : value;
}
