/** What the catalog's conditions are read against, while a plan is made. */
import type { Match } from '../catalog/catalog.js';
import type { Situation } from '../catalog/condition.js';
import type { Plan } from '../memory/memory.js';
import type { Before } from './candidates.js';
import { isBelow, leafKey, leavesOf } from './normalise.js';
import { matchStart, parsePath } from './path.js';
import { isCarriedBy } from './row-in-request.js';
import type { Desired, Memory } from './situation.js';
import { operationsOf } from './standing.js';
import { removedItems, touchedLeaves } from './touched.js';

/** `unsettled` is the plan whose operations still count. */
export function situationOf(desired: Desired, { live, state, plan }: Memory, unsettled: Plan | undefined): Situation {
	const root = typeof live === 'object' ? live.root : undefined;
	return {
		desired: desired.root,
		previous: root ?? (state?.removed ? undefined : state?.spec) ?? plan?.spec,
		live: root,
		rendered: plan && plan.operations.length === 0 ? plan.spec : state?.removed ? undefined : state?.spec,
		planned: plan?.spec,
		defaults: desired.kind.facts.defaults ?? {},
		claimed: unsettled && claimsOf(desired, unsettled),
		removedItems: unsettled && removedItems(unsettled),
		removedLeaves: unsettled && new Set(Object.keys(touchedLeaves(unsettled))),
	};
}

/** The same, where it is settled which database the desired one is compared with. */
export function comparedWith(situation: Situation, { root, isLive }: Before): Situation {
	return { ...situation, rendered: isLive ? undefined : root };
}

/**
 * What a plan under way has an operation for, and git keeps as it was planned, stays with that operation: by now the
 * live database may look as if another one were to carry it out (a new item that exists, TLS that is there).
 */
function claimsOf(desired: Desired, plan: Plan): NonNullable<Situation['claimed']> {
	const planned = leavesOf(desired.id.kind, plan.spec);
	const matches = operationsOf(plan).flatMap(({ type, fields, manifest }) =>
		fields.flatMap((id) => {
			const path = parsePath(id);
			const all = desired.kind.matching(path).filter(({ field }) => field.length === path.length);
			const own = all.filter(({ entry }) => (entry.operation ?? 'Restart') === type && entry.class !== 'direct');
			return own.find(({ entry, field }) => !entry.row || isCarriedBy(manifest, entry.row, field)) ?? own[0] ?? [];
		}),
	);
	const keys = [...new Set([...Object.keys(planned), ...Object.keys(desired.leaves)])];
	const isKept = ({ field }: Match) =>
		keys.every((key) => planned[key] === desired.leaves[key] || !isBelow(key, leafKey(field)));
	const kept = matches.filter(isKept).sort((a, b) => b.field.length - a.field.length);
	return (path) => kept.find(({ field }) => matchStart(field, path));
}
