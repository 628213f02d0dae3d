/** What a gitops CR gets wrong by its schema, said so that a person can mend it. */
import { type SchemaError, schemaAt, schemaErrors } from '../catalog/schema.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { nearest } from '../problems.js';
import { naturalKey } from './normalise.js';
import { getAt, keyOfItem, showPath } from './path.js';
import type { Report } from './situation.js';

/** Reports unknown fields, wrong types, values out of an enumeration and missing fields of an object's spec. */
export function validate(kind: string, object: JsonObject, report: Report): void {
	const errors = schemaErrors(kind, plainNumbers(object.spec ?? {}));
	const seen = new Set<string>();
	for (const error of errors) {
		const path = pathOf(object, error);
		const key = `${error.keyword} ${showPath(path)}`;
		if (seen.has(key)) continue;
		seen.add(key);
		reportError(kind, object, error, path, report);
	}
}

/** Integers beyond 2^53 are exact elsewhere; a schema looks at no more than their type. */
function plainNumbers(value: Json): Json {
	if (typeof value === 'bigint') return Number(value);
	if (Array.isArray(value)) return value.map(plainNumbers);
	if (!isObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainNumbers(member)]));
}

/** The field path of an error, with list items by their natural key. */
function pathOf(object: JsonObject, { instancePath, keyword, params }: SchemaError): string[] {
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
			path.push(key ? `[${key}=${keyOfItem(item, key)}]` : `[${segment}]`);
			at = item;
		} else {
			path.push(segment);
			at = isObject(at) ? at[segment] : undefined;
		}
	}
	if (keyword === 'additionalProperties') path.push(String(params.additionalProperty));
	if (keyword === 'required') path.push(String(params.missingProperty));
	return path;
}

function reportError(kind: string, object: JsonObject, error: SchemaError, path: string[], report: Report): void {
	const field = showPath(path);
	const value = getAt(object, path);
	const { params } = error;
	switch (error.keyword) {
		case 'additionalProperties': {
			const siblings = Object.keys(schemaAt(kind, path.slice(1, -1))?.properties ?? {});
			const near = nearest(path.at(-1) as string, siblings);
			const list = siblings.length > 0 && siblings.length <= 12 ? `There are: ${siblings.join(', ')}.` : '';
			const hint = near ? `Did you mean ${near}?` : list;
			report({
				code: 'unknown-field',
				message: `${field} is no field of ${kind}`,
				path,
				at: 'key',
				hint,
				...(near ? { proposed: near } : {}),
			});
			return;
		}
		case 'required':
			report({ code: 'missing-field', message: `${field} is missing`, path, hint: `${kind} needs it.` });
			return;
		case 'type':
			report({
				code: 'wrong-type',
				message: `${field} is ${described(value)}, not ${wanted(params.type)}`,
				path,
				...retyped(value, params.type),
			});
			return;
		case 'enum': {
			const allowed = (params.allowedValues as Json[]).filter((each) => each !== null && each !== '').map(String);
			const near = nearest(String(value), allowed);
			const hint = `${near ? `Did you mean ${near}? ` : ''}It takes ${allowed.join(', ')}.`;
			report({
				code: 'not-allowed',
				message: `${field} cannot be ${JSON.stringify(value)}`,
				path,
				hint,
				...(near ? { proposed: near } : {}),
			});
			return;
		}
		case 'pattern':
			report({ code: 'wrong-form', ...patternProblem(field, value, String(params.pattern)), path });
			return;
		default:
			report({ code: 'out-of-range', message: `${field} is ${String(value)}, and must be ${limit(error)}`, path });
	}
}

function described(value: Json | undefined): string {
	if (value === null || value === undefined) return 'null';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'a map';
	return typeof value === 'string'
		? `the string ${JSON.stringify(value)}`
		: `the ${typeof value === 'boolean' ? 'boolean' : 'number'} ${value}`;
}

const articles: Record<string, string> = {
	object: 'a map',
	array: 'a list',
	integer: 'an integer',
	number: 'a number',
	string: 'a string',
	boolean: 'true or false',
};

function wanted(types: unknown): string {
	return [types]
		.flat()
		.filter((type) => type !== 'null')
		.map((type) => articles[String(type)] ?? String(type))
		.join(' or ');
}

function retyped(value: Json | undefined, types: unknown): { hint?: string; proposed?: string } {
	const type = [types].flat()[0];
	if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
		return { hint: `Quote it: "${value}".`, proposed: `"${value}"` };
	if (type === 'integer' && typeof value === 'string' && /^-?\d+$/.test(value))
		return { hint: `Write it without quotes: ${value}.`, proposed: value };
	if (type === 'boolean' && typeof value === 'string' && /^(?:true|false)$/.test(value))
		return { hint: `Write it without quotes: ${value}.`, proposed: value };
	return {};
}

function patternProblem(field: string, value: Json | undefined, pattern: string): { message: string; hint?: string } {
	if (pattern.includes('KMGTPE'))
		return {
			message: `${field} is no quantity: ${JSON.stringify(value)}`,
			hint: 'Quantities look like 500m, 2, 512Mi or 10Gi.',
		};
	if (pattern.includes('T\\d{2}'))
		return { message: `${field} is no time: ${JSON.stringify(value)}`, hint: 'Times look like 2026-01-31T12:00:00Z.' };
	return {
		message: `${field} has not the form that KubeDB wants: ${JSON.stringify(value)}`,
		hint: `It must match ${pattern}.`,
	};
}

function limit({ keyword, params }: SchemaError): string {
	const number = String(params.limit);
	if (keyword === 'minimum') return `at least ${number}`;
	if (keyword === 'maximum') return `at most ${number}`;
	return `within ${keyword} ${number}`;
}
