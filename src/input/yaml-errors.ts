/** What the parser has against a text, said to people who write manifests and not parsers. */
import { type Document, isCollection, isScalar, type Node, visit, type YAMLParseError } from 'yaml';

export interface Finding {
	readonly message: string;
	readonly hint?: string;
	/** Offsets in the text. */
	readonly range: readonly [number, number];
}

/** The first error of a document; those behind it mostly follow from it. */
export function firstError(document: Document, text: string): Finding | undefined {
	const [error] = document.errors;
	if (!error) return undefined;
	const [from] = error.pos;
	const conflict = /^(?:<{7}|={7}|>{7})(?: .*)?$/m.exec(text);
	if (conflict) {
		const range = [conflict.index, conflict.index + conflict[0].length] as const;
		return { message: 'a merge conflict is not resolved', hint: 'Keep one of the two sides.', range };
	}
	const template = templateIn(text, from);
	if (template) return template;
	const range = [from, Math.max(error.pos[1], from + 1)] as const;
	return unclosed(error, document, text) ?? { ...known(error, text), range };
}

/** A Go template on the line of an offset. */
export function templateIn(text: string, offset: number): Finding | undefined {
	const start = text.lastIndexOf('\n', offset - 1) + 1;
	const end = text.indexOf('\n', start);
	const match = /\{\{.*?\}\}/.exec(text.slice(start, end < 0 ? undefined : end));
	if (!match) return undefined;
	const from = start + match.index;
	const hint = 'Render it first, with helm template, say.';
	return { message: `${match[0]} is a template`, hint, range: [from, from + match[0].length] };
}

/** Where the quote or the bracket was opened: the parser only notices where it misses the other one. */
function unclosed({ message, pos }: YAMLParseError, document: Document, text: string): Finding | undefined {
	const isQuote = message.startsWith('Missing closing');
	const closing = /end with a ([\]}])/.exec(message)?.[1];
	if (!isQuote && !closing) return undefined;
	const starts: number[] = [];
	visit(document, (_, node) => {
		if (!isCollection(node) && !isScalar(node)) return;
		const [start, end] = (node as Node).range ?? [pos[0], pos[0]];
		const isOpen = isScalar(node)
			? isQuote && String(node.type).startsWith('QUOTE')
			: closing !== undefined && node.flow === true && text[end - 1] !== closing;
		if (isOpen && start < pos[0]) starts.push(start);
	});
	const start = starts.at(-1);
	if (start === undefined) return undefined;
	const opening = text[start] as string;
	const hint = isQuote ? 'Close it.' : `Close it with ${closing}.`;
	return { message: `this ${opening} is not closed`, hint, range: [start, start + 1] };
}

function known({ code, message, pos }: YAMLParseError, text: string): Omit<Finding, 'range'> {
	const beginsLine = /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', pos[0] - 1) + 1, pos[0]));
	switch (code) {
		case 'TAB_AS_INDENT':
			return { message: 'a tab cannot indent a line', hint: 'Use spaces.' };
		case 'BAD_SCALAR_START':
			return { message: `a value cannot begin with ${text[pos[0]]}`, hint: 'Quote it.' };
		case 'BAD_DQ_ESCAPE':
			return {
				message: `${text.slice(pos[0], pos[0] + 2)} means nothing in double quotes`,
				hint: 'Write \\\\ for a backslash, or use single quotes.',
			};
		case 'BLOCK_AS_IMPLICIT_KEY':
			return {
				message: 'a key stands inside a value',
				hint: 'Quote a value that holds a colon and a space, or check the indentation.',
			};
		case 'MULTILINE_IMPLICIT_KEY':
			return notAKey;
		case 'MISSING_CHAR':
			return message.startsWith('Implicit map keys') ? notAKey : plain(message);
		case 'BAD_INDENT':
			if (!message.startsWith('All ')) return plain(message);
			return { message: 'the line is not indented as those above', hint: 'Line it up with them.' };
		case 'UNEXPECTED_TOKEN':
			if (beginsLine)
				return { message: 'the line does not belong to what stands above it', hint: 'Check the indentation.' };
			return { message: 'a value goes on behind its end', hint: 'Quote it as a whole.' };
		default:
			return plain(message);
	}
}

const notAKey = {
	message: 'the line is neither a key with a value nor an item of a list',
	hint: 'A key ends with a colon, and a space where the value follows.',
};

/** The parser's own words, without what it quotes from the text: that may be a secret. */
function plain(message: string): { message: string } {
	const text = (message.split('\n')[0] as string).replace(/: ".*$/, '').replace(/[.:]$/, '');
	return { message: /^[A-Z][a-z]/.test(text) ? (text[0] as string).toLowerCase() + text.slice(1) : text };
}
