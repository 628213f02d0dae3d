/** Step 3 of protocol section 3: what only grows, and may have become larger than git wants it, is refused. */
import { operationFactsOf } from '../catalog/catalog.js';
import { isSet, type Situation } from '../catalog/condition.js';
import type { Json, JsonObject } from '../json.js';
import type { Before } from './candidates.js';
import { type Field, onlyGrows } from './field.js';
import { getAt, showPath } from './path.js';
import { quantityValue } from './quantity.js';
import type { Desired, Memory, Report } from './situation.js';
import type { Operation, Standing } from './standing.js';

interface Shrinking {
	readonly desired: Desired;
	readonly memory: Memory;
	readonly before: Before;
	readonly planned: Before | undefined;
	/** Operations of the unsettled plan. */
	readonly old: readonly Operation[];
	readonly standing: Standing;
	readonly situation: Situation;
	readonly report: Report;
}

/** Whether a volume, or a number that KubeDB only makes larger, is or may get larger than it is wanted; this is reported. */
export function refuseShrinking(input: Shrinking, field: Field): boolean {
	const { desired, memory, standing, before, planned, old, situation, report } = input;
	const path = field.match?.field;
	if (!path || !onlyGrows(field)) return false;
	const wanted = quantityOf(desired.root, field);
	if (wanted === undefined) return false;
	const mayHave = situation.live
		? [getAt(situation.live, path)]
		: [before.root, planned?.root, memory.seen?.root].map((root) => getAt(root, path));
	const mayGet = old
		.filter((operation) => operation.fields.includes(field.id) && standing.isLive(operation))
		.map(() => getAt(planned?.root, path));
	const held = [...mayHave, ...mayGet, ...standing.targets(field)].filter((value) => isSet(value)).map(String);
	const largest = held.reduce((a, b) => ((quantityValue(b) ?? 0n) > (quantityValue(a) ?? 0n) ? b : a), '0');
	if (wanted >= (quantityValue(largest) ?? 0n)) return false;
	const now = String(getAt(desired.root, path));
	const isVolume = operationFactsOf(field.type).grows === true;
	report({
		code: isVolume ? 'volume-shrinks' : 'number-shrinks',
		message: `${showPath(path)} cannot shrink from ${largest} to ${now}`,
		path,
		proposed: largest,
		hint: `${reasonFor(isVolume, largest, situation.live && getAt(situation.live, path))} Write ${largest}, or restore a backup into a new database.`,
	});
	return true;
}

/** `live` is what the database is known to have. */
function reasonFor(isVolume: boolean, largest: string, live: Json | undefined): string {
	const rule = isVolume ? 'KubeDB can only expand volumes' : 'KubeDB takes only a larger number here';
	if (live === undefined) return `${rule}.`;
	if (String(live) === largest) return `${rule}, and this one has ${largest}.`;
	return `${rule}, and ${isVolume ? 'an expansion' : 'an operation'} from ${String(live)} to ${largest} is on its way.`;
}

function quantityOf(root: JsonObject, { match }: Field): bigint | undefined {
	const value = match && getAt(root, match.field);
	return typeof value === 'string' || typeof value === 'number' ? quantityValue(value) : undefined;
}
