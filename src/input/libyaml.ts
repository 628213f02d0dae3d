/**
 * Where Kubernetes' YAML and the `yaml` package part ways. Kubernetes reads by go-yaml v2 (sigs.k8s.io/yaml v1.4.0,
 * goyaml.v2: readerc.go, scannerc.go), which is libyaml and YAML 1.1; the package knows YAML 1.2. What the two take for
 * different things, or what the first refuses, is refused here, so that no text means one thing to kubectl and another
 * thing to us. Found, and held to, by `npm run fuzz:yaml`.
 */
import { type Document, isAlias, isCollection, isPair, isScalar, type Node, type Pair, type Scalar } from 'yaml';

export interface Objection {
	/** Offsets into the text. */
	readonly range: readonly [from: number, to: number];
	readonly code: string;
	readonly message: string;
	readonly hint?: string;
}

/** A byte order mark belongs in front of the text; at the start of another line it is skipped, or taken for a letter. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const strange = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]|\r(?!\n)|(?<=\n)\ufeff/;

/** What is wrong with a text before it is parsed: the parser would run away, or see other lines than kubectl. */
export function textObjection(text: string, isJson: boolean): Objection | undefined {
	const deep = tooDeepAt(text);
	if (deep !== undefined)
		return at(deep, 1, 'yaml-depth', 'it is nested deeper than any Kubernetes object, or its brackets are not closed');
	const match = isJson ? null : strange.exec(text);
	if (!match) return undefined;
	const number = (match[0].codePointAt(0) as number).toString(16).padStart(4, '0');
	const message = `the character U+${number.toUpperCase()} is none for Kubernetes, or ends a line for it`;
	return at(match.index, 1, 'yaml-character', message, `Remove it, or write it as "\\u${number}" in double quotes.`);
}

const BRACKETS = 200;
const COLUMNS = 300;

/** Where a text goes too deep for a recursive reader, by an upper bound: brackets in strings count too. */
function tooDeepAt(text: string): number | undefined {
	const token = new RegExp(`[[{]|[\\]}]|^[ ?-]{${COLUMNS}}`, 'gm');
	let depth = 0;
	for (let match = token.exec(text); match; match = token.exec(text)) {
		if (match[0] === ']' || match[0] === '}') depth = Math.max(0, depth - 1);
		else if (match[0].length > 1 || ++depth > BRACKETS) return match.index;
	}
	return undefined;
}

const indentedByTab = /^(?: *[-?](?=[ \t]))* *\t/gm;

/** What is wrong with a text that the package has parsed. */
export function nodeObjections(text: string, document: Document, isJson: boolean): Objection[] {
	const found: Objection[] = [];
	/** Where a line may begin with a tab: nodes of several lines, and the lines of block scalars. */
	const loose: (readonly number[])[] = [];
	const textLines = new Set<number>();
	const refuse = (node: Node, code: string, message: string, hint?: string) => {
		const [from, to] = node.range ?? [0, 1];
		found.push(at(from, to - from, code, message, hint));
	};
	// Not the package's `visit`, which takes as long as its parser.
	const walk = (node: unknown, parent: unknown, inFlow: boolean): void => {
		if (isAlias(node)) checkName(node, node.source);
		else if (isScalar(node)) checkScalar(node, parent, inFlow);
		else if (isPair(node)) {
			if (inFlow) checkKey(node as Pair<Node>);
			walk(node.key, node, inFlow);
			walk(node.value, node, inFlow);
		} else if (isCollection(node)) {
			if (node.anchor) checkName(node, node.anchor);
			if (node.flow) loosen(node);
			for (const item of node.items) walk(item, node, inFlow || node.flow === true);
		}
	};
	walk(document.contents, undefined, false);
	for (const { index, 0: start } of text.includes('\t') ? text.matchAll(indentedByTab) : []) {
		const tab = index + start.length - 1;
		if (textLines.has(index) || loose.some(([from = 0, to = 0]) => from < tab && tab < to)) continue;
		found.push(at(tab, 1, 'yaml-tab', 'a tab is no indentation in YAML', 'Use spaces.'));
	}
	const end = document.range?.[2] ?? text.length;
	const lost = /^(?!\s*(?:#|\.\.\.\s*$|$)).*/m.exec(text.slice(end));
	if (lost)
		found.push(
			at(end + lost.index, lost[0].length, 'yaml-end', 'kubectl does not read what stands here', 'Put --- in front.'),
		);
	return found;

	function checkScalar(node: Scalar, parent: unknown, inFlow: boolean): void {
		if (node.anchor) checkName(node, node.anchor);
		if (node.type === 'PLAIN') {
			if (inFlow) checkPlain(node);
			else checkLines(node, parent);
		} else if (node.type === 'QUOTE_DOUBLE') {
			checkQuotes(node, '"', /\\./gs);
			if (!isJson) checkEscapes(node);
		} else if (node.type === 'QUOTE_SINGLE') checkQuotes(node, "'", /''/g);
		else checkBlock(node);
	}

	function checkName(node: Node, name: string): void {
		if (!/^[\w-]+$/.test(name))
			refuse(node, 'yaml-anchor', `${name} is no name of an anchor`, 'Use letters and digits.');
	}

	/** libyaml takes `?` in a flow collection for the start of a key, and does not know a plain scalar that begins with `:`. */
	function checkPlain(node: Scalar): void {
		const source = sourceOf(node);
		if (source.includes('?') || source.startsWith(':'))
			refuse(node, 'yaml-flow', `kubectl cannot read ${source} in a list or map in brackets`, 'Quote it.');
	}

	/** Behind a comment, the package takes lines for part of a scalar that are not indented more than its key. */
	function checkLines(node: Scalar, parent: unknown): void {
		const [first = '', ...lines] = sourceOf(node).split('\n');
		if (lines.length === 0) return;
		const holder = isPair(parent) ? (parent.key as Node | null) : isCollection(parent) ? parent : null;
		const column = columnOf(holder?.range?.[0] ?? 0);
		let offset = (node.range?.[0] as number) + first.length + 1;
		for (const line of lines) {
			const indentation = line.search(/[^ ]/);
			if (indentation >= 0 && indentation <= column && line.trim() !== '') {
				found.push(
					at(
						offset,
						line.length,
						'yaml',
						'the line is indented like a key, and has no value',
						'Check the indentation.',
					),
				);
				return;
			}
			offset += line.length + 1;
		}
	}

	function columnOf(offset: number): number {
		return offset - (text.lastIndexOf('\n', offset - 1) + 1);
	}

	/** `[a:]` is the string `a:` for libyaml, and `{a: null}` for the package. A key stands on one line with its colon. */
	function checkKey({ key }: Pair<Node>): void {
		if (!key?.range) return;
		const [from, to] = key.range;
		if (isScalar(key) && key.type === 'PLAIN' && /^ *:[,[\]{}]/.test(text.slice(to, to + 1000)))
			refuse(key, 'yaml-flow', `the colon behind ${sourceOf(key)} needs a space behind it`);
		const colon = /^\s*:/.exec(text.slice(to, to + 1000))?.[0] ?? '';
		if (`${text.slice(from, to)}${colon}`.includes('\n'))
			refuse(key, 'yaml-flow', 'kubectl cannot read a key of several lines', 'Put it on one line with its colon.');
	}

	/** The package takes `'''` at the end of a line for a whole scalar. */
	function checkQuotes(node: Scalar, quote: string, escaped: RegExp): void {
		const inner = sourceOf(node).slice(1, -1).replace(escaped, '');
		if (inner.includes(quote) || (quote === '"' && inner.endsWith('\\')))
			refuse(node, 'yaml', `the closing ${quote} is missing`);
		loosen(node);
	}

	/** libyaml decodes no surrogates, not JSON's `\/`, and counts the lines that follow an escaped line end otherwise. */
	function checkEscapes(node: Scalar): void {
		const source = sourceOf(node);
		for (const { 0: sequence, index } of source.matchAll(/\\(?:u[0-9a-f]{4}|U[0-9a-f]{8}|.)/gis)) {
			if (/^\\(?:\/|u[dD][89a-fA-F]|U0000[dD][89a-fA-F])/.test(sequence))
				refuse(node, 'yaml-escape', `kubectl does not know the escape ${sequence}`, 'Write the character itself.');
			if (/^\\\r?\n[ \t]*\r?\n/.test(source.slice(index, index + 1000)))
				refuse(
					node,
					'yaml-escape',
					'an empty line follows an escaped line end',
					'Write \\n for the line ends that count.',
				);
		}
	}

	function checkBlock(node: Scalar): void {
		const [header = '', ...lines] = sourceOf(node).split('\n');
		const explicit = /^[|>][-+]?[1-9]/.test(header);
		const first = lines.findIndex((line) => !/^[ \t\r]*$/.test(line));
		// The package leaves lines of spaces out at the end of such a text.
		const end = node.range?.[1] as number;
		const isFollowed = /^(?:\r?\n)* +\r?(?:\n|$)/.test(text.slice(end, end + 1000));
		if (explicit && (isFollowed || lines.some((line) => /^ +\r?$/.test(line))))
			refuse(node, 'yaml-block', 'a line of spaces, in a text whose indentation is given', 'Remove the spaces.');
		const isLast = /^\s*$/.test(text.slice(end));
		if (isLast && header[1] === '+' && /^ +$/.test(text.slice(text.lastIndexOf('\n') + 1)))
			refuse(node, 'yaml-block', 'whether the spaces at the end are a line is read differently', 'Remove them.');
		// A tab is text behind the indentation, which it cannot be the first to follow where its width is to be found out.
		const indentation = /^ */.exec(lines[first] ?? '')?.[0] as string;
		let offset = (node.range?.[0] as number) + header.length + 1;
		for (const [i, line] of lines.entries()) {
			if ((explicit || (first !== -1 && i > first)) && line.startsWith(indentation)) textLines.add(offset);
			offset += line.length + 1;
		}
	}

	function loosen(node: Node): void {
		if (sourceOf(node).includes('\n')) loose.push(node.range as readonly number[]);
	}

	function sourceOf(node: Node): string {
		const [from = 0, to = 0] = node.range ?? [];
		return text.slice(from, to);
	}
}

function at(from: number, length: number, code: string, message: string, hint?: string): Objection {
	return { range: [from, from + length], code, message, ...(hint ? { hint } : {}) };
}
