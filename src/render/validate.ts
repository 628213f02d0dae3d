/** What a gitops CR gets wrong by its schema, said so that a person can mend it. */
import { fieldsNamed, type SchemaError, schemaAt, schemaErrors } from '../catalog/schema.js';
import { hasRuleAt } from '../catalog/spelling.js';
import { canonicalJson, isObject, type Json, type JsonObject } from '../json.js';
import { nearest } from '../problems.js';
import { type Leaves, leafPath, naturalKey } from './normalise.js';
import { getAt, keyOfItem, showPath } from './path.js';
import { durationValue } from './quantity.js';
import type { Report } from './situation.js';

/**
 * Reports unknown fields, wrong types, values out of an enumeration and missing fields of an object's spec. Returns
 * whether there was nothing to report.
 */
export function validate(kind: string, object: JsonObject, report: Report): boolean {
	const errors = schemaErrors(kind, forSchema(object.spec ?? {}));
	const seen = new Set<string>();
	for (const error of errors) {
		const { path, value } = locate(object, error);
		const key = `${error.keyword} ${showPath(path)}`;
		if (seen.has(key)) continue;
		seen.add(key);
		reportError(kind, error, path, value, report);
	}
	return errors.length === 0;
}

/** The CRDs call a duration a string; it is KubeDB's webhook that cannot read another one. `leaves` are the spec's. */
export function checkDurations(kind: string, root: JsonObject, leaves: Leaves, report: Report): void {
	for (const path of Object.keys(leaves).map(leafPath)) {
		if (!hasRuleAt('duration', kind, path)) continue;
		const value = getAt(root, path);
		if (typeof value !== 'string' || durationValue(value) !== undefined) continue;
		const message = `${showPath(path)} is ${canonicalJson(value)}, which is not a duration`;
		report({ code: 'wrong-form', message, path, hint: 'Durations look like 30s, 10m or 1h30m.' });
	}
}

/** Integers beyond 2^53 are exact elsewhere: a schema looks at no more than their type. Null equals absence. */
function forSchema(value: Json): Json {
	if (typeof value === 'bigint') return Number(value);
	if (Array.isArray(value)) return value.map(forSchema);
	if (!isObject(value)) return value;
	const members = Object.entries(value).filter(([, member]) => member !== null);
	return Object.fromEntries(members.map(([key, member]) => [key, forSchema(member)]));
}

/** The field path of an error, with list items by their natural key, and what stands there. */
function locate(
	object: JsonObject,
	{ instancePath, keyword, params }: SchemaError,
): { path: string[]; value: Json | undefined } {
	const path = ['spec'];
	let at: Json | undefined = object.spec;
	const pointer = instancePath
		.split('/')
		.slice(1)
		.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
	for (const segment of pointer) {
		if (Array.isArray(at)) {
			const item = at[Number(segment)] as Json;
			const key = naturalKey(path.at(-1) as string, at);
			const isObjectKey = key !== undefined && typeof (isObject(item) ? item[key] : undefined) === 'object';
			path.push(key && !isObjectKey ? `[${key}=${keyOfItem(item, key)}]` : `[${segment}]`);
			at = item;
		} else {
			path.push(segment);
			at = isObject(at) ? at[segment] : undefined;
		}
	}
	if (keyword === 'additionalProperties') path.push(String(params.additionalProperty));
	if (keyword === 'required') path.push(String(params.missingProperty));
	return { path, value: at };
}

function reportError(kind: string, error: SchemaError, path: string[], value: Json | undefined, report: Report): void {
	const field = showPath(path);
	const { params } = error;
	const secret = hasRuleAt('secretive', kind, path);
	switch (error.keyword) {
		case 'additionalProperties': {
			const message = `${field} is not a field of ${kind}`;
			report({ code: 'unknown-field', message, path, at: 'key', ...suggestion(kind, path) });
			return;
		}
		case 'required':
			report({
				code: 'missing-field',
				message: `${field} is missing`,
				path,
				hint: `KubeDB needs it.${example(path)}`,
			});
			return;
		case 'type':
			report({ code: 'wrong-type', path, secret, ...typeProblem(field, value, params.type, secret) });
			return;
		case 'enum': {
			const allowed = (params.allowedValues as Json[]).filter((each) => each !== null && each !== '').map(String);
			const near = nearest(String(value), allowed);
			const hint = `${near ? `Did you mean ${near}? ` : ''}It takes ${allowed.join(', ')}.`;
			const message = `${field} cannot be ${shown(value ?? null)}`;
			report({ code: 'not-allowed', message, path, hint, ...(near ? { proposed: near } : {}) });
			return;
		}
		case 'pattern':
			report({ code: 'wrong-form', ...patternProblem(field, value, String(params.pattern)), path });
			return;
		default:
			report({ code: 'out-of-range', message: `${field} is ${String(value)}, and must be ${limit(error)}`, path });
	}
}

/** The field that was meant: one spelled nearly so in the same place, or one of the same name elsewhere. */
function suggestion(kind: string, path: readonly string[]): { hint?: string; proposed?: string } {
	const name = path.at(-1) as string;
	const siblings = Object.keys(schemaAt(kind, path.slice(1, -1))?.properties ?? {});
	const near = nearest(name, siblings);
	if (near) return { hint: `Did you mean ${near}?`, proposed: near };
	const elsewhere = fieldsNamed(kind, name).map(showPath);
	if (elsewhere.length > 0 && elsewhere.length <= 8)
		return { hint: `Check the indentation: ${kind} has ${elsewhere.join(', ')}.` };
	if (siblings.length === 0) return { hint: 'Remove it.' };
	return { hint: `${showPath(path.slice(0, -1))} has the fields ${siblings.join(', ')}.` };
}

function example(path: readonly string[]): string {
	return showPath(path) === 'spec.version' ? ' It is the name of a version that the catalog of your KubeDB has.' : '';
}

function shown(value: Json): string {
	return typeof value === 'string' && /^[\w./-]+$/.test(value) ? value : canonicalJson(value ?? null);
}

/** What to say of a value that is not of one of some types. */
export function typeProblem(field: string, value: Json | undefined, types: unknown, secret = false) {
	const is = secret ? typeName(value) : described(value);
	return { message: `${field} is ${is}, not ${wanted(types)}`, value, ...retyped(value, types, secret) };
}

/** The value of a scalar as it is written: `13.10` is read as the number 13.1. */
function described(value: Json | undefined): string {
	if (typeof value === 'string') return `the string ${canonicalJson(value ?? null)}`;
	return value === null || value === undefined || typeof value === 'object'
		? typeName(value)
		: `the ${typeName(value).replace(/^an? /, '')} {written}`;
}

function typeName(value: Json | undefined): string {
	if (value === null || value === undefined) return 'null';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'a map';
	return typeof value === 'bigint' ? 'a number' : `a ${typeof value}`;
}

const articles: Record<string, string> = {
	object: 'a map',
	array: 'a list',
	integer: 'an integer',
	number: 'a number',
	string: 'a string',
	boolean: 'a boolean',
};

function wanted(types: unknown): string {
	return [types]
		.flat()
		.filter((type) => type !== 'null')
		.map((type) => articles[String(type)] ?? String(type))
		.join(' or ');
}

function retyped(value: Json | undefined, types: unknown, secret: boolean): { hint?: string; proposed?: string } {
	const type = [types].flat()[0];
	if (type === 'string' && ['number', 'bigint', 'boolean'].includes(typeof value))
		return secret ? { hint: 'Put it in quotes.' } : { hint: 'Quote it: "{written}".', proposed: '"{written}"' };
	const isUnquoted = type === 'integer' ? /^-?\d+$/ : type === 'boolean' ? /^(?:true|false)$/ : undefined;
	if (typeof value === 'string' && isUnquoted?.test(value))
		return { hint: `Write it without quotes: ${value}.`, proposed: value };
	if (type === 'array' && isObject(value)) return { hint: 'Begin each item with a dash.' };
	if (type === 'array' && value !== undefined && !secret) return { hint: 'Write it as a list: [{written}].' };
	if (type === 'object' && Array.isArray(value)) return { hint: 'Leave the dashes out.' };
	return {};
}

function patternProblem(
	field: string,
	value: Json | undefined,
	pattern: string,
): { message: string; hint?: string; proposed?: string } {
	const is = canonicalJson(value ?? null);
	if (pattern.includes('KMGTPE')) {
		const near = /^(\d+(?:\.\d+)?)\s*([KMGTPE])i?(?:B|b|bytes)?$/i.exec(String(value));
		const proposed = near && `${near[1]}${(near[2] as string).toUpperCase()}i`;
		return {
			message: `${field} is ${is}, which is not a quantity`,
			hint: `${proposed ? `Did you mean ${proposed}? ` : ''}Quantities look like 500m, 2, 512Mi or 10Gi.`,
			...(proposed ? { proposed } : {}),
		};
	}
	if (pattern.includes('T\\d{2}'))
		return { message: `${field} is ${is}, which is not a time`, hint: 'Times look like 2026-01-31T12:00:00Z.' };
	return { message: `${field} is ${is}, which is not what KubeDB takes there`, hint: `It must match ${pattern}.` };
}

function limit({ keyword, params }: SchemaError): string {
	const number = String(params.limit);
	if (keyword === 'minimum') return `at least ${number}`;
	if (keyword === 'maximum') return `at most ${number}`;
	return `within ${keyword} ${number}`;
}
