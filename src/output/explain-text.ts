/** `explain` as text. */
import type { Answer } from './explain-answer.js';
import type { FieldReport, KindLine, KindReport, RefusalReport } from './explain-report.js';

type Paint = (style: 'bold' | 'green' | 'yellow' | 'red' | 'dim', text: string) => string;
const plain: Paint = (_, text) => text;

/** One line for each kind. */
export function kindsText(lines: readonly KindLine[], paint: Paint = plain): string {
	const rows = lines.map(({ kind, shortNames, operations }) => [kind, shortNames.join(','), operations.join(', ')]);
	const width = (column: number) => Math.max(...rows.map((row) => (row[column] as string).length));
	const [first, second] = [width(0), width(1)];
	const printed = rows.map(([kind = '', short = '', operations = '']) =>
		`${paint('bold', kind.padEnd(first))}  ${short.padEnd(second)}  ${operations}`.trimEnd(),
	);
	return `${printed.join('\n')}\n`;
}

export function kindText(report: KindReport, paint: Paint = plain): string {
	const title = (text: string) => paint('bold', text);
	const lines = [
		`${title('KIND:')}        ${report.kind} of gitops.kubedb.com/v1alpha1 (${[report.plural, ...report.shortNames].join(', ')})`,
		`${title('DATABASE:')}    ${report.kind} of ${report.database}`,
		`${title('OPSREQUEST:')}  ${report.opsRequest} of ops.kubedb.com/v1alpha1`,
		'',
		title('TOPOLOGIES:'),
		...report.topologies.map(({ name, when }) => `  ${name}: ${when || 'always'}`),
		'',
		title('OPERATIONS, in the order in which they run:'),
	];
	for (const { type, pods, fields, options, rotation, refused, note } of report.operationReports) {
		lines.push(`  ${title(type)}${pods.length > 0 ? `  ${paint('dim', pods.join('; '))}` : ''}`);
		for (const { path, payload, when, topologies } of fields) {
			const where = [...(topologies ? [topologies.join(', ')] : []), ...(when ? [when] : [])].join('; ');
			lines.push(`    ${path}${payload ? ` -> ${payload}` : ''}${where ? paint('dim', `  (${where})`) : ''}`);
		}
		for (const { path, annotation } of options) lines.push(`    kubedb-render/${annotation} -> ${path}`);
		if (rotation) lines.push(`    kubedb-render/${rotation.annotation}: a new token asks for it`);
		for (const refusal of refused) lines.push(`    ${refusalText(refusal)}`);
		if (note) lines.push(`    ${paint('dim', note)}`);
	}
	for (const [name, heading] of others) {
		const answers = report.others.filter((answer) => answer.class === name);
		if (answers.length === 0) continue;
		lines.push('', title(`${heading}:`), ...answers.map((answer) => `  ${otherText(answer, paint)}`));
	}
	const lists: [string, readonly string[]][] = [
		['CHECKED', [...report.checks, ...report.nameLimits].map(refusalText)],
		['CHECKED BY KUBEDB AGAINST THE CLUSTER', report.clusterChecks],
		['NOT FOR GITOPS', Object.entries(report.notForGitOps).map(([what, why]) => `${what}: ${why}`)],
		['NOTES', report.notes],
		['DOUBTS', report.doubts],
	];
	for (const [heading, items] of lists)
		if (items.length > 0) lines.push('', title(`${heading}:`), ...items.map((item) => `  ${item}`));
	return `${lines.join('\n')}\n`;
}

const others: [Answer['class'], string][] = [
	['restart', 'CARRIED OUT BY A RESTART'],
	['direct', 'APPLIED DIRECTLY'],
	['immutable', 'IMMUTABLE'],
	['unsupported', 'REFUSED'],
];

function otherText({ path, when, inferred, refused }: Answer, paint: Paint): string {
	const why = refused.length > 0 ? `: ${refused.join('; ')}` : '';
	return `${path}${when ? paint('dim', `  (${when})`) : ''}${why}${inferred ? paint('yellow', '  inferred') : ''}`;
}

/** `spec.tls.issuerRef: spec.tls needs an issuerRef (refused: spec.tls is set and spec.tls.issuerRef is not set). ...` */
export function refusalText({ path, when, because, hint }: RefusalReport): string {
	const where = path ? `${path}: ` : '';
	return `${where}${because}${when ? ` (refused: ${when})` : ''}${hint ? `. ${hint}` : ''}`;
}

export function fieldText(report: FieldReport, paint: Paint = plain): string {
	const lines = [
		`${paint('bold', 'KIND:')}   ${report.kind}`,
		`${paint('bold', 'FIELD:')}  ${report.path} <${report.type}>`,
		...(report.values ? [`${paint('bold', 'VALUES:')} ${report.values.join(', ')}`] : []),
	];
	for (const [i, answer] of report.answers.entries()) {
		const isRest = i > 0 && !answer.when && !answer.topologies;
		const head = isRest
			? 'OTHERWISE CARRIED OUT BY:'
			: `CARRIED OUT BY${report.below.length > 0 ? ', but for what is below' : ''}:`;
		lines.push('', `${paint('bold', head)} ${carrierText(answer)}`, ...answerText(answer, report.path, paint));
	}
	if (report.below.length > 0)
		lines.push('', paint('bold', 'BELOW IT:'), ...report.below.map((answer) => `  ${belowText(answer, paint)}`));
	if (report.checks.length > 0)
		lines.push('', paint('bold', 'CHECKED:'), ...report.checks.map((check) => `  ${refusalText(check)}`));
	if (report.fields.length > 0) lines.push('', `${paint('bold', 'FIELDS:')} ${report.fields.join(', ')}`);
	return `${lines.join('\n')}\n`;
}

/** Who carries a change out, in a few words. */
export function carrierText({ class: name, operation, inferred }: Answer): string {
	if (name === 'operation') return operation as string;
	if (name === 'restart') return `Restart, after the database CR${inferred ? ' (inferred)' : ''}`;
	return name === 'direct' ? 'the database CR itself' : 'nothing: it cannot be changed once the database runs';
}

function answerText(answer: Answer, path: string, paint: Paint): string[] {
	const isFixed = answer.class === 'immutable' || answer.class === 'unsupported';
	const rows: [string, string | undefined][] = [
		['line', answer.path === path ? undefined : answer.path],
		['when', answer.when],
		['topology', answer.topologies?.join(', ')],
		['order', answer.order],
		['payload', answer.payload],
		['request', answer.request === undefined ? undefined : `of its own, for ${answer.request}`],
		['sent too', answer.also.join('; ')],
		['pods', answer.pods.join('; ')],
		['removed', isFixed ? undefined : answer.removal],
		[isFixed ? 'because' : 'refused', answer.refused.join('; ')],
		['live', answer.writtenBack],
		['note', answer.note],
		['doubt', answer.doubt],
	];
	const told = rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '');
	return told.map(([name, text]) => `  ${paint('dim', name.padEnd(9))} ${text}`);
}

function belowText(answer: Answer, paint: Paint): string {
	const where = [...(answer.topologies ?? []), ...(answer.when ? [answer.when] : [])].join('; ');
	return `${answer.path}: ${carrierText(answer)}${where ? paint('dim', `  (${where})`) : ''}`;
}
