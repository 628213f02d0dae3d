/** `explain KIND[.path]`: which operation carries a field out, and what is known about that. */
import { findKind, findPath, type NotFound } from '../output/explain-path.js';
import { fieldReport, kindLines, kindReport } from '../output/explain-report.js';
import { fieldText, kindsText, kindText } from '../output/explain-text.js';
import { coloured } from '../output/paint.js';
import { refuse } from '../problems.js';
import type { Result } from './build.js';

export interface ExplainOptions {
	readonly output?: 'text' | 'json' | undefined;
	readonly color: boolean;
}

/** `what` is a kind, a kind and a field path (`Postgres.spec.storage`), or nothing: all kinds. */
export function explain(what: string | undefined, { output, color }: ExplainOptions): Result {
	const paint = color ? coloured : undefined;
	const print = <T>(report: T, text: (report: T, paint?: typeof coloured) => string): Result => ({
		stdout: output === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : text(report, paint),
		warnings: [],
		exitCode: 0,
	});
	if (what === undefined) return print(kindLines(), kindsText);
	const [, word = '', rest = ''] = /^([^.[]*)\.?(.*)$/s.exec(what) ?? [];
	const kind = found('unknown-kind', findKind(word));
	if (rest === '') return print(kindReport(kind), kindText);
	return print(fieldReport(kind, found('unknown-field', findPath(kind.facts.kind, rest))), fieldText);
}

function found<T extends object>(code: string, answer: T | NotFound): T {
	if ('message' in answer) refuse(code, answer.message, answer.hint);
	return answer as T;
}
