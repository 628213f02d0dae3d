/** The page of the documentation about a kind: all that the catalog says, as Markdown. */
import { type Answer, allGoAlong } from './explain-answer.js';
import type { KindReport, OperationReport, RefusalReport } from './explain-report.js';
import { code, codePaths, list, section, table } from './markdown.js';

export function kindPage(report: KindReport): string {
	const names = [report.plural, ...report.shortNames].map(code).join(', ');
	const lines = [
		`# ${report.kind}`,
		'',
		`<!-- Made from src/catalog/kinds/${report.plural}.yaml by npm run generate: change that, not this. -->`,
		'',
		`\`${report.kind}\` of \`gitops.kubedb.com/v1alpha1\` (${names}) becomes \`${report.kind}\` of \`${report.database}\`; its operations are \`${report.opsRequest}\`s.`,
		`\`kubedb-render explain ${report.kind}\` says the same, \`kubedb-render explain ${report.kind}.spec.version\` what holds for one field.`,
		'',
		...section(
			'## Topologies',
			table(
				['topology', 'where'],
				report.topologies.map(({ name, when }) => [name, codePaths(when) || 'always']),
			),
		),
		'## Operations',
		'',
		"In the order in which they run. **inferred**: read from KubeDB's code, or by analogy; no guide says so. **doubtful**: see the doubts at the end.",
		'',
		...report.operationReports.flatMap(operationLines),
		...section('## Fields that no operation carries out', otherLines(report.others)),
		...section('## Checked before anything is rendered', refusalTable([...report.checks, ...report.nameLimits])),
		...section(
			'## Checked by KubeDB against the cluster',
			report.clusterChecks.length === 0
				? []
				: [
						"A render does not see these: KubeDB's admission refuses the request or the database, and the sync fails there.",
						'',
						...list(report.clusterChecks.map(codePaths)),
					],
		),
		...section(
			'## Not for GitOps',
			table(
				['operation, or part of a request', 'why'],
				Object.entries(report.notForGitOps).map(([what, why]) => [code(what), codePaths(why)]),
			),
		),
		...section('## Notes', list(report.notes.map(codePaths))),
		...section('## Doubts', list(report.doubts.map(codePaths))),
	];
	return `${lines.join('\n').trimEnd()}\n`;
}

function operationLines({ type, pods, fields, options, rotation, refused, note }: OperationReport): string[] {
	const sendsAll = fields.some(({ also }) => also.includes(allGoAlong));
	return [
		`### ${type}`,
		'',
		...(pods.length > 0 ? [`${capitalised(codePaths(pods.join('; ')))}.`, ''] : []),
		...(note ? [`${capitalised(codePaths(note))}.`, ''] : []),
		...(sendsAll ? ['Once one of the fields has changed, all of them are sent.', ''] : []),
		...table(
			['field', 'in the request', 'where', 'when git drops it', 'refused', 'remarks'],
			fields.map((answer) => [
				code(answer.path),
				code(answer.payload) || 'goes along unnamed',
				whereText(answer),
				codePaths(answer.removal.replace(/^refused: no operation .*/, 'refused')),
				codePaths(answer.refused.filter((text) => !refused.some(({ because }) => because === text)).join('; ')),
				remarks(answer),
			]),
		),
		...list([
			...options.map(({ annotation, path, values, default: fallback }) => {
				const allowed = values
					? ` (${values.map(code).join(', ')}${fallback ? `; ${code(fallback)} by default` : ''})`
					: '';
				return `The annotation ${code(`kubedb-render/${annotation}`)} sets ${code(path)}${allowed}.`;
			}),
			...(rotation ? [rotationText(rotation)] : []),
		]),
		...refusalTable(refused),
	];
}

function rotationText({ annotation, payload }: NonNullable<OperationReport['rotation']>): string {
	const sent = payload.length > 0 ? `, which sends ${payload.map(code).join(', ')}` : '';
	return `A new token in the annotation ${code(`kubedb-render/${annotation}`)} asks for it without any change${sent}.`;
}

function whereText({ topologies, when, request }: Answer): string {
	const parts = [
		...(topologies ? [topologies.join(', ')] : []),
		...(when ? [codePaths(when)] : []),
		...(request ? [`in a request of its own (${request})`] : []),
	];
	return parts.join('; ');
}

function remarks({ also, inferred, note, doubt }: Answer): string {
	const more = also.filter((text) => text !== allGoAlong);
	const parts = [
		...(inferred ? ['**inferred**'] : []),
		...(more.length > 0 ? [`sent too: ${more.join('; ')}`] : []),
		...(note ? [note] : []),
		...(doubt ? [`**doubtful**: ${doubt}`] : []),
	];
	return codePaths(parts.join('; '));
}

function otherLines(others: readonly Answer[]): string[] {
	return table(
		['field', 'a change', 'where', 'remarks'],
		others.map((answer) => [
			code(answer.path),
			carriers[answer.class] ?? answer.class,
			whereText(answer),
			[remarks(answer), codePaths(answer.refused.join('; '))].filter(Boolean).join('; '),
		]),
	);
}

const carriers: Partial<Record<Answer['class'], string>> = {
	restart: 'restarts the pods, after the database CR',
	direct: 'is applied directly',
	immutable: 'is refused: immutable',
	unsupported: 'is refused',
};

function refusalTable(refusals: readonly RefusalReport[]): string[] {
	return table(
		['field', 'refused where', 'because', 'way out'],
		refusals.map(({ path, when, because, hint }) => [
			code(path),
			codePaths(when),
			codePaths(because),
			codePaths(hint ?? ''),
		]),
	);
}

/** A text as a sentence begins; a name of KubeDB's (`standbyMode`) stays as it is. */
function capitalised(text: string): string {
	return /^[a-z]+(?![\w.])/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
