/**
 * What KubeDB's webhook makes up anew whenever an apply leaves it out, although a running database does not survive
 * another one (Kafka's cluster id). It matters only where git names the list that it stands in, because an apply then
 * replaces that list; so it is printed there, and remembered as a token of plan and state for renders that see no cluster.
 */
import { isInTopology } from '../catalog/catalog.js';
import { isSet } from '../catalog/condition.js';
import { inventorFor } from '../catalog/hooks.js';
import type { MadeUp } from '../catalog/types.js';
import type { JsonObject } from '../json.js';
import { getAt, type Path, parsePath, setAt } from './path.js';
import type { Desired, Memory, Report } from './situation.js';

const prefix = 'made-up/';

/** A database whose tokens hold the values that its manifest has to name. A value that cannot be known is reported. */
export function withMadeUp(desired: Desired, memory: Memory, report: Report): Desired {
	const { kind, root } = desired;
	const situation = { desired: root, defaults: kind.facts.defaults ?? {} };
	const own = (kind.facts.madeUp ?? []).filter(
		({ path, topology }) => isInTopology(kind, topology, situation) && !isSet(getAt(root, parsePath(path))),
	);
	const found: Record<string, string> = {};
	for (const each of own) {
		if (!isNeeded(each, own, desired, memory)) continue;
		const value = madeUpValue(each, desired, memory);
		if (value !== undefined) found[prefix + each.path] = value;
		else
			report({
				code: 'made-up-value',
				message: `it is not known what ${each.path} is in the cluster: ${each.because}`,
				path: listOf(each),
				hint: 'Set it to what the pods have, or render where the cluster can be seen.',
			});
	}
	return Object.keys(found).length === 0 ? desired : { ...desired, tokens: { ...desired.tokens, ...found } };
}

/** Puts the values into the spec of a manifest, in place. Lists that the manifest leaves alone stay as they are. */
export function putMadeUp(root: JsonObject, { tokens, kind }: Desired, { live }: Memory): void {
	for (const each of kind.facts.madeUp ?? []) {
		const value = tokens[prefix + each.path];
		if (value === undefined || (typeof live === 'object' && !isSet(getAt(root, listOf(each))))) continue;
		setAt(root, parsePath(each.path), value);
	}
}

function isNeeded(each: MadeUp, own: readonly MadeUp[], { root }: Desired, memory: Memory): boolean {
	const isNamed = (one: MadeUp) => isSet(getAt(root, listOf(one))) || remembered(one, memory) !== undefined;
	// A database to be created gets the same value everywhere, or KubeDB would make up another one for the rest.
	return isNew(memory) ? own.some(isNamed) : isNamed(each);
}

function madeUpValue(each: MadeUp, { id }: Desired, memory: Memory): string | undefined {
	const { live } = memory;
	const seen = typeof live === 'object' ? getAt(live.root, parsePath(each.path)) : undefined;
	if (isSet(seen)) return String(seen);
	return (
		remembered(each, memory) ?? (live === 'unknown' && !isNew(memory) ? undefined : inventorFor(each.invented)(id))
	);
}

function remembered({ path }: MadeUp, { plan, state }: Memory): string | undefined {
	return plan?.tokens[prefix + path] ?? state?.tokens[prefix + path];
}

/** Whether the database is to be created, as far as anyone knows. */
function isNew({ live, plan, state }: Memory): boolean {
	return live === 'absent' || (live === 'unknown' && !plan && !state);
}

/** The list that an apply replaces as a whole. */
function listOf({ path }: MadeUp): Path {
	const all = parsePath(path);
	return all.slice(
		0,
		all.findIndex((segment) => segment.startsWith('[')),
	);
}
