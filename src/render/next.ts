/** The next generation of a plan: the five steps of protocol section 3 for each candidate field. */

import { classify } from '../catalog/catalog.js';
import { isSet, type Situation } from '../catalog/condition.js';
import { type Plan, planDigest } from '../memory/memory.js';
import { type Before, type Candidates, candidatesOf } from './candidates.js';
import { type Field, isEvidence, isSameInLive, leavesOfField } from './field.js';
import { operationName } from './names.js';
import { leafPath, leavesOf } from './normalise.js';
import { retryToken } from './options.js';
import { byOrder } from './order.js';
import { getAt, showPath } from './path.js';
import { payloadOf } from './payload.js';
import { asksForSomething, canBeTakenBack } from './payload-checks.js';
import { isLargeEnough } from './published.js';
import { refuseReturns } from './refuse-returns.js';
import { placed, requestOf } from './request.js';
import { refuseShrinking } from './shrinking.js';
import type { Desired, Memory, Report } from './situation.js';
import { type Operation, operationsOf, type Standing, standingOf } from './standing.js';
import { pointerOf, touchedFields, touchedLeaves } from './touched.js';

export interface NextInput {
	readonly desired: Desired;
	readonly memory: Memory;
	readonly before: Before;
	/** The unsettled plan whose operations still count; absent where there is none, or none that is about this database. */
	readonly unsettled: Plan | undefined;
	readonly base: string;
	readonly generation: number;
	/** Ids of fields to bring back although nobody asked for a change (drift: repair). */
	readonly repair: readonly string[];
	readonly situation: Situation;
}

export interface Next {
	readonly plan: Plan;
	readonly candidates: Candidates;
	/** Names of the operations that the plan takes over from the one before. */
	readonly carried: ReadonlySet<string>;
}

/** Makes a plan. What cannot be done is reported; the plan is then not to be used. */
export function nextPlan(input: NextInput, report: Report): Next {
	const { desired, memory, before, unsettled, situation } = input;
	const planned = unsettled ? asBefore(desired, unsettled) : undefined;
	const touched = unsettled ? [...touchedFields(unsettled), ...input.repair] : input.repair;
	const candidates = candidatesOf(desired, before, planned, touched, situation, report);
	const old = unsettled ? operationsOf(unsettled) : [];
	const standing = standingOf(old, memory);
	const planner = { ...input, planned, candidates, old, standing, report };
	if (unsettled) refuseReturns(planner, touchedFields(unsettled));

	const groups = new Map<string, Field[]>();
	for (const field of candidates.fields.values()) {
		if (isWaived(planner, field) || isLeftAlone(planner, field)) continue;
		if (refuseShrinking(planner, field)) continue;
		if (isLargeEnough(field, desired, memory)) continue;
		groups.set(field.group, [...(groups.get(field.group) ?? []), field]);
	}
	const made = [...groups.values()].flatMap((fields) => operationsFor(planner, fields));
	made.sort(byOrder);
	const operations = made.map(({ operation }, position) => placed(operation, position));

	const uid = typeof memory.live === 'object' ? memory.live.uid : '';
	const plan = {
		generation: input.generation,
		base: input.base,
		follows: input.base === '' ? [] : [input.base],
		assumed: memory.state?.digest ?? '',
		uid,
		touched: touchedBy(planner),
		spec: desired.spec,
		tokens: desired.tokens,
		operations,
	};
	const carried = new Set(made.filter(({ isCarried }) => isCarried).map(({ operation }) => operation.name));
	return { plan: { ...plan, digest: planDigest(plan) }, candidates, carried };
}

/** What this plan and the unsettled one before it have had to do with. */
function touchedBy({ desired, candidates, unsettled, situation }: Planner): string[] {
	const isManaged = (key: string) => classify(desired.kind, leafPath(key), situation)?.entry.class === 'operation';
	const gone = [...candidates.gone].filter(isManaged).map(pointerOf);
	return [...new Set([...candidates.fields.keys(), ...gone, ...(unsettled?.touched ?? [])])].sort();
}

interface Planner extends NextInput {
	readonly planned: Before | undefined;
	readonly candidates: Candidates;
	/** Operations of the unsettled plan. */
	readonly old: readonly Operation[];
	readonly standing: Standing;
	readonly report: Report;
}

/** What a remembered database looks like as the one before. */
export function asBefore(desired: Desired, remembered: Pick<Plan, 'spec' | 'tokens'> & Partial<Plan>): Before {
	const { spec, tokens, touched = [] } = remembered;
	return { root: spec, leaves: leavesOf(desired.id.kind, spec), tokens, named: touchedLeaves({ touched }) };
}

/** Step 2: the live database has the value already, and nothing may still change it. */
function isWaived(planner: Planner, field: Field): boolean {
	const { desired, memory, standing, before, planned, situation } = planner;
	const { live } = memory;
	if (typeof live !== 'object' || !field.match || !isEvidence(field, desired, live, situation)) return false;
	const named = [before.leaves, planned?.leaves, planned?.named];
	return isSameInLive(desired, field.match, situation, live, named) && !standing.mayStillChange(field);
}

/**
 * A field that git does not set any more and that no operation takes back. Refused, if it is set in what is done. If only
 * an unsettled plan set it, and nothing of that ran, it is as it was before: one of those that git says nothing about.
 */
function isLeftAlone({ desired, before, planned, old, standing, report }: Planner, field: Field): boolean {
	const path = field.match?.field;
	if (!path || isSet(getAt(desired.root, path)) || canBeTakenBack(desired, field)) return false;
	const statuses = old.filter(({ fields }) => fields.includes(field.id)).map((each) => standing.statusOf(each));
	const isDone = statuses.includes('done');
	const was = getAt(isDone ? planned?.root : before.root, path);
	if ((isDone || !before.isLive) && isSet(was))
		report({
			code: 'cannot-remove',
			message: `${showPath(path)} cannot be removed: KubeDB has no operation that unsets it`,
			path,
			hint: `Put ${typeof was === 'object' ? 'it' : `${path.at(-1)}: ${String(was)}`} back.`,
		});
	else if (standing.mayStillChange(field))
		report({
			code: 'on-its-way',
			message: `${showPath(path)} cannot be removed while a ${field.type} that sets it may still run`,
			path,
			hint: 'Put it back, or remove it when the operation has ended.',
		});
	else if (statuses.includes('failed'))
		report({
			severity: 'warning',
			code: 'may-be-set',
			message: `${showPath(path)} may be set in the database: the ${field.type} that sets it failed, and KubeDB has no operation that unsets it`,
			path,
			hint: 'Look at what the database has, or put it back.',
		});
	return true;
}

interface Made {
	readonly operation: Operation;
	readonly type: string;
	readonly shrinks: boolean;
	readonly isLate: boolean;
	readonly isCarried: boolean;
}

/** Steps 4 and 5 for the fields of one group: what the plan before has under way, and a new operation for the rest. */
function operationsFor(planner: Planner, fields: readonly Field[]): Made[] {
	const { desired, old } = planner;
	const type = (fields[0] as Field).type;
	const made: Made[] = [];
	let rest = [...fields];
	for (const operation of old.filter((each) => each.type === type)) {
		const kept = rest.filter((field) => operation.fields.includes(field.id) && isUnchanged(planner, field));
		if (kept.length === 0 || !isKept(planner, operation, kept, rest)) continue;
		const isLate = kept.some((field) => field.isLate);
		const shrinks = kept.some((field) => doesShrink(planner, field));
		made.push({
			operation: { ...operation, fields: kept.map(({ id }) => id) },
			type,
			shrinks,
			isLate,
			isCarried: true,
		});
		rest = rest.filter((field) => !kept.includes(field));
	}
	if (!rest.some((field) => asksForSomething(desired, field))) {
		if (made.length === 0) refuseLate(planner, rest);
		return made;
	}
	const payload = payloadOf(
		{ desired, type, fields: rest, situation: planner.situation, gone: planner.candidates.gone },
		planner.report,
	);
	const retry = retryToken(desired.tokens, type);
	const { generation, base, memory } = planner;
	const group = (rest[0] as Field).group;
	const uid = typeof memory.live === 'object' ? memory.live.uid : '';
	const { requests } = memory;
	const isTaken = (name: string) => requests !== 'unknown' && requests.has(name);
	const name = operationName(desired.id, { uid, generation, base, type, group, payload, retry }, isTaken);
	const operation = { name, type, fields: rest.map(({ id }) => id), retry, manifest: requestOf(desired, payload) };
	const shrinks = rest.some((field) => doesShrink(planner, field));
	return [...made, { operation, type, shrinks, isLate: rest.some((field) => field.isLate), isCarried: false }];
}

/** A field without a payload of its own changes with the operation of another one: not any more once that is done. */
function refuseLate({ report }: Planner, fields: readonly Field[]): void {
	for (const { type, row, match } of fields) {
		if (!row || row.to !== undefined || !match) continue;
		report({
			code: 'unsupported',
			message: `${showPath(match.field)} cannot be removed any more: it goes with a ${type}, which has been carried out without that`,
			path: match.field,
			hint: 'Put it back.',
		});
	}
}

/** Whether the plan before wanted of a field what is wanted now. */
function isUnchanged({ desired, planned, situation }: Planner, field: Field): boolean {
	if (field.token === 'secret' || field.token === undefined) {
		const leaves = field.match ? leavesOfField(desired, field.match, situation, [desired.leaves, planned?.leaves]) : [];
		if (![...leaves].every((key) => planned?.leaves[key] === desired.leaves[key])) return false;
	}
	return tokensOf(field, desired).every((name) => planned?.tokens?.[name] === desired.tokens[name]);
}

function tokensOf(field: Field, { root }: Desired): string[] {
	if (field.token === undefined) return [];
	if (field.token !== 'secret') return [field.token];
	return field.match ? [`secret/${String(getAt(root, field.match.field))}`] : [];
}

/** Step 4: whether an operation of the plan before is taken over for fields whose value it has. */
function isKept(
	{ desired, standing, memory, situation }: Planner,
	operation: Operation,
	kept: Field[],
	needed: Field[],
): boolean {
	const status = standing.statusOf(operation);
	const sameToken = operation.retry === retryToken(desired.tokens, operation.type);
	if (status === 'unknown') return sameToken;
	// What waits or runs cannot be called back: the rest follows it.
	if (standing.isLive(operation)) return true;
	if (status === 'skipped') return false;
	if (status === 'done') {
		const { live } = memory;
		return kept.every((field) => typeof live !== 'object' || !isEvidence(field, desired, live, situation));
	}
	// One that has failed or was never made is kept only if it does all there is to do.
	const isAll = operation.fields.length === kept.length && needed.every((field) => kept.includes(field));
	return isAll && (status === 'absent' || sameToken);
}

/** Whether a number becomes smaller than it is in the live database, or was. */
function doesShrink({ desired, situation, before }: Planner, { match }: Field): boolean {
	if (!match) return false;
	const now = getAt(desired.root, match.field);
	const then = getAt(situation.live ?? before.root, match.field);
	return typeof now === 'number' && typeof then === 'number' && now < then;
}
