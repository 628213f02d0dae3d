/** The page of the documentation that shows which kind has which operation, and what of KubeDB's API is left out. */
import { operationFactsOf, operationTypes } from '../catalog/catalog.js';
import type { KindReport } from './explain-report.js';
import { code, codePaths, section, table } from './markdown.js';

export function coveragePage(reports: readonly KindReport[]): string {
	const types = operationTypes();
	const others = reports
		.flatMap(({ notForGitOps }) => Object.keys(notForGitOps))
		.filter((name) => !name.startsWith('spec.'));
	const acts = [...new Set(others)].filter((name) => !types.includes(name)).sort();
	const marks = (report: KindReport, type: string) =>
		report.operations.includes(type) ? 'yes' : report.notForGitOps[type] ? 'no (1)' : '';
	const lines = [
		'# What is covered',
		'',
		'<!-- Made from src/catalog by npm run generate: change that, not this. -->',
		'',
		`${reports.length} kinds, ${reports.reduce((sum, { operations }) => sum + operations.length, 0)} operations. An empty cell: KubeDB has no such operation for the kind, and a change that would need it is refused. (1): KubeDB has it, nothing in git asks for it; see below.`,
		'',
		...table(
			['kind', ...types, 'inferred', 'doubts'],
			reports.map((report) => [
				`[${report.kind}](kinds/${report.kind}.md)`,
				...types.map((type) => marks(report, type)),
				String(report.others.filter(({ inferred }) => inferred).length),
				String(report.doubts.length),
			]),
		),
		"**inferred** counts the fields whose change restarts the pods because KubeDB's code, or analogy, says so and no guide does; **doubts** counts what KubeDB does not say, where the safer reading was taken. Both are listed on the page of the kind.",
		'',
		...section(
			'## Operations that no kind takes from git',
			table(
				['operation', 'kinds', 'why'],
				acts.map((name) => {
					const kinds = reports.filter(({ notForGitOps }) => notForGitOps[name]);
					const why = [...new Set(kinds.map(({ notForGitOps }) => notForGitOps[name] as string))];
					return [name, kinds.map(({ kind }) => kind).join(', '), codePaths(why.join('; '))];
				}),
			),
		),
		...section(
			'## Parts of requests that nothing in git sets',
			table(
				['kind', 'part of the request', 'why'],
				[
					...types.flatMap((type) =>
						Object.entries(operationFactsOf(type).notForGitOps ?? {}).map(([path, why]) => [
							'all',
							code(path),
							codePaths(why),
						]),
					),
					...reports.flatMap(({ kind, notForGitOps }) =>
						Object.entries(notForGitOps)
							.filter(([name]) => !acts.includes(name))
							.map(([name, why]) => [kind, code(name), codePaths(why)]),
					),
				],
			),
		),
	];
	return `${lines.join('\n').trimEnd()}\n`;
}
