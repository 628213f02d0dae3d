/** A plan as Markdown, for a comment on a pull request. */
import { changeTexts } from './change-text.js';
import type { DatabaseReport, OperationReport } from './plan-report.js';
import { driftText, situations, summary } from './plan-text.js';

/** The same report gives the same text: a comment can be replaced in place, or left alone where nothing changed. */
export function planMarkdown(reports: readonly DatabaseReport[]): string {
	const busy = reports.filter((report) => !isQuiet(report));
	const blocks = [`**${escaped(summary(reports))}**`, ...busy.map(databaseBlock)];
	const quiet = reports.filter(isQuiet);
	if (quiet.length > 0) {
		const names = quiet.map((report) => `- ${titleOf(report)}`).join('\n');
		blocks.push(`<details><summary>${quiet.length} with nothing to do</summary>\n\n${names}\n\n</details>`);
	}
	return `${blocks.join('\n\n')}\n`;
}

function isQuiet({ situation, operations, direct, drift, notes }: DatabaseReport): boolean {
	return situation === 'settled' && [operations, direct, drift, notes].every((each) => each.length === 0);
}

function titleOf({ kind, namespace, name }: DatabaseReport): string {
	return `${kind} ${escaped(`${namespace}/${name}`)}`;
}

function databaseBlock(report: DatabaseReport): string {
	const { generation, situation, operations, direct, drift, notes } = report;
	const lines = [
		`### ${titleOf(report)}`,
		'',
		`Generation ${generation}${situations[situation] ? `, ${situations[situation]}` : ''}.`,
	];
	if (operations.length > 0)
		lines.push('', '| | Operation | Change | Effect | OpsRequest |', '|---|---|---|---|---|', ...operations.map(row));
	const rest = [
		...changeTexts(direct).map((text) => `applied directly: ${code(text)}`),
		...drift.map((each) => escaped(driftText(each))),
		...notes.map((note) => `:warning: ${escaped(note)}`),
	];
	if (rest.length > 0) lines.push('', ...rest.map((each) => `- ${each}`));
	return lines.join('\n');
}

function row({ type, name, changes, effect, phase, carried }: OperationReport, index: number): string {
	const state = [phase, carried ? 'from the plan before' : undefined].filter((each) => each !== undefined);
	const cells = [
		String(index + 1),
		type,
		changeTexts(changes).map(code).join('<br>'),
		escaped(effect ?? ''),
		`${code(name)}${state.length > 0 ? ` (${escaped(state.join('; '))})` : ''}`,
	];
	return `| ${cells.join(' | ')} |`;
}

/** Text of a table cell in a code span: a fence of backticks longer than any in it, bars escaped, on one line. */
function code(text: string): string {
	const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
	const fence = '`'.repeat(longest + 1);
	const pad = longest > 0 ? ' ' : '';
	return `${fence}${pad}${text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')}${pad}${fence}`;
}

/** Text that Markdown and HTML give no meaning. A mention of a person or an issue would notify somebody. */
function escaped(text: string): string {
	return text
		.replace(/\s*\n\s*/g, ' ')
		.replace(/[\\`*_[\]|~]/g, '\\$&')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replace(/([@#])(?=\w)/g, '$1\u200b');
}
