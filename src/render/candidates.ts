/** Which fields may need an operation: protocol section 3, the column "candidates". */
import { classify, kindOf, type Match } from '../catalog/catalog.js';
import { isSet, type Situation } from '../catalog/condition.js';
import type { JsonObject } from '../json.js';
import type { Tokens } from '../memory/memory.js';
import { differing, type Field, fieldOf } from './field.js';
import { type Leaves, leafKey, leafPath, leavesOf } from './normalise.js';
import { annotations, prefix } from './options.js';
import { getAt, parsePath } from './path.js';
import { refuseChanges } from './refuse-changes.js';
import type { Desired, Report } from './situation.js';

/** A database as it was before: what was rendered, or what is live. */
export interface Before {
	readonly root: JsonObject;
	readonly leaves: Leaves;
	/** Undefined where it is not known which tokens were given: then they are only recorded. */
	readonly tokens: Tokens | undefined;
	/** It is the live database, not something that was rendered. */
	readonly isLive?: boolean;
	/** Leaves that plans between it and the state named. */
	readonly named?: Leaves;
}

export interface Candidates {
	/** By id, in the order of the catalog. */
	readonly fields: ReadonlyMap<string, Field>;
	/** Leaves that differ and are changed by applying the database CR. */
	readonly direct: readonly string[];
	/** Leaves that differ from what was there before. */
	readonly changed: ReadonlySet<string>;
	/** Leaves that the database may have and the desired one does not name. */
	readonly gone: ReadonlySet<string>;
}

/**
 * `planned` and `touched` are those of the unsettled plan, where there is one. Changes that no operation carries and
 * that KubeDB refuses are reported.
 */
export function candidatesOf(
	desired: Desired,
	before: Before,
	planned: Before | undefined,
	touched: readonly string[],
	situation: Situation,
	report: Report,
): Candidates {
	const fields = new Map<string, Field>();
	const add = (field: Field) => fields.set(field.id, field);
	const direct: string[] = [];
	const differingFrom = (leaves: Leaves) =>
		differing(desired.leaves, leaves).filter((key) => !desired.kind.isKeyOfOwnItem(leafPath(key)));
	const changed = differingFrom(before.leaves);
	const refused = new Map<string, Match | undefined>();
	for (const key of changed) {
		const match = classify(desired.kind, leafPath(key), situation);
		if (match?.entry.class === 'operation' || match?.entry.class === 'restart') add(fieldOf(desired, match, situation));
		else if (match?.entry.class === 'direct') direct.push(key);
		else if (!isThereAlready(desired, key, situation))
			refused.set(match?.entry.whole ? leafKey(match.field) : key, match);
	}
	refuseChanges(desired, before, refused, report);
	for (const key of planned ? differingFrom(planned.leaves) : []) {
		const match = classify(desired.kind, leafPath(key), situation);
		if (match?.entry.class === 'operation' || match?.entry.class === 'restart') add(fieldOf(desired, match, situation));
	}
	for (const id of touched.filter((each) => !isTokenId(each))) {
		const match = classify(desired.kind, parsePath(id), situation);
		if (match && isCarriedOut(match)) add(fieldOf(desired, match, situation));
	}
	for (const field of tokenFields(desired, before, planned, touched, situation)) add(field);
	const named = [before.leaves, planned?.leaves ?? {}, planned?.named ?? {}].flatMap((leaves) => Object.keys(leaves));
	const gone = new Set(named.filter((key) => !(key in desired.leaves)));
	return { fields, direct, changed: new Set(changed), gone };
}

/** What the live database has as it is desired needs nobody to carry it out. */
function isThereAlready(desired: Desired, key: string, { live }: Situation): boolean {
	return live !== undefined && leavesOf(desired.id.kind, live)[key] === desired.leaves[key];
}

function isCarriedOut({ entry }: Match): boolean {
	return entry.class === 'operation' || entry.class === 'restart';
}

function isTokenId(id: string): boolean {
	return id.startsWith(prefix) || id.startsWith('content(');
}

/** The token under which the digest of a Secret's content is remembered. */
export function secretToken(name: string): string {
	return `secret/${name}`;
}

/** Tokens, and Secrets of the source whose content is not the one before. */
function* tokenFields(
	desired: Desired,
	before: Before,
	planned: Before | undefined,
	touched: readonly string[],
	situation: Situation,
): Generator<Field> {
	const { tokens, kind, root } = desired;
	if (!before.tokens) return;
	for (const [name, { type }] of Object.entries(annotations)) {
		if (type === undefined) continue;
		const group = type === 'Restart' ? type : `${type}/rotate`;
		// A token asks once: one that was taken back, or that was there before, asks for nothing.
		if (tokens[name] && tokens[name] !== before.tokens[name]) yield { id: prefix + name, type, group, token: name };
	}
	for (const [type, { fields = [] }] of Object.entries(kind.facts.operations)) {
		for (const row of fields.filter(({ secret }) => secret)) {
			const name = getAt(root, parsePath(row.from));
			if (!isSet(name)) continue;
			const secret = secretToken(String(name));
			const now = tokens[secret];
			const differs = (then: string | undefined) => then !== undefined && then !== now;
			const id = `content(${row.from})`;
			// A plan under way may have put another content of it to work, and the last of them does not say which.
			const isUnknown = touched.includes(row.from) && planned?.tokens?.[secret] === undefined;
			const differed = differs(before.tokens[secret]) || differs(planned?.tokens?.[secret]);
			const asks = differed || isUnknown || touched.includes(id);
			if (now === undefined || !asks) continue;
			const match = matchOf(kind.facts.kind, row.from);
			if (match) yield { ...fieldOf(desired, match, situation), id, type, token: 'secret' };
		}
	}
}

function matchOf(kind: string, from: string): Match | undefined {
	const path = parsePath(from);
	return kindOf(kind)
		?.matching(path)
		.find(({ entry }) => entry.row?.from === from);
}
