/** fixtures/refused: input that must not be rendered, and the exact text that a person gets to see. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kindOf } from '../src/catalog/catalog.js';
import { runCase } from '../src/testing/cases.js';
import { checkReadme, compareFiles, fixtures, foldersIn } from './golden.js';

declare const PROJECT_ROOT: string;

const folder = join(fixtures, 'refused');
const texts = new Map<string, string>();

for (const name of foldersIn(folder)) {
	test(`refused/${name}: the text is as expected`, () => {
		checkReadme(join(folder, name));
		const steps = runCase(join(folder, name));
		assert.ok(steps.at(-1)?.actual['refused.txt'], 'the last step is refused');
		for (const { folder: step, actual, compared } of steps) {
			const text = actual['refused.txt'];
			compareFiles(step, compared, actual);
			if (text !== undefined) texts.set(step, text);
		}
	});
}

test('every refusal says on one line where, what and why, and below it the way out', () => {
	for (const [step, text] of texts) {
		const blocks = text.split(/^(?=\S)/m);
		for (const block of blocks) {
			const [head = '', ...below] = block.trimEnd().split('\n');
			assert.match(head, /^(?:\S+: )?(?:error|warning)\[[a-z0-9-]+\]: \S.{10,}[^.:\s]$/, step);
			for (const line of below) assert.match(line, /^ {3}(?: *\d* \| |\S)/, step);
		}
	}
});

test('every code that the source can make is shown by a case, or by another test', () => {
	const shown = new Set([...texts.values()].flatMap((text) => [...text.matchAll(/\[([a-z0-9-]+)\]: /g)].map(group)));
	const tests = [...filesBelow('test'), ...filesBelow('fixtures/kinds', '.yaml')].map(read).join('\n');
	const codes = new Set(filesBelow('src').map(read).flatMap(codesIn));
	const hidden = [...codes].filter((code) => !shown.has(code) && !new RegExp(`['"[]${code}['\\\\\\]:]`).test(tests));
	assert.equal(hidden.sort(), []);
	assert.equal(
		[...shown].filter((code) => !codes.has(code)),
		[],
		'the codes of src are found',
	);
});

/** Codes stand in problems (`code: 'x'`), and as the first or second argument of what makes problems. */
function codesIn(source: string): string[] {
	const places = [
		/\bcode(?:: | = )([^,;\n]*)/g,
		/\b(?:refuse|refused|refuseInput)\(\s*('[a-z0-9-]+')/g,
		/\b(?:report|problemAt)\([^;]*?,\s*('yaml[a-z0-9-]*')/g,
	];
	return places.flatMap((place) =>
		[...source.matchAll(place)].flatMap(([, text = '']) => [...text.matchAll(/'([a-z][a-z0-9-]+)'/g)].map(group)),
	);
}

for (const name of ['Postgres', 'MariaDB']) {
	test(`everything that the catalog refuses of a ${name} is shown by a case`, () => {
		const facts = kindOf(name)?.facts;
		const rows = [
			...(facts?.checks ?? []),
			...(facts?.immutable ?? []),
			...(facts?.unsupported ?? []),
			...Object.values(facts?.operations ?? {}).flatMap(({ refuse = [] }) => refuse),
		];
		const heads = [...texts.values()].flatMap((text) => text.split('\n').filter((line) => line.includes(`: ${name} `)));
		const hidden = rows.filter(({ because }) => !heads.some((head) => head.includes(because)));
		assert.ok(rows.length > 10);
		assert.equal(hidden, []);
	});
}

function group(match: RegExpMatchArray): string {
	return match[1] as string;
}

function filesBelow(name: string, ending = '.ts'): string[] {
	const names = readdirSync(join(PROJECT_ROOT, name), { recursive: true }).map(String);
	return names.filter((each) => each.endsWith(ending)).map((each) => join(PROJECT_ROOT, name, each));
}

function read(path: string): string {
	return readFileSync(path, 'utf8');
}

test.run();
