/** What a person sees of a plan. */
import { changeTexts, labelOf, valueText } from './change-text.js';
import type { DatabaseReport, DriftReport, OperationReport } from './plan-report.js';

type Paint = (style: 'bold' | 'green' | 'yellow' | 'red' | 'dim', text: string) => string;

export function planText(reports: readonly DatabaseReport[], paint: Paint = (_, text) => text): string {
	const blocks = reports.map((report) => databaseText(report, paint));
	return `${blocks.join('\n')}\n${summary(reports)}\n`;
}

function databaseText(report: DatabaseReport, paint: Paint): string {
	const title = `${report.kind} ${report.namespace}/${report.name}`;
	const lines = [`${paint('bold', title.padEnd(60))}  generation ${report.generation}`];
	const situation = situations[report.situation];
	if (situation) lines.push(`  ${paint('dim', situation)}`);
	const name = Math.max(0, ...report.operations.map(({ type }) => type.length));
	for (const [i, operation] of report.operations.entries()) lines.push(...operationText(operation, i + 1, name, paint));
	for (const text of changeTexts(report.direct)) lines.push(`  ${paint('green', '=')}  applied directly  ${text}`);
	for (const drift of report.drift) lines.push(`  ${paint('yellow', '~')}  ${driftText(drift)}`);
	for (const note of report.notes) lines.push(`  ${paint('red', '!')}  ${note}`);
	if (lines.length === 1) lines.push(`  ${paint('dim', 'nothing to do')}`);
	return `${lines.join('\n')}\n`;
}

export const situations: Partial<Record<DatabaseReport['situation'], string>> = {
	creation: 'new: created as it is',
	'being-created': 'is being created',
	recreation: 'gone from the cluster: created anew',
	adoption: 'runs already: taken over as it is, but for what git sets otherwise',
	'other-database': 'another database of this name runs: taken over as it is, but for what git sets otherwise',
	'plan-lost': 'the plan was lost: goes on from the state',
	'under-way': 'under way: the plan stays as it is',
	repair: 'what others changed is brought back',
	mended: 'the plan could not lead to its end, and is made anew',
	'changed-under-way': 'changed while the plan before is under way',
};

function operationText(
	{ type, name, changes, effect, phase, carried }: OperationReport,
	number: number,
	width: number,
	paint: Paint,
): string[] {
	const texts = changeTexts(changes);
	const marks = [phase, carried ? 'from the plan before' : undefined, effect].filter((mark) => mark !== undefined);
	const head = `  ${number}  ${paint('bold', type.padEnd(width))}  `;
	const indent = ' '.repeat(width + 7);
	return [
		`${head}${texts[0] ?? ''}`,
		...texts.slice(1).map((text) => `${indent}${text}`),
		`${indent}${paint('dim', `${name}${marks.length > 0 ? `  (${marks.join('; ')})` : ''}`)}`,
	];
}

export function driftText({ path, git, live, secret, repaired }: DriftReport): string {
	const what = repaired ? 'is brought back' : 'is left as it is (kubedb-render/drift: repair brings it back)';
	const values = secret ? 'differs' : `git ${valueText(git)}, live ${valueText(live)}`;
	return `drift  ${labelOf(path)}  ${values}: ${what}`;
}

/** The last line: how much there is to do. */
export function summary(reports: readonly DatabaseReport[]): string {
	const sum = (count: (report: DatabaseReport) => number) =>
		reports.reduce((total, report) => total + count(report), 0);
	const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
	const created = reports.filter(({ situation }) => situation === 'creation' || situation === 'recreation').length;
	const parts = [
		...(created > 0 ? [`${counted(created, 'database')} to create`] : []),
		counted(
			sum(({ operations }) => operations.length),
			'operation',
		),
		...(sum(({ direct }) => direct.length) > 0
			? [
					counted(
						sum(({ direct }) => direct.length),
						'direct change',
					),
				]
			: []),
	];
	return `Plan: ${parts.join(', ')} on ${counted(reports.length, 'database')}.`;
}
