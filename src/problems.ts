/**
 * Every way to fail or to warn. Problems are data until the last moment: they are collected by the render,
 * and shown once, by `main` or by an output format.
 */

/** A spot in a source text. `line` and `column` count from 1; `length` is how many characters the caret underlines. */
export interface Place {
	readonly source: string;
	readonly line: number;
	readonly column: number;
	readonly length: number;
	/** The source line itself, without its line end. */
	readonly text: string;
}

/** The text that the caret underlines. */
export function underlined({ text, column, length }: Place): string {
	return text.slice(column - 1, column - 1 + length);
}

/** The place alone, for text that may be a secret: it must not get into logs. */
export function withoutText(place: Place): Place {
	return { ...place, text: '' };
}

export interface Problem {
	readonly code: string;
	readonly severity: 'error' | 'warning';
	/** One sentence that stands for itself; Argo CD shows nothing but the first line. */
	readonly message: string;
	/** The way out. */
	readonly hint?: string;
	readonly place?: Place;
	/** Where there is no place: the file, or what else the problem is in. */
	readonly source?: string;
	/** `Kind namespace/name` of the resource, and the field path in it. */
	readonly resource?: string;
	readonly path?: string;
	/** What the field should have been, where that is known. */
	readonly proposed?: string;
}

export function isError({ severity }: Problem): boolean {
	return severity === 'error';
}

/** The only error that this program throws on purpose. */
export class Refusal extends Error {
	readonly problems: readonly Problem[];
	constructor(problems: readonly Problem[]) {
		super(problems.map((p) => p.message).join('\n'));
		this.problems = problems;
	}
}

/** An error without a place in a file, thrown at once: what was read so far is of no use. */
export function refuse(code: string, message: string, hint?: string, source?: string): never {
	throw new Refusal([
		{
			code,
			severity: 'error',
			message,
			...(hint === undefined ? {} : { hint }),
			...(source === undefined ? {} : { source }),
		},
	]);
}

/** By source, line and column; what has no place stands last. */
export function byPlace(a: Problem, b: Problem): number {
	if (!a.place || !b.place) return Number(!a.place) - Number(!b.place);
	const [one, other] = [a.place.source, b.place.source];
	if (one !== other) return one < other ? -1 : 1;
	return a.place.line - b.place.line || a.place.column - b.place.column;
}

type Paint = (style: 'bold' | 'red' | 'yellow' | 'dim', text: string) => string;
const plain: Paint = (_, text) => text;

/**
 * A problem as a compiler would print it: place, code, message, the source line with a caret, the way out.
 * The first line is complete by itself.
 */
export function showProblem(shown: Problem, paint: Paint = plain): string {
	const problem = printable(shown);
	const { place } = problem;
	const where = place ? `${place.source}:${place.line}:${place.column}: ` : problem.source ? `${problem.source}: ` : '';
	const label = paint(problem.severity === 'error' ? 'red' : 'yellow', `${problem.severity}[${problem.code}]`);
	const subject = problem.resource ? `${problem.resource}: ` : '';
	const lines = [`${paint('bold', where)}${label}: ${subject}${problem.message}`];
	if (place && place.text.trim() !== '') {
		const number = String(place.line);
		const gutter = ' '.repeat(number.length);
		const [text, column] = window(place.text, place.column);
		// Tabs are kept in front of the caret, so that it stands below the text whatever the width of a tab.
		const before = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
		const carets = '^'.repeat(Math.max(1, Math.min(place.length, text.length - column + 1)));
		lines.push(`   ${paint('dim', `${number} |`)} ${text}`);
		lines.push(`   ${paint('dim', `${gutter} |`)} ${before}${paint('red', carets)}`);
	}
	if (problem.hint) lines.push(...problem.hint.split('\n').map((line) => `   ${line}`));
	return lines.join('\n');
}

/** Control characters of the source must not steer a terminal. One character stays one, for the caret's sake. */
function printable(problem: Problem): Problem {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	const clean = (text: string) => text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd');
	const cleaned = Object.entries(problem).map(([key, value]) => [
		key,
		typeof value === 'string' ? clean(value) : value,
	]);
	const { place } = problem;
	const all = Object.fromEntries(cleaned) as Problem;
	return place ? { ...all, place: { ...place, source: clean(place.source), text: clean(place.text) } } : all;
}

/** Cuts a very long line (a one-line JSON document, say) down to what stands around the column. */
function window(text: string, column: number): [string, number] {
	if (text.length <= 200) return [text, column];
	const from = Math.max(0, column - 60);
	const cut = text.slice(from, from + 160);
	return [(from > 0 ? '...' : '') + cut + (from + 160 < text.length ? '...' : ''), column - from + (from > 0 ? 3 : 0)];
}

/**
 * The candidate closest to a word (Damerau-Levenshtein), else the only one that begins with it; undefined where none is
 * near enough to be meant.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
	let best: string | undefined;
	let least = Math.max(2, Math.floor(word.length / 3)) + 1;
	for (const candidate of candidates) {
		const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
		if (distance < least) [best, least] = [candidate, distance];
	}
	if (best !== undefined || word.length < 4) return best;
	const longer = [...candidates].filter((candidate) => candidate.toLowerCase().startsWith(word.toLowerCase()));
	return longer.length === 1 ? longer[0] : undefined;
}

function editDistance(a: string, b: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, j) => j);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const same = a[i - 1] === b[j - 1] ? 0 : 1;
			let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
				cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
			row.push(cost);
		}
		[beforeLast, last] = [last, row];
	}
	return last[b.length] ?? 0;
}
