/** Which rules of spelling speak of a field, by the end of its path (canonical.yaml, secretive.yaml). */
import rules from 'catalog:spelling';
import { parsePath } from '../render/path.js';

export type Rule = 'quantity' | 'duration' | 'dropFalse' | 'dropZero' | 'dropEmpty' | 'secretive' | 'presence';

/** A path from its last segment upwards; items of lists are `[*]`. */
export interface Trail {
	readonly segment: string;
	readonly up: Trail | undefined;
}

const { all, kinds, freeMaps } = rules;
const free = new Set(freeMaps);

/** Whether a rule speaks of the field that a trail leads to. */
export function hasRule(rule: Rule, kind: string, trail: Trail): boolean {
	// In a map of the user's own keys, a key means nothing by its name.
	const isNamed = !(trail.up && free.has(trail.up.segment));
	const speaksIn = (from: typeof all) =>
		(isNamed && speaks(from, trail.segment, rule, trail)) || speaks(from, '*', rule, trail);
	return speaksIn(all) || (Object.hasOwn(kinds, kind) && speaksIn(kinds[kind] as typeof all));
}

/** The same for a field path. */
export function hasRuleAt(rule: Rule, kind: string, path: readonly string[]): boolean {
	let trail: Trail | undefined;
	for (const segment of path) trail = { segment: segment.startsWith('[') ? '[*]' : segment, up: trail };
	return trail !== undefined && hasRule(rule, kind, trail);
}

function speaks(from: typeof all, segment: string, rule: Rule, trail: Trail): boolean {
	const befores = Object.hasOwn(from, segment) ? from[segment]?.[rule] : undefined;
	return befores?.some((before) => follows(parsePath(before), trail.up)) === true;
}

function follows(before: readonly string[], trail: Trail | undefined): boolean {
	let at = trail;
	for (const segment of before) {
		if (!at || (segment !== '*' && segment !== at.segment)) return false;
		at = at.up;
	}
	return true;
}
