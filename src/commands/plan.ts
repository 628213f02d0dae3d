/** `plan`: what a render would do and why. */
import { type Json, prettyJson } from '../json.js';
import { coloured } from '../output/paint.js';
import { planMarkdown } from '../output/plan-markdown.js';
import { type DatabaseReport, reportOf } from '../output/plan-report.js';
import { planText } from '../output/plan-text.js';
import { Refusal } from '../problems.js';
import type { Settings } from '../settings.js';
import type { Result } from './build.js';
import { load, type World } from './load.js';

/** `markdown`: for a comment on a pull request. `github`: annotations of GitHub Actions, on the lines of the source. */
export type PlanFormat = 'text' | 'json' | 'markdown' | 'github';

export interface PlanOptions {
	readonly output?: PlanFormat | undefined;
	readonly detailedExitcode?: boolean | undefined;
	readonly color: boolean;
}

export async function plan(
	paths: readonly string[],
	options: PlanOptions,
	settings: Settings,
	world: World,
): Promise<Result> {
	if (options.output === 'github') return annotated(paths, options, settings, world);
	const { rendered, warnings } = await load(paths, settings, world);
	const reports = rendered.map(reportOf);
	return { stdout: printed(reports, options), warnings, exitCode: exitCodeOf(reports, options) };
}

function printed(reports: readonly DatabaseReport[], { output, color }: PlanOptions): string {
	if (output === 'json') return `${prettyJson({ databases: reports } as unknown as Json)}\n`;
	return output === 'markdown' ? planMarkdown(reports) : planText(reports, color ? coloured : undefined);
}

function exitCodeOf(reports: readonly DatabaseReport[], { detailedExitcode }: PlanOptions): number {
	return detailedExitcode && reports.some(({ situation }) => situation !== 'settled') ? 2 : 0;
}

/** The runner reads annotations from what is printed, those of errors as well. */
async function annotated(
	paths: readonly string[],
	options: PlanOptions,
	settings: Settings,
	world: World,
): Promise<Result> {
	const { planGithub, problemsGithub } = await import('../output/plan-github.js');
	try {
		const { rendered, warnings } = await load(paths, settings, world);
		const stdout = problemsGithub(warnings) + planGithub(rendered);
		return { stdout, warnings: [], exitCode: exitCodeOf(rendered.map(reportOf), options) };
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return { stdout: problemsGithub(error.problems), warnings: error.problems, exitCode: 1 };
	}
}
