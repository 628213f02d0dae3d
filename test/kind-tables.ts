/**
 * Tables of changes, one file per kind below fixtures/kinds: each is a database in git, a change to it, and the
 * OpsRequests that the change gives.
 *
 *   kind: MySQL
 *   bases:                      the spec of the gitops CR, one for each topology of the catalog, under its name
 *     standalone: { version: "8.4.3", ... }
 *   changes:
 *     - name: a larger volume
 *       base: standalone
 *       given: {spec: ...}      merged into the gitops CR before it is created (RFC 7386: null removes)
 *       live: {spec: ...}       what KubeDB has filled in in the live database CR besides what git says
 *       patch: {spec: ...}      the change, merged into the gitops CR
 *       operations:             in their order; of the request's spec all but type, apply: IfReady and the database's name
 *         - VolumeExpansion: { volumeExpansion: { mode: Offline, mysql: 2Gi } }
 *       refused: [...]          or what the change is refused with, each `code` or `code: part of the message`
 *       created: false          `refused` is about the creation, which is the patched base
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Json, JsonObject } from '../src/json.js';
import { isObject } from '../src/json.js';

declare const PROJECT_ROOT: string;

export interface TableChange {
	readonly name: string;
	readonly base: string;
	readonly given?: JsonObject;
	readonly live?: JsonObject;
	readonly patch: JsonObject;
	readonly operations?: readonly Record<string, JsonObject>[];
	readonly refused?: readonly string[];
	readonly created?: boolean;
}

export interface Table {
	readonly kind: string;
	readonly bases: Readonly<Record<string, JsonObject>>;
	readonly changes: readonly TableChange[];
}

const folder = join(PROJECT_ROOT, 'fixtures/kinds');

export function tableNames(): string[] {
	return readdirSync(folder)
		.filter((name) => name.endsWith('.yaml'))
		.sort();
}

export function readTable(name: string): Table {
	return parse(readFileSync(join(folder, name), 'utf8'), { merge: true }) as Table;
}

/** A JSON merge patch (RFC 7386). */
export function merged(target: Json | undefined, patch: Json): Json {
	if (!isObject(patch)) return patch;
	const result: JsonObject = isObject(target) ? { ...target } : {};
	for (const [key, value] of Object.entries(patch)) {
		if (value === null) delete result[key];
		else result[key] = merged(result[key], value);
	}
	return result;
}

/** What is missing in an object, filled in from another. */
export function filled(target: Json | undefined, more: Json | undefined): Json {
	if (target === undefined) return more ?? null;
	if (!isObject(target) || !isObject(more)) return target;
	const result: JsonObject = { ...target };
	for (const [key, value] of Object.entries(more)) result[key] = filled(result[key], value);
	return result;
}

export function hasNull(value: Json): boolean {
	if (value === null) return true;
	return typeof value === 'object' && Object.values(value).some((each) => hasNull(each as Json));
}
