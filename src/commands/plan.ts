/** `plan`: what a render would do and why. */
import { coloured } from '../output/paint.js';
import { reportOf } from '../output/plan-report.js';
import { planText } from '../output/plan-text.js';
import type { Settings } from '../settings.js';
import type { Result } from './build.js';
import { load, type World } from './load.js';

export interface PlanOptions {
	readonly output?: 'text' | 'json' | undefined;
	readonly detailedExitcode?: boolean | undefined;
	readonly color: boolean;
}

export async function plan(
	paths: readonly string[],
	options: PlanOptions,
	settings: Settings,
	world: World,
): Promise<Result> {
	const { rendered, warnings } = await load(paths, settings, world);
	const reports = rendered.map(reportOf);
	const hasChanges = reports.some(({ situation }) => situation !== 'settled');
	const paint = options.color ? coloured : undefined;
	const stdout =
		options.output === 'json' ? `${JSON.stringify({ databases: reports }, undefined, 2)}\n` : planText(reports, paint);
	return { stdout, warnings, exitCode: options.detailedExitcode && hasChanges ? 2 : 0 };
}
