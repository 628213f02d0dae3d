/** Managed fields that others changed: an autoscaler, a hand-made OpsRequest, an edit. */
import type { Situation } from '../catalog/condition.js';
import type { Json } from '../json.js';
import { type Field, isEvidence, isSameInLive, managedFields, onlyGrows } from './field.js';
import type { Live } from './live.js';
import { getAt, type Path } from './path.js';
import { quantityValue } from './quantity.js';
import type { Desired, Memory } from './situation.js';
import { standingOf } from './standing.js';

export interface Drift {
	readonly field: Field;
	readonly path: Path;
	readonly desired: Json;
	readonly live: Json | undefined;
}

/** Managed fields that git sets, that no unsettled plan touches, and that the live database has otherwise. */
export function driftOf(desired: Desired, live: Live, situation: Situation, touched: readonly string[]): Drift[] {
	const drift: Drift[] = [];
	for (const field of managedFields(desired, situation, [desired.leaves]).values()) {
		if (!field.match || touched.includes(field.id) || !isEvidence(field, desired, live, situation)) continue;
		if (isSameInLive(desired, field.match, situation, live, [])) continue;
		const path = field.match.field;
		drift.push({ field, path, desired: getAt(desired.root, path) as Json, live: getAt(live.root, path) });
	}
	return drift;
}

/** Ids of drifted fields that operations are to bring back: asked for, possible, and nothing is under way on them. */
export function repairable(desired: Desired, memory: Memory, drift: readonly Drift[]): string[] {
	if (desired.options.drift !== 'repair' || memory.inProgress === true) return [];
	const standing = standingOf([], memory);
	return drift
		.filter(({ field }) => !standing.mayStillChange(field))
		.flatMap((each) => (canReturn(each) ? [each.field.id] : []));
}

/** What others made larger stays as it is, where it cannot become smaller. */
export function canReturn({ field, desired, live }: Drift): boolean {
	if (!onlyGrows(field)) return true;
	return (quantityValue(String(desired)) ?? 0n) > (quantityValue(String(live ?? '')) ?? 0n);
}
