/** Small pieces of CEL. */
import { isWildcard, itemOf, type Path } from '../render/path.js';

const reserved =
	/^(?:true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;

/** A string literal. */
export function celString(text: string): string {
	return `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`;
}

/** The optional value at a path of plain keys below an expression: `object.?spec.?replicas`. */
export function celAt(expression: string, path: Path): string {
	const step = (key: string) =>
		/^[A-Za-z_]\w*$/.test(key) && !reserved.test(key) ? `.?${key}` : `[?${celString(key)}]`;
	return expression + path.map(step).join('');
}

/** Whether the account of a request is one of these. */
export function celIsAccount(accounts: readonly string[]): string {
	return `request.userInfo.username in [${accounts.map(celString).join(', ')}]`;
}

/** A pattern split at its first list item: the plain keys before it, the value that names it, and the rest. */
export function splitAtItem(pattern: Path):
	| {
			readonly list: Path;
			/** Absent for a wildcard. */
			readonly value?: string;
			readonly rest: Path;
	  }
	| undefined {
	const at = pattern.findIndex((segment) => segment.startsWith('['));
	if (at < 0) return undefined;
	const segment = pattern[at] as string;
	const [, value] = itemOf(segment) ?? [];
	const list = pattern.slice(0, at);
	const rest = pattern.slice(at + 1);
	return isWildcard(segment) || value === undefined ? { list, rest } : { list, value, rest };
}
