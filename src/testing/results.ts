/** What `test` prints, and the same as JUnit XML for CI. */
import type { Style } from '../output/paint.js';
import { type CaseResult, isFailed } from './check.js';

type Paint = (style: Style, text: string) => string;

export function resultsText(results: readonly CaseResult[], update: boolean, paint: Paint): string {
	const blocks = results.flatMap((result) => caseText(result, paint));
	const failed = results.filter(isFailed).length;
	const updated = results.flatMap((result) => result.updated);
	const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
	const summary = update
		? `${counted(results.length, 'case')}, ${counted(updated.length, 'file')} changed. Review them as a diff.`
		: `${counted(results.length, 'case')}, ${failed} failed.${failed > 0 ? ' What is meant to be so is written by --update.' : ''}`;
	return `${[...blocks, '', summary].join('\n')}\n`;
}

function caseText(result: CaseResult, paint: Paint): string[] {
	const { name, steps, error, updated } = result;
	if (error !== undefined) return [`${paint('red', 'FAIL')}  ${name}`, error.replace(/^/gm, '      ')];
	if (updated.length > 0) return [`${paint('yellow', 'new ')}  ${name}`, ...updated.map((path) => `      ${path}`)];
	if (!isFailed(result)) return [`${paint('green', 'ok  ')}  ${name}  ${paint('dim', `(${steps.length} steps)`)}`];
	const lines = steps.flatMap(({ name: step, failures }) =>
		failures.length === 0
			? []
			: [`      ${paint('bold', `step ${step}`)}`, ...failures.map((each) => diffText(each, paint))],
	);
	return [`${paint('red', 'FAIL')}  ${name}`, ...lines];
}

function diffText(text: string, paint: Paint): string {
	const lines = text.split('\n').map((line) => {
		if (/^[-+]{3} |^@@/.test(line)) return paint('dim', line);
		if (line.startsWith('-')) return paint('red', line);
		return line.startsWith('+') ? paint('green', line) : line;
	});
	return lines.map((line) => `      ${line}`).join('\n');
}

/** JUnit XML as Jenkins and GitLab read it: a suite for each case, a test for each step. */
export function junit(results: readonly CaseResult[]): string {
	const suites = results.map(({ name, steps, error }) => {
		const tests = error === undefined ? steps : [{ name: 'run', failures: [error] }];
		const failed = tests.filter(({ failures }) => failures.length > 0).length;
		const cases = tests.map(({ name: test, failures }) => {
			const start = `    <testcase classname="${escaped(name)}" name="${escaped(test)}"`;
			if (failures.length === 0) return `${start}/>`;
			const text = failures.join('\n\n');
			const first = escaped(text.split('\n')[0] as string);
			return `${start}>\n      <failure message="${first}">${escaped(text)}</failure>\n    </testcase>`;
		});
		return [
			`  <testsuite name="${escaped(name)}" tests="${tests.length}" failures="${failed}">`,
			...cases,
			'  </testsuite>',
		].join('\n');
	});
	return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`;
}

/** XML 1.0 has no characters for most control codes, not even escaped. */
function escaped(text: string): string {
	const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
	return (
		text
			// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
			.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
			.replace(/[&<>"]/g, (char) => entities[char] as string)
	);
}
