/** Whether the conditions of the catalog hold for a database. */

import { canonicalJson, isObject, type Json, type JsonObject } from '../json.js';
import { bind, getAll, getAt, itemOf, type Path, parsePath, showPath } from '../render/path.js';
import { quantityValue } from '../render/quantity.js';
import type { Match } from './catalog.js';
import type { Change, Condition, ItemState, Test } from './types.js';

/** What conditions are read against. Every object is a database CR, of which `spec` is looked at. */
export interface Situation {
	readonly desired: JsonObject;
	/** The database before the change: the live one, else what was rendered before. Absent at creation. */
	readonly previous?: JsonObject | undefined;
	readonly live?: JsonObject | undefined;
	/** What was rendered before this: absent where that is not known, as when a running database is adopted. */
	readonly rendered?: JsonObject | undefined;
	/** What else may be remembered of it: an unsettled plan. */
	readonly planned?: JsonObject | undefined;
	readonly defaults: Record<string, Json>;
	/** Items of lists that a plan under way took out, by path. */
	readonly removedItems?: readonly string[] | undefined;
	/** Keys of leaves that a plan under way, or one before it, took out. */
	readonly removedLeaves?: ReadonlySet<string> | undefined;
	/** The field of an operation under way that a path belongs to, whatever conditions say by now. */
	readonly claimed?: ((path: Path) => Match | undefined) | undefined;
}

/**
 * Whether a condition holds. `at` is the concrete path of the field that it is asked for, where it speaks of an item;
 * `pattern` is what that field is in the catalog: the wildcards of both stand for the same items.
 */
export function holds(
	condition: Condition | undefined,
	situation: Situation,
	at: Path = [],
	pattern: Path = [],
): boolean {
	if (!condition) return true;
	const { desired, previous, live, defaults } = situation;
	if (condition.live && !live) return false;
	const holdIn = (object: JsonObject | undefined, tests: Record<string, Test> = {}) => {
		const read = (path: string) => {
			const value = getAt(object, bind(parsePath(path), pattern, at));
			return isSet(value) ? value : object && path in defaults ? defaults[path] : value;
		};
		return Object.entries(tests).every(([path, test]) =>
			typeof test === 'object' && 'totalAtMost' in test
				? total(object, path, defaults) <= test.totalAtMost
				: passes(test, read(path), read),
		);
	};
	return (
		holdIn(desired, condition.desired) &&
		holdIn(previous, condition.previous) &&
		holdIn(live, condition.live) &&
		changesHold(condition.changes, situation) &&
		(condition.item === undefined || [condition.item].flat().includes(itemState(situation, at))) &&
		(condition.any === undefined || condition.any.some((each) => holds(each, situation, at, pattern)))
	);
}

/** Null, an empty map and an empty list equal absence. */
export function isSet(value: Json | undefined): value is Json {
	if (value === undefined || value === null) return false;
	if (Array.isArray(value)) return value.length > 0;
	return !isObject(value) || Object.keys(value).length > 0;
}

/** Whether a value is what a test wants; `read` gives the values of other fields. */
export function passes(test: Test, value: Json | undefined, read: (path: string) => Json | undefined): boolean {
	if (test === 'unset') return !isSet(value);
	if (test === 'absent') return isAbsent(value);
	if (test === 'present') return !isAbsent(value);
	if (typeof test === 'object' && 'isNot' in test) return value !== test.isNot;
	if (!isSet(value)) return false;
	if (test === 'set') return true;
	if (typeof test !== 'object') return value === test;
	if ('in' in test) return test.in.includes(value);
	if ('not' in test) return !test.not.includes(value);
	if ('below' in test) return isBelow(String(value), test.below);
	if ('unlike' in test) return [value].flat().some((text) => !new RegExp(test.unlike).test(String(text)));
	if ('beneath' in test) return test.beneath.some((path) => bare(String(value)).startsWith(bare(path)));
	if ('equalsField' in test) return canonicalJson(value) === canonicalJson(read(test.equalsField) ?? null);
	if ('differsFromField' in test) return canonicalJson(value) !== canonicalJson(read(test.differsFromField) ?? null);
	if ('lengthDiffersFromField' in test)
		return Array.isArray(value) && value.length !== Number(read(test.lengthDiffersFromField) ?? value.length);
	if ('atLeastField' in test) {
		const least = read(test.atLeastField);
		return isSet(least) && Number(value) >= Number(least);
	}
	if ('atLeast' in test) return Number(value) >= test.atLeast;
	return 'atMost' in test && Number(value) <= test.atMost;
}

/** A path of files with one slash, which is at its end. */
function bare(path: string): string {
	return `${path.replace(/^\/|\/$/g, '')}/`;
}

function isAbsent(value: Json | undefined): boolean {
	return value === undefined || value === null;
}

/** The sum of numbers at a path with a wildcard, one for each item. */
function total(object: JsonObject | undefined, path: string, defaults: Record<string, Json>): number {
	const values = getAll(object, parsePath(path));
	return values.reduce((sum: number, value) => sum + Number(isSet(value) ? value : (defaults[path] ?? 0)), 0);
}

function isBelow(version: string, bound: string): boolean {
	const numbers = /^\d+(?:\.\d+)*/.exec(version)?.[0].split('.').map(Number);
	if (!numbers) return false;
	const limits = bound.split('.').map(Number);
	for (const [i, limit] of limits.entries()) {
		const number = numbers[i] ?? 0;
		if (number !== limit) return number < limit;
	}
	return false;
}

function changesHold(changes: Record<string, Change[]> | undefined, situation: Situation): boolean {
	if (!changes) return true;
	return Object.entries(changes).every(([text, kinds]) => {
		const path = parsePath(text);
		const change = changeOf(situation, path);
		const direction = directionOf(situation, path);
		return [change, direction].some((each) => each !== undefined && kinds.includes(each));
	});
}

function directionOf({ desired, previous, defaults }: Situation, path: Path): Change | undefined {
	const [now, before] = [desired, previous].map((object) => {
		const value = getAt(object, path) ?? defaults[showPath(path)];
		return typeof value === 'number' || typeof value === 'string' ? quantityValue(value) : undefined;
	});
	if (now === undefined || before === undefined || now === before) return undefined;
	return now > before ? 'grown' : 'shrunk';
}

/** Git is compared with git: KubeDB's webhooks fill up the live database with what nobody asked for. */
function changeOf({ desired, previous, rendered, live, planned }: Situation, path: Path): Change | undefined {
	const isAdopted = rendered === undefined && live !== undefined;
	const [now, before, meant] = [desired, rendered ?? previous, planned].map((object) => getAt(object, path));
	const same = (value: Json | undefined) => canonicalJson(value ?? null) === canonicalJson(now ?? null);
	if (!isSet(now)) return isSet(before) || isSet(meant) ? 'removed' : undefined;
	if (!isSet(before)) return 'added';
	const isAsBefore = isAdopted ? holdsAll(before, now) : same(before);
	return isAsBefore && (planned === undefined || same(meant)) ? undefined : 'changed';
}

/** Whether a value has all that another one names. */
function holdsAll(value: Json | undefined, named: Json): boolean {
	if (!isObject(named)) return canonicalJson(value ?? null) === canonicalJson(named);
	return isObject(value) && Object.entries(named).every(([key, member]) => holdsAll(value[key], member));
}

/** Whether the first list item on a path is new, has been there, or is gone. */
export function itemState({ desired, previous, removedItems = [] }: Situation, path: Path): ItemState {
	const depth = path.findIndex((segment) => itemOf(segment) !== undefined) + 1;
	const item = path.slice(0, depth);
	if (getAt(desired, item) === undefined) return 'removed';
	return getAt(previous, item) === undefined || removedItems.includes(showPath(item)) ? 'new' : 'existing';
}
