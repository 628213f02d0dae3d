/**
 * Changes under way that KubeDB carries out in one direction only: a commit that takes one back is refused, once the
 * operation may have done something. Applying the database CR would change the field behind KubeDB's back.
 */
import { classify } from '../catalog/catalog.js';
import type { Situation } from '../catalog/condition.js';
import type { Before } from './candidates.js';
import { isBelow, leafKey } from './normalise.js';
import { parsePath, showPath } from './path.js';
import { shownAt, shownTo } from './shown.js';
import type { Desired, Memory, Report } from './situation.js';
import type { Operation, Standing } from './standing.js';

interface Returning {
	readonly desired: Desired;
	readonly memory: Memory;
	readonly before: Before;
	/** The unsettled plan. */
	readonly planned: Before | undefined;
	readonly old: readonly Operation[];
	readonly standing: Standing;
	readonly situation: Situation;
	readonly report: Report;
}

/** `touched`: ids of the fields that unsettled plans have had operations for. */
export function refuseReturns(input: Returning, touched: readonly string[]): void {
	const { desired, memory, before, planned, old, standing, situation, report } = input;
	if (!planned) return;
	const { live } = memory;
	for (const id of touched) {
		const path = parsePath(id);
		const entry = classify(desired.kind, path, situation)?.entry;
		if (entry?.class !== 'unsupported' && entry?.class !== 'immutable') continue;
		const keys = [desired, before, planned].flatMap(({ leaves }) => Object.keys(leaves));
		// What differs from the database before as well is refused as a change of its own.
		const returned = keys.filter(
			(key) =>
				isBelow(key, leafKey(path)) &&
				desired.leaves[key] === before.leaves[key] &&
				desired.leaves[key] !== planned.leaves[key],
		);
		if (returned.length === 0) continue;
		const mayHaveRun = old
			.filter(({ fields }) => fields.includes(id))
			.some((operation) => standing.isLive(operation) || standing.statusOf(operation) === 'done');
		const isThere = typeof live !== 'object' || returned.every((key) => live.leaves[key] === desired.leaves[key]);
		if (!mayHaveRun && isThere) continue;
		const { kind } = desired.id;
		report({
			code: entry.class,
			message: `${showPath(path)} cannot be changed back${shownTo(kind, desired.root, path)}: ${entry.because}`,
			path,
			hint: `Put ${shownAt(kind, planned.root, path) ?? 'the value before'} back: the operation that sets it may have run.`,
		});
	}
}
