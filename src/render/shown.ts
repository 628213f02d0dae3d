/** Values as problems show them. */
import { isSet } from '../catalog/condition.js';
import { hasRuleAt } from '../catalog/spelling.js';
import { canonicalJson, type JsonObject } from '../json.js';
import { redact } from './normalise.js';
import { getAt, type Path } from './path.js';

const LIMIT = 80;

/** The value of a field of `{spec}`: undefined where there is none, or too much of it, or maybe a secret. */
export function shownAt(kind: string, root: JsonObject | undefined, path: Path): string | undefined {
	const value = getAt(root, path);
	if (!root || !isSet(value) || hasRuleAt('secretive', kind, path)) return undefined;
	if (typeof value !== 'object') return String(value);
	const text = canonicalJson(getAt(redact(kind, root, ''), path) ?? null);
	return text.length <= LIMIT ? text : undefined;
}

/** ` to 5Gi`, or nothing where the value does not show. */
export function shownTo(kind: string, root: JsonObject | undefined, path: Path): string {
	const text = shownAt(kind, root, path);
	return text === undefined ? '' : ` to ${text}`;
}
