/** A plan as annotations of GitHub Actions, which stand beside the lines of a pull request. */
import { lazy } from '../lazy.js';
import type { Place, Problem } from '../problems.js';
import { parsePath } from '../render/path.js';
import type { RenderedDatabase } from '../render/render.js';
import { changeTexts } from './change-text.js';
import { type OperationReport, reportOf } from './plan-report.js';
import { summary } from './plan-text.js';

type Level = 'error' | 'warning' | 'notice';

export function problemsGithub(problems: readonly Problem[]): string {
	return problems
		.map(({ severity, code, message, hint, resource, place, source }) => {
			const text = [resource ? `${resource}: ${message}` : message, ...(hint ? [hint] : [])].join('\n');
			return annotation(severity, code, text, place, source);
		})
		.join('');
}

/** A notice for each operation, at the field that it is for, and a warning for each that has failed. */
export function planGithub(rendered: readonly RenderedDatabase[]): string {
	const reports = rendered.map(reportOf);
	const lines = reports.flatMap((report, i) => {
		const { desired } = rendered[i] as RenderedDatabase;
		const subject = `${report.kind} ${report.namespace}/${report.name}`;
		const at = (path: string | undefined) =>
			lazy.place().placeOf(desired.origin.chunk, [...desired.origin.path, ...(path ? parsePath(path) : [])]);
		const notice = (operation: OperationReport, n: number) => {
			const { type, name, effect, changes } = operation;
			const text = [`${subject}: operation ${n + 1}, ${type}`, ...changeTexts(changes), effect ?? '', name].filter(
				Boolean,
			);
			return annotation('notice', type, text.join('\n'), at(changes[0]?.path));
		};
		return [
			...report.operations.map(notice),
			...report.notes.map((note) => annotation('warning', 'failed', `${subject}: ${note}`, at(undefined))),
		];
	});
	return `${lines.join('')}${summary(reports)}\n`;
}

/** Format: actions/toolkit, packages/core/src/command.ts, @actions/core 1.11. */
function annotation(level: Level, title: string, text: string, place: Place | undefined, source?: string): string {
	const file = place?.source ?? source;
	const properties = [
		...(file === undefined || file.startsWith('<') ? [] : [`file=${property(file)}`]),
		...(place ? [`line=${place.line}`, `col=${place.column}`] : []),
		`title=${property(title)}`,
	];
	return `::${level} ${properties.join(',')}::${data(text)}\n`;
}

function data(text: string): string {
	return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
	return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
