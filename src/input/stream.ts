/** A stream of documents as text: where each one begins and ends, without reading any of them. */

import { lazy } from '../lazy.js';
import { Refusal } from '../problems.js';
import { mayHoldSecret } from './secret-text.js';
import type { Parsed } from './yaml.js';

/** A text and the name that problems call it by (a path, or `<stdin>`). */
export interface Source {
	readonly name: string;
	readonly text: string;
}

/** One document of a stream: the part of the text between two separators, which are not part of it. */
export interface Chunk {
	readonly source: Source;
	readonly start: number;
	readonly end: number;
	/** What it holds, where that has been read already. */
	readonly parsed?: Parsed;
	/** Whether it is a value of a JSON stream, which kubectl does not read as YAML. */
	readonly isJson?: true;
}

export function textOf(chunk: Chunk): string {
	return chunk.source.text.slice(chunk.start, chunk.end);
}

/**
 * Splits a stream at its `---` lines, or, where it is nothing but JSON objects, into these (one after another, as kubectl
 * takes them). Chunks without content (comments only) are left out. Refused, as by kubectl: content on a
 * separator line.
 */
export function splitStream(source: Source): Chunk[] {
	const text = source.text;
	const json = /^\uFEFF?\s*\{/.test(text) ? splitJson(source) : undefined;
	if (json) return json;
	const chunks: Chunk[] = [];
	// For kubectl only \n ends a line. The first separator may stand behind a byte order mark.
	const separator = /(?<=^\uFEFF?|\n)---([^\n]*)/g;
	let start = text.startsWith('\uFEFF') ? 1 : 0;
	const push = (end: number) => {
		if (!hasContent(text, start, end)) return;
		refuseDirective(source, start);
		chunks.push({ source, start, end });
	};
	for (let match = separator.exec(text); match; match = separator.exec(text)) {
		const rest = (match[1] as string).replace(/\r$/, '');
		if (!/^(?:\s+#|\s*$)/.test(rest)) {
			const isSecret = mayHoldSecret(rest);
			const place = lazy.place().placeAt(source, match.index, 3 + rest.length);
			throw new Refusal([
				{
					code: 'yaml-separator',
					severity: 'error',
					message: `a document separator has content behind it${isSecret ? '' : `: ---${rest}`}`,
					hint: 'kubectl refuses it. Put the content on the next line.',
					place: isSecret ? { ...place, text: '' } : place,
				},
			]);
		}
		push(match.index);
		start = separator.lastIndex < text.length ? separator.lastIndex + 1 : text.length;
	}
	push(text.length);
	return chunks;
}

/** `%YAML 1.1` ends with a separator, and would pass through as a document of its own. */
function refuseDirective(source: Source, start: number): void {
	const directive = /(?:[ \t\r]*(?:#.*)?\n)*(%.*)/y;
	directive.lastIndex = start;
	const line = directive.exec(source.text)?.[1];
	if (line === undefined) return;
	const place = lazy.place().placeAt(source, directive.lastIndex - line.length, line.length);
	const message = `Kubernetes does not take directives: ${line.trim()}`;
	throw new Refusal([{ code: 'yaml-directive', severity: 'error', message, hint: 'Remove the line.', place }]);
}

/** Whether there is more than blank lines and comments. */
function hasContent(text: string, start: number, end: number): boolean {
	for (let at = start; at < end; ) {
		const lineEnd = text.indexOf('\n', at);
		const stop = lineEnd === -1 || lineEnd > end ? end : lineEnd;
		if (!/^\uFEFF?[ \t\r]*(?:#|(?:\.\.\.)?[ \t\r]*$)/.test(text.slice(at, stop))) return true;
		at = stop + 1;
	}
	return false;
}

/** The JSON values of a stream, or undefined where it holds anything else. */
function splitJson(source: Source): Chunk[] | undefined {
	const { text } = source;
	const chunks: Chunk[] = [];
	const token = /[^\s\uFEFF]/g;
	for (let match = token.exec(text); match; match = token.exec(text)) {
		const start = match.index;
		const end = endOfJson(text, start);
		if (end === undefined || !isJson(text.slice(start, end))) return undefined;
		chunks.push({ source, start, end, isJson: true });
		token.lastIndex = end;
	}
	return chunks;
}

/** Where the JSON value that begins at `start` ends. */
function endOfJson(text: string, start: number): number | undefined {
	let depth = 0;
	const token = /["{}[\]]/g;
	token.lastIndex = start;
	for (let match = token.exec(text); match; match = token.exec(text)) {
		if (match[0] === '"') token.lastIndex = endOfString(text, match.index);
		else if (match[0] === '{' || match[0] === '[') depth++;
		else depth--;
		if (depth === 0) return token.lastIndex;
	}
	return undefined;
}

/** Behind the closing quote of the string that begins at `start`; a regular expression overflows on very long ones. */
function endOfString(text: string, start: number): number {
	for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
		let backslashes = 0;
		while (text[end - 1 - backslashes] === '\\') backslashes++;
		if (backslashes % 2 === 0) return end + 1;
	}
	return text.length;
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
