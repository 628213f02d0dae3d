/** The pages of the documentation that are made from the catalog. */
import { type Kind, kindNames, kindOf } from '../catalog/catalog.js';
import { withProse } from '../catalog/prose.js';
import { coveragePage } from './coverage-page.js';
import { kindReport } from './explain-report.js';
import { kindPage } from './kind-page.js';

/** From the path of a file below the project to what it holds. */
export function docPages(): Map<string, string> {
	const reports = kindNames().map((name) => kindReport(withProse(kindOf(name) as Kind)));
	return new Map([
		['docs/coverage.md', coveragePage(reports)],
		...reports.map((report) => [`docs/kinds/${report.kind}.md`, kindPage(report)] as const),
	]);
}
