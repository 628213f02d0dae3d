/** Which plan a render prints: the table of protocol section 3, row by row. */
import { operationFactsOf } from '../catalog/catalog.js';
import type { Situation } from '../catalog/condition.js';
import { canonicalJson, type JsonObject } from '../json.js';
import { type Plan, planDigest, type State, specDigest } from '../memory/memory.js';
import { type Before, type Candidates, candidatesOf } from './candidates.js';
import { type Drift, driftOf, repairable } from './drift.js';
import { differing, type Field, isEvidence, isSameInLive, onlyGrows } from './field.js';
import type { Live } from './live.js';
import { asBefore, nextPlan } from './next.js';
import { type Leaves, leavesOf } from './normalise.js';
import { getAt } from './path.js';
import { comparedWith, situationOf } from './plan-situation.js';
import { refuseUnacknowledged, unseen } from './published.js';
import { quantityValue } from './quantity.js';
import type { Desired, Memory, Report } from './situation.js';
import { operationsOf, standingOf } from './standing.js';
import { touchedFields } from './touched.js';

/** The row of the table that fits. */
export type Row =
	| 'creation'
	| 'adoption'
	| 'being-created'
	| 'recreation'
	| 'other-database'
	| 'plan-lost'
	| 'settled'
	| 'changed'
	| 'under-way'
	| 'mended'
	| 'repair'
	| 'changed-under-way';

export interface Outcome {
	readonly row: Row;
	readonly plan: Plan;
	/** The operations to print: those of the plan that are not settled, without those that are known to be over. */
	readonly operations: readonly JsonObject[];
	readonly state: State;
	/** What the plan was computed against; absent where nothing was computed. */
	readonly before?: Before;
	readonly candidates?: Candidates;
	readonly carried: ReadonlySet<string>;
	readonly settled: boolean;
	/** Managed fields that others changed. */
	readonly drift: readonly Drift[];
	readonly situation: Situation;
}

const nothing: ReadonlySet<string> = new Set();

/** Decides on the plan of one database. Problems are reported; the outcome is then not to be used. */
export function planFor(desired: Desired, memory: Memory, report: Report): Outcome {
	const { plan, live } = memory;
	const state = currentState(memory);
	const settled = plan !== undefined && isDone(plan, state) && (typeof live !== 'object' || live.plan === plan.digest);
	const situation = situationOf(desired, memory, settled ? undefined : plan);
	const drift =
		plan && typeof live === 'object' ? driftOf(desired, live, situation, settled ? [] : touchedFields(plan)) : [];
	const verbatim = (row: Row, printed: Plan, operations: readonly JsonObject[]): Outcome => ({
		row,
		plan: printed,
		operations,
		state: stateOf(printed, state),
		carried: nothing,
		settled: row === 'settled',
		drift,
		situation,
	});
	const fresh = (row: Row, base: string, generation: number): Outcome => {
		const made = {
			generation,
			base,
			follows: base === '' ? [] : [base],
			assumed: state?.digest ?? '',
			uid: '',
			touched: [],
			spec: desired.spec,
			tokens: desired.tokens,
			operations: [],
		};
		return verbatim(row, { ...made, digest: planDigest(made) }, []);
	};
	const next = (
		row: Row,
		before: Before,
		base: string,
		{ unsettled, repair = [] }: { unsettled?: Plan | undefined; repair?: readonly string[] } = {},
	): Outcome => {
		const generation = (plan ?? state)?.generation ?? 0;
		const against = comparedWith(situation, before);
		const made = nextPlan(
			{ desired, memory, before, unsettled, base, generation: generation + 1, repair, situation: against },
			report,
		);
		const printed = memory.published ? unseen(made.plan, plan, settled, state) : made.plan;
		const { operations } = printed;
		const { candidates, carried } = made;
		return { ...verbatim(row, printed, operations), before, candidates, carried, situation: against };
	};
	const remembered = plan ?? state;
	const exists = typeof live === 'object';

	if (!remembered) return exists ? next('adoption', adopted(desired, live), '') : fresh('creation', '', 1);
	if (live === 'absent' || state?.removed) {
		if (exists) return next('adoption', adopted(desired, live), remembered.digest);
		const isCreation =
			plan !== undefined && !isDone(plan, state) && !operationsOf(plan).some(({ type }) => type !== 'Restart');
		if (isCreation && plan.operations.length === 0 && isSame(desired, plan)) return verbatim('being-created', plan, []);
		// The database may come to exist any moment, as it was planned.
		if (isCreation && memory.inProgress !== false && !isSame(desired, plan))
			return next('changed-under-way', asBefore(desired, plan), plan.digest, { unsettled: plan });
		return fresh('recreation', remembered.digest, remembered.generation + 1);
	}
	if (!plan) return next('plan-lost', asBefore(desired, state as State), remembered.digest);

	// A plan without a uid was made for a database that was not there: one that bears another plan's mark came from elsewhere.
	const isOther =
		exists && (plan.uid === '' ? plan.operations.length === 0 && live.plan !== plan.digest : plan.uid !== live.uid);
	if (!settled && isOther) return next('other-database', adopted(desired, live), plan.digest);

	const same = isSame(desired, plan);
	if (memory.published && !settled) refuseUnacknowledged(desired, plan, state, same, report);
	// A plan without operations changes nothing but what applying the database CR changes, or creates it as it says.
	const known = plan.operations.length === 0 ? plan : state;
	const before = known ? asBefore(desired, known) : exists ? adopted(desired, live, plan) : asBefore(desired, plan);
	if (settled) {
		const repair = repairable(desired, memory, drift);
		if (!same) return next('changed', before, plan.digest, { repair });
		return repair.length === 0 ? verbatim('settled', plan, []) : next('repair', before, plan.digest, { repair });
	}
	if (!same) return next('changed-under-way', before, plan.digest, { unsettled: plan });
	const under = underWay(desired, memory, plan, before, comparedWith(situation, before));
	if (under === 'verbatim') return verbatim('under-way', plan, plan.operations);
	if (under === 'next') return next('mended', before, plan.digest, { unsettled: plan });
	const left = plan.operations.filter((_, i) => !under.has(i));
	return verbatim('under-way', plan, left);
}

/** That a database had left the source means nothing any more once a later plan has brought it back. */
function currentState({ plan, state }: Memory): State | undefined {
	return state?.removed && plan && plan.generation > state.generation ? undefined : state;
}

/** The state of a plan that is done: as it stands in the cluster already, else as it follows from the plan. */
function stateOf(plan: Plan, state: State | undefined): State {
	if (state && isDone(plan, state)) return state;
	const { generation, digest, spec, tokens } = plan;
	return { generation, digest, spec, tokens, removed: false };
}

function isDone(plan: Plan, state: State | undefined): boolean {
	if (!state || state.removed || state.digest !== plan.digest) return false;
	return specDigest(state.spec, state.tokens) === specDigest(plan.spec, plan.tokens);
}

/** Whether a database is desired as it was remembered. */
function isSame(desired: Desired, { spec, tokens }: Pick<Plan, 'spec' | 'tokens'>): boolean {
	if (canonicalJson({ ...tokens }) !== canonicalJson({ ...desired.tokens })) return false;
	if (canonicalJson(spec) === canonicalJson(desired.spec)) return true;
	return differing(leavesOf(desired.id.kind, spec), desired.leaves).length === 0;
}

/** A running database as the one before: what it has of the fields that git sets, or that the plan named. */
function adopted(desired: Desired, live: Live, plan?: Plan): Before {
	const named: Leaves = { ...desired.leaves, ...(plan ? leavesOf(desired.id.kind, plan.spec) : {}) };
	const leaves = Object.fromEntries(Object.entries(live.leaves).filter(([key]) => key in named));
	return { root: live.root, leaves, tokens: plan?.tokens, isLive: true };
}

/**
 * Row "not settled, D = P": the plan word for word, or a next generation where it cannot lead to its end any more, or
 * the positions of the operations to leave out, because they are over and were cleaned up.
 */
function underWay(
	desired: Desired,
	memory: Memory,
	plan: Plan,
	before: Before,
	situation: Situation,
): 'verbatim' | 'next' | ReadonlySet<number> {
	const { live, inProgress } = memory;
	if (typeof live !== 'object') return 'verbatim';
	const operations = operationsOf(plan);
	const standing = standingOf(operations, memory);
	const statuses = operations.map(standing.statusOf);
	if (statuses.some((status) => status === 'waiting' || status === 'running')) return 'verbatim';
	if (statuses.includes('skipped')) return 'next';

	const unsettled = asBefore(desired, plan);
	const isThere = (field: Field) =>
		field.match &&
		isSameInLive(desired, field.match, situation, live, [before.leaves, unsettled.leaves, unsettled.named]);
	const mine = candidatesOf(desired, before, unsettled, touchedFields(plan), situation, () => {}).fields;
	const covered = new Set(operations.filter((_, i) => statuses[i] !== 'done').flatMap(({ fields }) => fields));
	// A race or drift undid it.
	const undone = [...mine.values()].some(
		(field) => !covered.has(field.id) && isEvidence(field, desired, live, situation) && !isThere(field),
	);
	if (undone) return 'next';
	const isMoot = (field: Field) => {
		const path = field.match?.field ?? [];
		const [now, wanted] = [live.root, desired.root].map((root) => quantityValue(String(getAt(root, path) ?? '')));
		// An expansion to the size that is there is refused by KubeDB, other operations of the kind are not.
		const isEnough = operationFactsOf(field.type).grows === true;
		return now !== undefined && wanted !== undefined && (now > wanted || (isEnough && now === wanted));
	};
	const over = new Set<number>();
	for (const [i, { fields: ids }] of operations.entries()) {
		const fields = ids.flatMap((id) => mine.get(id) ?? []);
		const isPending = statuses[i] === 'absent' || statuses[i] === 'failed';
		if (isPending && inProgress !== true && fields.some((field) => onlyGrows(field) && isMoot(field))) return 'next';
		const isGone = statuses[i] === 'absent' && inProgress === false && fields.length === ids.length;
		const isOver = (field: Field) =>
			isEvidence(field, desired, live, situation) && isThere(field) && standing.targets(field).length === 0;
		if (isGone && fields.length > 0 && fields.every(isOver)) over.add(i);
	}
	return over.size === 0 ? 'verbatim' : over;
}
