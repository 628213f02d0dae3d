import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placeAt } from '../src/input/place.js';
import {
	byPlace,
	nearest,
	type Place,
	type Problem,
	Refusal,
	refuse,
	showProblem,
	underlined,
	withoutText,
} from '../src/problems.js';
import { refusal } from './refusal.js';

const place: Place = {
	source: 'databases/ha-postgres.yaml',
	line: 14,
	column: 18,
	length: 3,
	text: '        storage: 1Gi',
};
const problem: Problem = {
	code: 'volume-shrinks',
	severity: 'error',
	message: 'storage cannot shrink from 5Gi to 1Gi',
	hint: 'KubeDB can only expand volumes.\nPut 5Gi back.',
	resource: 'Postgres demo/ha-postgres',
	place,
};

test('a problem is shown as a compiler shows it', () => {
	assert.is(
		showProblem(problem),
		`databases/ha-postgres.yaml:14:18: error[volume-shrinks]: Postgres demo/ha-postgres: storage cannot shrink from 5Gi to 1Gi
   14 |         storage: 1Gi
      |                  ^^^
   KubeDB can only expand volumes.
   Put 5Gi back.`,
	);
});

test('without a place it is called by its source, or by nothing', () => {
	const bare: Problem = { code: 'a', severity: 'warning', message: 'b' };
	assert.is(showProblem(bare), 'warning[a]: b');
	assert.is(showProblem({ ...bare, source: 'x.yaml' }), 'x.yaml: warning[a]: b');
	assert.is(showProblem({ ...bare, source: 'x.yaml', hint: 'c' }), 'x.yaml: warning[a]: b\n   c');
});

test('the parts are painted, each in its style', () => {
	const painted = showProblem(problem, (style, text) => `<${style}>${text}</${style}>`);
	assert.match(painted, '<bold>databases/ha-postgres.yaml:14:18: </bold><red>error[volume-shrinks]</red>: Postgres');
	assert.match(painted, '<dim>14 |</dim>         storage: 1Gi');
	assert.match(painted, '<red>^^^</red>');
	assert.match(
		showProblem({ ...problem, severity: 'warning' }, (style, text) => `<${style}>${text}`),
		'<yellow>warning',
	);
});

test('the caret stands below the text that it is about, behind tabs too, and never goes beyond the line', () => {
	fc.assert(
		fc.property(
			fc.array(fc.constantFrom('a', ' ', '\t', 'é', ':'), { minLength: 1, maxLength: 400 }),
			fc.nat(),
			fc.integer({ min: 1, max: 500 }),
			(characters, where, length) => {
				const text = characters.join('');
				const offset = where % text.length;
				const shown = placeAt({ name: 'x', text }, offset, length);
				const [first, line, carets] = showProblem({ ...problem, hint: '', place: shown }).split('\n');
				assert.match(first ?? '', `x:1:${offset + 1}: error`);
				if (text.trim() === '') return assert.is(line, undefined);
				const [above, below] = [line?.slice('   1 | '.length) as string, carets?.slice('     | '.length) as string];
				const at = below.indexOf('^');
				assert.is(below.slice(0, at), above.slice(0, at).replace(/[^\t]/g, ' '));
				const start = above.startsWith('...') ? above.slice(at) : text.slice(offset);
				assert.ok(text.slice(offset).startsWith(start.slice(0, 20).replace(/\.\.\.$/, '')));
				assert.ok(below.length <= above.length, 'it does not go beyond the line');
				assert.ok((line ?? '').length <= 220, 'which is cut down where it is long');
			},
		),
		{ seed: 1, numRuns: 500 },
	);
});

test('of a very long line the part around the caret is shown', () => {
	const text = `{"a":"${'x'.repeat(1000)}","b":1,"c":"${'y'.repeat(1000)}"}`;
	const at = text.indexOf('"b"');
	const [, line, carets] = showProblem({ ...problem, place: placeAt({ name: 'x', text }, at, 3) }).split('\n');
	assert.match(line ?? '', /^ {3}1 \| \.\.\.x+","b":1,"c":"y+\.\.\.$/);
	assert.is(line?.slice(carets?.indexOf('^'), (carets?.lastIndexOf('^') as number) + 1), '"b"');
	const start = showProblem({ ...problem, place: placeAt({ name: 'x', text }, 0, 1) }).split('\n')[1];
	assert.match(start ?? '', /^ {3}1 \| \{"a":"x+\.\.\.$/);
	const end = showProblem({ ...problem, place: placeAt({ name: 'x', text }, text.length - 1, 1) }).split('\n')[1];
	assert.match(end ?? '', /^ {3}1 \| \.\.\.y+"\}$/);
});

test('nothing of the source steers a terminal', () => {
	const nasty = '\x1b[31mred\x07\x9b\x00\r';
	const shown = showProblem({
		...problem,
		message: nasty,
		hint: `${nasty}\nsecond`,
		place: { ...place, source: nasty, text: `  ${nasty}  storage: 1Gi`, column: 3 },
	});
	assert.not.match(shown.replaceAll('\n', ''), /\p{Control}/u);
	assert.is(shown.split('\n').length, 5);
});

test('a line that may not be shown is left out', () => {
	assert.is(withoutText(place).text, '');
	assert.is(showProblem({ ...problem, hint: '', place: withoutText(place) }).split('\n').length, 1);
	assert.is(underlined(place), '1Gi');
});

test('problems are ordered by source, line and column, those without a place last', () => {
	const at = (source: string, line: number, column: number): Problem => ({
		...problem,
		place: { ...place, source, line, column },
	});
	const { place: _, ...bare } = problem;
	const ordered = [at('a', 1, 1), at('a', 1, 9), at('a', 2, 1), at('a', 10, 1), at('b', 1, 1), bare];
	assert.equal([...ordered].reverse().sort(byPlace), ordered);
	assert.is(byPlace(bare, bare), 0);
});

test('a refusal holds its problems, and says their messages', () => {
	const error = new Refusal([problem, { ...problem, message: 'second' }]);
	assert.is(error.message, 'storage cannot shrink from 5Gi to 1Gi\nsecond');
	assert.instance(error, Error);
	assert.equal(
		refusal(() => refuse('code', 'message', 'hint', 'source')),
		{ code: 'code', severity: 'error', message: 'message', hint: 'hint', source: 'source' },
	);
	assert.equal(
		refusal(() => refuse('code', 'message')),
		{ code: 'code', severity: 'error', message: 'message' },
	);
});

const fields = ['replicas', 'storage', 'storageType', 'version', 'podTemplate', 'tls', 'deletionPolicy'];

test('the word that was meant is found: a letter too many, too few, wrong, or two in the wrong order', () => {
	for (const [typed, meant] of [
		['replica', 'replicas'],
		['replicass', 'replicas'],
		['replicsa', 'replicas'],
		['repicas', 'replicas'],
		['Storage', 'storage'],
		['storagetype', 'storageType'],
		['deletePolicy', 'deletionPolicy'],
		['tsl', 'tls'],
	] as const)
		assert.is(nearest(typed, fields), meant, typed);
});

test('a word that begins only one candidate means it; a word that is like none means none', () => {
	assert.is(nearest('deletion', fields), 'deletionPolicy');
	assert.is(nearest('stor', ['storageType', 'storageClass']), undefined, 'two begin so');
	assert.is(nearest('pod', fields), undefined, 'too short to say');
	assert.is(nearest('something', fields), undefined);
	assert.is(nearest('', fields), undefined);
	assert.is(nearest('x', []), undefined);
});

test('every candidate is nearest to itself', () => {
	fc.assert(
		fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 8 }), (candidates) => {
			for (const word of candidates) assert.is(nearest(word, candidates), word);
		}),
		{ seed: 2, numRuns: 300 },
	);
});

test.run();
