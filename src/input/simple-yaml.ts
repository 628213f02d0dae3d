/**
 * Reads the YAML that people write in manifests nearly all of the time: block maps and lists with plain or quoted
 * scalars on one line, and literal blocks. It gives up on everything else, and on everything that a reader is to be
 * warned of; then the full parser has its say. Ten times as fast as that one, and equal to it wherever it answers
 * (held to by a property test).
 */
import type { Json, JsonObject } from '../json.js';
import { disagreement, readPlain } from './scalars.js';

const key = '[A-Za-z_][A-Za-z0-9_./-]*';
const entry = new RegExp(`^(${key}):(?: +(.*))?$`);
const plain = /^-?[A-Za-z0-9_./][A-Za-z0-9_./@=,()+~-]*(?::[A-Za-z0-9_./@=,()+~-]+)*(?: [A-Za-z0-9_./@=,()+~-]+)*$/;
/** Tabs, carriage returns, other control characters, and line ends that not all versions of YAML know. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unusual = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

const LONG = 10_000;
/** A reader that calls itself must not go on for ever. */
const DEEP = 200;

const givesUp = Symbol('not simple');

/** The value of a document, or undefined where its text is not simple. */
export function readSimple(text: string): JsonObject | undefined {
	if (unusual.test(text)) return undefined;
	try {
		return new Reader(text).document();
	} catch (thrown) {
		if (thrown === givesUp) return undefined;
		throw thrown;
	}
}

function giveUp(): never {
	throw givesUp;
}

interface Line {
	readonly indent: number;
	/** Without the indentation and trailing spaces. */
	readonly text: string;
}

class Reader {
	private readonly lines: string[];
	private at = 0;
	/** What stands behind a dash, as a line of its own. */
	private pending: Line | undefined;

	constructor(text: string) {
		this.lines = text.split('\n');
	}

	document(): JsonObject {
		const first = this.peek();
		if (first?.indent !== 0 || first.text.startsWith('- ')) giveUp();
		const value = this.map(0);
		return this.peek() ? giveUp() : value;
	}

	/** The next line with content. */
	private peek(): Line | undefined {
		if (this.pending) return this.pending;
		for (; this.at < this.lines.length; this.at++) {
			const line = this.lines[this.at] as string;
			const indent = widthOfIndentation(line);
			const text = withoutTrailingSpaces(line.slice(indent));
			if (text === '' || text.startsWith('#')) continue;
			if (indent === 0 && /^(?:---|\.\.\.)/.test(line)) giveUp();
			return { indent, text };
		}
		return undefined;
	}

	private take(): void {
		if (this.pending) this.pending = undefined;
		else this.at++;
	}

	private map(indent: number): JsonObject {
		if (indent > DEEP) giveUp();
		const object: JsonObject = {};
		for (let line = this.peek(); line?.indent === indent && !isItem(line.text); line = this.peek()) {
			const match = entry.exec(line.text);
			if (!match) giveUp();
			const [, name, rest] = match as unknown as [string, string, string | undefined];
			if (typeof readPlain(name) !== 'string' || name in object || name === '__proto__') giveUp();
			this.take();
			object[name] = this.value(withoutComment(rest ?? ''), indent, true);
		}
		return object;
	}

	private list(indent: number): Json[] {
		if (indent > DEEP) giveUp();
		const list: Json[] = [];
		for (let line = this.peek(); line?.indent === indent && isItem(line.text); line = this.peek()) {
			const rest = line.text.slice(1 + widthOfIndentation(line.text.slice(1)));
			if (rest === '' || isItem(rest) || rest.startsWith('#')) giveUp();
			const inner = indent + line.text.length - rest.length;
			this.take();
			if (entry.test(rest)) {
				this.pending = { indent: inner, text: rest };
				list.push(this.map(inner));
			} else list.push(this.value(withoutComment(rest), indent, false));
		}
		return list;
	}

	/** What stands behind a key or a dash, or below it. */
	private value(text: string, indent: number, isMember: boolean): Json {
		if (text === '') return isMember ? this.below(indent) : giveUp();
		if (text === '|' || text === '|-') return this.literal(indent, text === '|');
		const value = scalar(text);
		// A deeper line would go on with the scalar.
		const next = this.peek();
		return next && next.indent > indent ? giveUp() : value;
	}

	private below(indent: number): Json {
		const next = this.peek();
		if (!next || next.indent < indent) return null;
		if (isItem(next.text)) return this.list(next.indent);
		return next.indent > indent ? this.mapBelow(next.indent) : null;
	}

	private mapBelow(indent: number): Json {
		const value = this.map(indent);
		const next = this.peek();
		return next && next.indent > indent ? giveUp() : value;
	}

	private literal(indent: number, endsLine: boolean): string {
		if (this.pending) giveUp();
		const lines: string[] = [];
		let width: number | undefined;
		for (; this.at < this.lines.length; this.at++) {
			const line = this.lines[this.at] as string;
			const spaces = widthOfIndentation(line);
			if (spaces === line.length) {
				// Spaces on an empty line may count or not: not simple.
				if (line !== '') giveUp();
				lines.push('');
				continue;
			}
			if (spaces <= indent) break;
			width ??= spaces;
			if (spaces < width) giveUp();
			lines.push(line.slice(width));
		}
		while (lines.at(-1) === '') lines.pop();
		if (lines.length === 0 || lines[0] === '') giveUp();
		return lines.join('\n') + (endsLine ? '\n' : '');
	}
}

/** Spaces only: of what else JavaScript takes for blank, YAML takes all for text. */
function widthOfIndentation(line: string): number {
	let width = 0;
	while (line[width] === ' ') width++;
	return width;
}

function withoutTrailingSpaces(text: string): string {
	let end = text.length;
	while (text[end - 1] === ' ') end--;
	return text.slice(0, end);
}

function isItem(text: string): boolean {
	return text === '-' || text.startsWith('- ');
}

/** Cuts a comment off a plain or quoted scalar; anything that is not clearly a comment is left for the scalar to fail at. */
function withoutComment(text: string): string {
	if (!text.includes('#')) return text;
	if (text.startsWith('#')) return '';
	if (isQuoted(text)) {
		const end = endOfQuoted(text);
		return /^ +#/.test(text.slice(end)) ? text.slice(0, end) : text;
	}
	const at = text.indexOf(' #');
	return at === -1 ? text : withoutTrailingSpaces(text.slice(0, at));
}

function isQuoted(text: string): boolean {
	return text.startsWith('"') || text.startsWith("'");
}

/** Behind the closing quote, where there is one; what double quotes escape is not simple. */
function endOfQuoted(text: string): number {
	const quote = text[0] as string;
	let at = text.indexOf(quote, 1);
	if (quote === "'") while (at !== -1 && text[at + 1] === "'") at = text.indexOf("'", at + 2);
	return at + 1;
}

function scalar(text: string): Json {
	if (text === '[]') return [];
	if (text === '{}') return {};
	if (isQuoted(text)) {
		if (endOfQuoted(text) !== text.length || (text.startsWith('"') && text.includes('\\'))) giveUp();
		return text.startsWith('"') ? text.slice(1, -1) : text.slice(1, -1).replaceAll("''", "'");
	}
	// The regular expression overflows on very long texts.
	if (text.length > LONG || !plain.test(text)) giveUp();
	const value = readPlain(text);
	return value === undefined || disagreement(text) !== undefined ? giveUp() : value;
}
