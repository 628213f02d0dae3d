/**
 * Writes YAML that kubectl, kustomize and Argo CD read back as the same value: block style, keys sorted as kubectl sorts
 * them, and every string in quotes that any of the three could take for something else.
 */
import { isObject, type Json } from '../json.js';

/** The text of a value as a document, with a line end. */
export function toYaml(value: Json): string {
	if ((isObject(value) && Object.keys(value).length > 0) || (Array.isArray(value) && value.length > 0))
		return `${block(value, '').slice(1)}\n`;
	return `${scalar(value, '  ')}\n`;
}

/** A collection on lines of its own, each with a line end in front. */
function block(value: Json, indent: string): string {
	if (Array.isArray(value)) {
		return value
			.map((item) => {
				// The first line of an item stands behind its dash.
				if (isCollection(item)) return `\n${indent}- ${block(item, `${indent}  `).slice(indent.length + 3)}`;
				return `\n${indent}- ${scalar(item, `${indent}  `)}`;
			})
			.join('');
	}
	let text = '';
	const object = value as Record<string, Json>;
	for (const key of Object.keys(object).sort()) {
		const member = object[key];
		if (member === undefined) continue;
		const name = plainOrQuoted(key);
		// A longer key is none for YAML without a mark in front of it.
		const start = name.length > 1000 ? `\n${indent}? ${name}\n${indent}:` : `\n${indent}${name}:`;
		if (Array.isArray(member) && member.length > 0) text += start + block(member, indent);
		else if (isCollection(member)) text += start + block(member, `${indent}  `);
		else text += `${start} ${scalar(member, `${indent}  `)}`;
	}
	return text;
}

function isCollection(value: Json): boolean {
	return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}

function scalar(value: Json, indent: string): string {
	if (typeof value === 'string') return isLiteral(value) ? literal(value, indent) : plainOrQuoted(value);
	if (Array.isArray(value)) return '[]';
	if (isObject(value)) return '{}';
	return String(value);
}

/** Words that nobody takes for anything but a string, and that begin and end with nothing that YAML gives a meaning. */
const plain = /^(?:[A-Za-z_/][A-Za-z0-9_./=,-]*(?: [A-Za-z0-9_./=,-]+)*|\d+(?:[KMGTP]i?|Ei|m))$/;
const word = /^(?:y|n|yes|no|on|off|true|false|null|e-?\d+)$/i;

function plainOrQuoted(text: string): string {
	if (plain.test(text) && !word.test(text)) return text;
	// Single quotes leave JSON readable; they are for one line of printable ASCII.
	if (/^[\x20-\x7e]+$/.test(text) && /["\\]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
	return forYaml(JSON.stringify(text));
}

/** JSON text as all readers of YAML take it: with escapes for the characters that YAML knows for line ends, or not at all. */
export function forYaml(json: string): string {
	return json.replace(
		/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
		(char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

/** Text of several lines that a literal block holds as it is: nothing in it needs an escape or an indentation hint. */
function isLiteral(text: string): boolean {
	return (
		text.includes('\n') && /^[!-~\u00a1-\u1fff][ -~\n\u00a1-\u1fff]*$/.test(text) && !/[ \t]\n|\n\n$|\t| $/.test(text)
	);
}

function literal(text: string, indent: string): string {
	const lines = text.replace(/\n$/, '').split('\n');
	return `|${text.endsWith('\n') ? '' : '-'}\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`;
}
