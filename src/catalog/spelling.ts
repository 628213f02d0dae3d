/** Which rules of spelling speak of a field, by the end of its path (canonical.yaml, secretive.yaml). */
import { parsePath } from '../render/path.js';
import canonicalRules from './canonical.yaml';
import secretivePaths from './secretive.yaml';

export type Rule = 'quantity' | 'duration' | 'dropFalse' | 'dropZero' | 'dropEmpty' | 'secretive' | 'presence';

/** A path from its last segment upwards; items of lists are `[*]`. */
export interface Trail {
	readonly segment: string;
	readonly up: Trail | undefined;
}

interface Suffix {
	readonly rule: Rule;
	/** The segments before the last one, nearest first. */
	readonly before: readonly string[];
	readonly kind: string | undefined;
}

type Canonical = Record<Exclude<Rule, 'secretive' | 'presence'>, string[]> & {
	exceptions: { kind: string; path: string; rule: Rule }[];
	freeMaps: string[];
};
const { exceptions, freeMaps, ...canonical } = canonicalRules as Canonical;

const suffixes = new Map<string, Suffix[]>();
for (const [rule, paths] of Object.entries(canonical)) for (const path of paths) add(path, rule as Rule);
for (const path of secretivePaths as string[]) add(path, 'secretive');
for (const { kind, path, rule } of exceptions) add(path, rule, kind);

function add(path: string, rule: Rule, kind?: string): void {
	const [last, ...before] = [...parsePath(path)].reverse() as [string, ...string[]];
	const list = suffixes.get(last);
	if (list) list.push({ rule, before, kind });
	else suffixes.set(last, [{ rule, before, kind }]);
}

const anyKey = suffixes.get('*') ?? [];
const free = new Set(freeMaps);
const none: readonly Suffix[] = [];

/** Whether a rule speaks of the field that a trail leads to. */
export function hasRule(rule: Rule, kind: string, trail: Trail): boolean {
	// In a map of the user's own keys, a key means nothing by its name.
	const named = trail.up && free.has(trail.up.segment) ? none : (suffixes.get(trail.segment) ?? none);
	return speaks(named, rule, kind, trail) || speaks(anyKey, rule, kind, trail);
}

/** The same for a field path. */
export function hasRuleAt(rule: Rule, kind: string, path: readonly string[]): boolean {
	let trail: Trail | undefined;
	for (const segment of path) trail = { segment: segment.startsWith('[') ? '[*]' : segment, up: trail };
	return trail !== undefined && hasRule(rule, kind, trail);
}

function speaks(list: readonly Suffix[], rule: Rule, kind: string, trail: Trail): boolean {
	return list.some(
		(suffix) =>
			suffix.rule === rule && (suffix.kind === undefined || suffix.kind === kind) && follows(suffix.before, trail.up),
	);
}

function follows(before: readonly string[], trail: Trail | undefined): boolean {
	let at = trail;
	for (const segment of before) {
		if (!at || (segment !== '*' && segment !== at.segment)) return false;
		at = at.up;
	}
	return true;
}
