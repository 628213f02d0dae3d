/**
 * kubedb-render's annotations on a gitops CR: what a request says that no field of the database carries, and tokens
 * that ask for an operation.
 */
import { operationFactsOf, operationTypes } from '../catalog/catalog.js';
import type { Tokens } from '../memory/memory.js';
import { nearest } from '../problems.js';
import { durationValue } from './quantity.js';
import type { Desired, Report } from './situation.js';

export const prefix = 'kubedb-render/';

interface Annotation {
	readonly values?: readonly string[];
	readonly check?: (value: string) => string | undefined;
	/** May be given per operation: `timeout.storagemigration`. */
	readonly perOperation?: boolean;
	readonly token?: boolean;
	readonly help: string;
}

const duration = (value: string) =>
	(durationValue(value) ?? 0n) > 0n ? undefined : 'is no duration such as 30m or 1h30m';
const count = (value: string) => (/^[1-9]\d{0,2}$/.test(value) ? undefined : 'is no number from 1 to 999');
const token = (value: string) =>
	value.trim() === value && value !== '' && value.length <= 253 ? undefined : 'is no token of 1 to 253 characters';

export const annotations: Readonly<Record<string, Annotation>> = {
	apply: { values: ['IfReady', 'Always'], perOperation: true, help: 'when KubeDB may start a request' },
	timeout: { check: duration, perOperation: true, help: 'how long KubeDB waits for each step of a request' },
	'max-retries': { check: count, perOperation: true, help: 'how often KubeDB tries a request' },
	'volume-expansion-mode': { values: ['Online', 'Offline'], help: 'whether pods keep running while volumes grow' },
	'vertical-scaling-mode': { values: ['Restart', 'InPlace'], help: 'whether pods restart to get new resources' },
	'reconfigure-restart': { values: ['auto', 'true', 'false'], help: 'whether pods restart to get a new configuration' },
	'old-pv-reclaim-policy': {
		values: ['Delete', 'Retain'],
		help: 'what becomes of the old volume of a storage migration',
	},
	drift: { values: ['keep', 'repair'], help: 'what to do about managed fields that others changed' },
	retry: { check: token, perOperation: true, token: true, help: 'a changed token gives failed requests new names' },
	restart: { check: token, token: true, help: 'a changed token asks for a restart' },
	'rotate-auth': { check: token, token: true, help: 'a changed token asks for a new generated password' },
	'rotate-certificates': { check: token, token: true, help: 'a changed token asks for new certificates' },
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

/** Splits annotations into ours (without the prefix) and reports those that mean nothing or have values out of range. */
export function readOptions(all: Readonly<Record<string, unknown>>, report: Report): Record<string, string> {
	const options: Record<string, string> = {};
	for (const [key, value] of Object.entries(all)) {
		if (!key.startsWith(prefix)) continue;
		const option = key.slice(prefix.length);
		const path = ['metadata', 'annotations', key];
		const problem = problemWith(option, value);
		if (problem) report({ code: 'annotation', path, ...problem });
		else options[option] = value as string;
	}
	return options;
}

function problemWith(
	option: string,
	value: unknown,
): { message: string; hint?: string; proposed?: string; at?: 'key' } | undefined {
	const [name, type] = option.split('.', 2) as [string, string | undefined];
	const form = annotations[name];
	const slugs = operationTypes().map((each) => operationFactsOf(each).slug);
	if (!form) {
		const near = nearest(name, Object.keys(annotations));
		return {
			message: `there is no annotation ${prefix}${name}`,
			hint: `${near ? `Did you mean ${prefix}${near}? ` : ''}There are: ${Object.keys(annotations).join(', ')}.`,
			at: 'key',
		};
	}
	if (type !== undefined && (!form.perOperation || !slugs.includes(type))) {
		const hint = form.perOperation ? `Operations are spelled: ${slugs.join(', ')}.` : 'It takes no operation.';
		return { message: `the annotation ${prefix}${option} names no operation that it could be for`, hint, at: 'key' };
	}
	if (typeof value !== 'string')
		return { message: `the annotation ${prefix}${option} is no string`, hint: `Quote it: "${String(value)}".` };
	if (form.values && !form.values.includes(value)) {
		const near = nearest(value, form.values);
		return {
			message: `${JSON.stringify(value)} is no value of the annotation ${prefix}${option}`,
			hint: `It takes ${form.values.join(' or ')}.`,
			...(near ? { proposed: near } : {}),
		};
	}
	const wrong = form.check?.(value);
	return wrong ? { message: `the annotation ${prefix}${option} ${wrong}: ${JSON.stringify(value)}` } : undefined;
}
