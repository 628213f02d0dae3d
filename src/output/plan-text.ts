/** What a person sees of a plan. */
import type { Json } from '../json.js';
import type { Change, DatabaseReport, DriftReport, OperationReport } from './plan-report.js';

type Paint = (style: 'bold' | 'green' | 'yellow' | 'red' | 'dim', text: string) => string;

export function planText(reports: readonly DatabaseReport[], paint: Paint = (_, text) => text): string {
	const blocks = reports.map((report) => databaseText(report, paint));
	return `${blocks.join('\n')}${summary(reports)}\n`;
}

function databaseText(report: DatabaseReport, paint: Paint): string {
	const title = `${report.kind} ${report.namespace}/${report.name}`;
	const lines = [`${paint('bold', title.padEnd(60))}  generation ${report.generation}`];
	const situation = situations[report.situation];
	if (situation) lines.push(`  ${paint('dim', situation)}`);
	const name = Math.max(0, ...report.operations.map(({ type }) => type.length));
	for (const [i, operation] of report.operations.entries()) lines.push(...operationText(operation, i + 1, name, paint));
	for (const change of report.direct) lines.push(`  ${paint('green', '=')}  applied directly  ${changeText(change)}`);
	for (const drift of report.drift) lines.push(`  ${paint('yellow', '~')}  ${driftText(drift)}`);
	for (const note of report.notes) lines.push(`  ${paint('red', '!')}  ${note}`);
	if (lines.length === 1) lines.push(`  ${paint('dim', 'nothing to do')}`);
	return `${lines.join('\n')}\n`;
}

const situations: Partial<Record<DatabaseReport['situation'], string>> = {
	creation: 'new: created as it is',
	'being-created': 'is being created',
	recreation: 'gone from the cluster: created anew',
	adoption: 'runs already: taken over as it is, but for what git sets otherwise',
	'other-database': 'another database of this name runs: taken over as it is, but for what git sets otherwise',
	'plan-lost': 'the plan was lost: goes on from the state',
	'under-way': 'under way: the plan stays as it is',
	mended: 'the plan could not lead to its end, and is made anew',
	'changed-under-way': 'changed while the plan before is under way',
};

function operationText(
	{ type, name, changes, effect, phase, carried }: OperationReport,
	number: number,
	width: number,
	paint: Paint,
): string[] {
	const texts = changes.map((change) => changeText(change));
	const marks = [phase, carried ? 'from the plan before' : undefined, effect].filter((mark) => mark !== undefined);
	const head = `  ${number}  ${paint('bold', type.padEnd(width))}  `;
	const indent = ' '.repeat(width + 7);
	return [
		`${head}${texts[0] ?? ''}`,
		...texts.slice(1).map((text) => `${indent}${text}`),
		`${indent}${paint('dim', `${name}${marks.length > 0 ? `  (${marks.join('; ')})` : ''}`)}`,
	];
}

function changeText({ path, from, to, secret }: Change): string {
	const label = path.replace(/^spec\./, '');
	if (secret) return `${label}  changed`;
	if (from === undefined && to === undefined) return label;
	return `${label}  ${valueText(from)} -> ${valueText(to)}`;
}

function driftText({ path, git, live, repaired }: DriftReport): string {
	const what = repaired ? 'is brought back' : 'is left as it is (kubedb-render/drift: repair brings it back)';
	return `drift  ${path.replace(/^spec\./, '')}  git ${valueText(git)}, live ${valueText(live)}: ${what}`;
}

function valueText(value: Json | undefined): string {
	if (value === undefined) return '(none)';
	const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
	return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function summary(reports: readonly DatabaseReport[]): string {
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
	return `\nPlan: ${parts.join(', ')} on ${counted(reports.length, 'database')}.`;
}
