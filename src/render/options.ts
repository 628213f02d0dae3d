/**
 * kubedb-render's annotations on a gitops CR: what a request says that no field of the database carries, and tokens
 * that ask for an operation.
 */
import { type Kind, operationFactsOf } from '../catalog/catalog.js';
import type { KindFacts } from '../catalog/types.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import type { Tokens } from '../memory/memory.js';
import { nearest } from '../problems.js';
import { durationValue } from './quantity.js';
import type { Desired, Report } from './situation.js';
import { typeProblem } from './validate.js';

export const prefix = 'kubedb-render/';

interface Annotation {
	readonly values?: readonly string[];
	readonly check?: (value: string) => string | undefined;
	/** May be given per operation: `timeout.storagemigration`. */
	readonly perOperation?: boolean;
	readonly token?: boolean;
	/** The operation that it asks for. */
	readonly type?: string;
	/** Sets an option of a payload, which not every kind has. */
	readonly isPayload?: boolean;
	/** The field of OpsRequests that it sets, which some kinds lack. */
	readonly field?: string;
	readonly help: string;
}

const duration = (value: string) =>
	(durationValue(value) ?? 0n) > 0n ? undefined : 'It takes a duration such as 30m or 1h30m.';
const count = (value: string) => (/^[1-9]\d{0,2}$/.test(value) ? undefined : 'It takes a number from 1 to 999.');
const token = (value: string) =>
	value.trim() === value && value !== '' && value.length <= 253
		? undefined
		: 'It takes any 1 to 253 characters, without spaces around them.';

export const annotations: Readonly<Record<string, Annotation>> = {
	apply: { values: ['IfReady', 'Always'], perOperation: true, help: 'when KubeDB may start a request' },
	timeout: { check: duration, perOperation: true, help: 'how long KubeDB waits for each step of a request' },
	'max-retries': {
		check: count,
		perOperation: true,
		field: 'spec.maxRetries',
		help: 'how often KubeDB tries a request',
	},
	'volume-expansion-mode': {
		values: ['Online', 'Offline'],
		isPayload: true,
		help: 'whether pods keep running while volumes grow',
	},
	'vertical-scaling-mode': {
		values: ['Restart', 'InPlace'],
		isPayload: true,
		help: 'whether pods restart to get new resources',
	},
	'reconfigure-restart': {
		values: ['auto', 'true', 'false'],
		isPayload: true,
		help: 'whether pods restart to get a new configuration',
	},
	'old-pv-reclaim-policy': {
		values: ['Delete', 'Retain'],
		isPayload: true,
		help: 'what becomes of the old volume of a storage migration',
	},
	drift: { values: ['keep', 'repair'], help: 'what to do about managed fields that others changed' },
	retry: { check: token, perOperation: true, token: true, help: 'a changed token gives failed requests new names' },
	restart: { check: token, token: true, type: 'Restart', help: 'a changed token asks for a restart' },
	'rotate-auth': {
		check: token,
		token: true,
		type: 'RotateAuth',
		help: 'a changed token asks for a new generated password',
	},
	'rotate-certificates': {
		check: token,
		token: true,
		type: 'ReconfigureTLS',
		help: 'a changed token asks for new certificates',
	},
};

/** The value of an annotation for an operation type: the one for that type, else the one for all. */
export function optionFor({ options }: Pick<Desired, 'options'>, name: string, type: string): string | undefined {
	return options[`${name}.${operationFactsOf(type).slug}`] ?? options[name];
}

/** The retry token that an operation of a type is under. */
export function retryToken(tokens: Tokens, type: string): string {
	return [tokens.retry, tokens[`retry.${operationFactsOf(type).slug}`]].filter(Boolean).join(' ');
}

export function isToken(option: string): boolean {
	return annotations[option.split('.')[0] as string]?.token === true;
}

/**
 * Splits annotations into ours (without the prefix) and reports those that mean nothing, have values out of range, or
 * are about operations that the kind has not got.
 */
export function readOptions(all: JsonObject, { facts }: Kind, report: Report): Record<string, string> {
	const options: Record<string, string> = {};
	for (const [key, value] of Object.entries(all)) {
		if (!key.startsWith(prefix)) continue;
		const option = key.slice(prefix.length);
		const path = ['metadata', 'annotations', key];
		const problem = problemWith(option, value, facts);
		if (problem)
			report({ code: 'annotation', path, ...problem, message: `annotation ${key} ${problem.message.trim()}` });
		else options[option] = value as string;
	}
	return options;
}

interface OptionProblem {
	readonly message: string;
	readonly hint?: string;
	readonly proposed?: string;
	readonly at?: 'key';
	readonly value?: Json | undefined;
}

function problemWith(option: string, value: Json, facts: KindFacts): OptionProblem | undefined {
	const [name, slug] = option.split('.', 2) as [string, string | undefined];
	const form = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
	if (!form) {
		const near = nearest(name, Object.keys(annotations));
		const hint = `${near ? `Did you mean ${prefix}${near}? ` : ''}There are ${Object.keys(annotations).join(', ')}.`;
		return { message: 'does not exist', hint, at: 'key' };
	}
	if (slug !== undefined) {
		if (!form.perOperation)
			return { message: 'cannot be given for one operation', hint: `Write ${prefix}${name}.`, at: 'key' };
		const slugs = Object.keys(facts.operations).map((each) => operationFactsOf(each).slug);
		const near = nearest(slug, slugs);
		const hint = `${near ? `Did you mean ${prefix}${name}.${near}? ` : ''}There are ${slugs.join(', ')}.`;
		if (!slugs.includes(slug)) return { message: `names no operation of ${facts.kind}`, hint, at: 'key' };
	}
	if (!isOf(name, form, facts)) return { message: `means nothing for ${facts.kind}`, hint: 'Remove it.', at: 'key' };
	if (typeof value !== 'string') {
		const wrong = isObject(value) || Array.isArray(value) ? undefined : problemWith(option, String(value), facts);
		return wrong ? { ...wrong, message: `cannot be ${String(value)}` } : typeProblem('', value, 'string');
	}
	if (form.values && !form.values.includes(value)) {
		const near = nearest(value, form.values);
		const hint = `${near ? `Did you mean ${near}? ` : ''}It takes ${listed(form.values)}.`;
		return { message: `cannot be ${JSON.stringify(value)}`, hint, ...(near ? { proposed: near } : {}) };
	}
	const hint = form.check?.(value);
	return hint ? { message: `cannot be ${JSON.stringify(value)}`, hint } : undefined;
}

function listed(values: readonly string[]): string {
	return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

/** Whether a kind has what an annotation is about. */
function isOf(name: string, { type, isPayload, field }: Annotation, { operations, lacks }: KindFacts): boolean {
	if (type !== undefined) return operations[type] !== undefined;
	if (field !== undefined && lacks?.includes(field)) return false;
	if (!isPayload) return true;
	return Object.values(operations).some(({ options }) => options?.some(({ annotation }) => annotation === name));
}
