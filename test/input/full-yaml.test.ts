import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFully } from '../../src/input/full-yaml.js';
import { splitStream } from '../../src/input/stream.js';
import { parseChunk } from '../../src/input/yaml.js';
import { isObject, type Json, type JsonObject, toJson } from '../../src/json.js';
import { type Problem, Refusal, showProblem } from '../../src/problems.js';
import { hardObject } from '../yaml/random-json.js';
import { yamlDocuments } from '../yaml/random-yaml.js';

const chunkOf = (text: string) => ({ source: { name: 'a.yaml', text }, start: 0, end: text.length });

function problemsOf(text: string): readonly Problem[] {
	try {
		parseFully(chunkOf(text));
	} catch (error) {
		if (error instanceof Refusal) return error.problems;
		throw error;
	}
	return [];
}

function places(text: string): string[] {
	return problemsOf(text).map(({ code, place }) => `${place?.line}:${place?.column} ${code}`);
}

test('whatever the text is, it is read, or refused with a place inside it', () => {
	fc.assert(
		fc.property(yamlDocuments, (text) => {
			for (const { place, message } of problemsOf(text)) {
				assert.ok(place && message !== '');
				const lines = text.replace(/^\ufeff/, '').split('\n');
				assert.is(place.text, lines[place.line - 1]?.replace(/\r$/, ''));
				assert.ok(
					place.column >= 1 && place.column <= place.text.length + 2,
					`${place.column} of ${place.text.length}`,
				);
				assert.ok(place.length >= 1);
			}
		}),
		{ seed: 1, numRuns: 2000 },
	);
});

test('JSON is read as JSON, whatever stands in its strings', () => {
	fc.assert(
		fc.property(hardObject, fc.boolean(), (object, asYaml) => {
			const text = toJson(object);
			const [chunk] = splitStream({ name: 'a.json', text });
			assert.is(chunk?.isJson, true);
			assert.is(toJson(parseFully(chunk as NonNullable<typeof chunk>).value), text);
			// Among YAML documents it means the same, unless it holds what YAML does not.
			if (asYaml && problemsOf(text).length === 0) assert.is(toJson(parseFully(chunkOf(text)).value), text);
		}),
		{ seed: 2, numRuns: 500 },
	);
});

test('what YAML cannot read is fine in a stream of JSON', () => {
	const text = '{"a": "\\ud83d\\ude00\\/\x7f\u2028", "b": {"c": [1, -0.0, 1E2]}}';
	const [chunk] = splitStream({ name: 'a.json', text });
	assert.equal(parseChunk(chunk as NonNullable<typeof chunk>).value, { a: '😀/\x7f\u2028', b: { c: [1, -0, 100] } });
});

test('half of a character in JSON becomes the character that stands for mistakes, as kubectl has it', () => {
	const [chunk] = splitStream({ name: 'a.json', text: '{"a": "x\\ud83dy"}' });
	assert.equal(parseChunk(chunk as NonNullable<typeof chunk>).value, { a: 'x\ufffdy' });
});

test('a number in JSON that is too large for a number is refused', () => {
	const [chunk] = splitStream({ name: 'a.json', text: '{"a": 1e400}' });
	assert.throws(
		() => parseChunk(chunk as NonNullable<typeof chunk>),
		(error: Refusal) => error.problems[0]?.code === 'yaml-number' && error.problems[0].place?.column === 7,
	);
});

test('the same key twice is refused in JSON too', () => {
	const [chunk] = splitStream({ name: 'a.json', text: '{"a": 1, "a": 2}' });
	assert.throws(
		() => parseChunk(chunk as NonNullable<typeof chunk>),
		(error: Refusal) => error.problems[0]?.code === 'yaml-duplicate' && error.problems[0].place?.column === 10,
	);
});

test('all problems of a document are told at once, each at its place', () => {
	const text = 'a: .inf\nb: !x y\nc:\n  d: 1\n  d: 2\n? [e]\n: f\ng: *h\n';
	assert.equal(places(text), [
		'1:4 yaml-number',
		'2:7 yaml-tag',
		'5:3 yaml-duplicate',
		'6:3 yaml-key',
		'8:4 yaml-alias',
	]);
});

test('a document that does not parse is refused with its first problem: the others mostly follow from it', () => {
	assert.equal(places('a: b\n  c: d\n'), ['1:4 yaml']);
	assert.equal(places('a: @\n'.repeat(50)), ['1:4 yaml']);
});

test('a refusal shows the line, and says what to do', () => {
	const [problem] = problemsOf('spec:\n  a: 1\n  a: 2\n');
	assert.is(
		showProblem(problem as Problem),
		[
			'a.yaml:3:3: error[yaml-duplicate]: the key "a" stands here twice, first on line 2',
			'   3 |   a: 2',
			'     |   ^',
			'   Keep one of the two.',
		].join('\n'),
	);
});

test('what is no character of YAML is called by its number', () => {
	const [problem] = problemsOf('a: b\nc: "d\u0085e"\n');
	assert.match(problem?.message ?? '', 'U+0085');
	assert.match(problem?.hint ?? '', '"\\u0085" in double quotes');
	assert.is(problem?.place?.line, 2);
	assert.is(problem?.place?.column, 6);
	assert.equal(places('a: b\rc\r\n'), ['1:5 yaml-character'], 'a carriage return alone');
	assert.equal(places('\ufeffa: b\r\n'), [], 'a byte order mark in front, and line ends of Windows');
});

test('what goes missing behind the end of a document is refused, comments are not', () => {
	assert.equal(places('a: b\n...\n# c\n\nd: e\n'), ['5:1 yaml-end']);
	assert.equal(places('a: b\n...\n# c\n...\n'), []);
});

test('a map that comes by a merge key wins over the keys in front of it, with a warning', () => {
	const text = 'base: &base {a: 1, b: 2}\nx:\n  b: 3\n  <<: *base\n';
	const { value, warnings } = parseFully(chunkOf(text));
	assert.equal((value as JsonObject).x, { b: 2, a: 1 });
	assert.is(warnings.length, 1);
	assert.is(warnings[0]?.code, 'yaml-merge-order');
	assert.is(warnings[0]?.severity, 'warning');
	assert.match(warnings[0]?.message ?? '', 'kubectl lets the merged value of b win');
	assert.is(warnings[0]?.place?.line, 4);
	const equal = 'base: &base {a: {c: [1]}}\nx:\n  a: {c: [1]}\n  <<: *base\n';
	assert.equal(parseFully(chunkOf(equal)).warnings, [], 'equal values need no warning');
});

test('what kubectl and kustomize read differently is warned of once, where it stands', () => {
	const { warnings } = parseFully(chunkOf('a: &a yes\nb: *a\non: 1\nc: "yes"\nd: !!bool no\n'));
	assert.equal(
		warnings.map(({ code, severity, place, hint }) => [code, severity, place?.line, place?.column, hint]),
		[
			['yaml-quote-it', 'warning', 1, 7, 'Quote it.'],
			['yaml-quote-it', 'warning', 3, 1, 'Quote it.'],
		],
	);
});

test('an alias gives every place a value of its own', () => {
	const { value } = parseFully(chunkOf('a: &a {b: [1]}\nc: *a\n'));
	const object = value as { a: { b: Json[] }; c: { b: Json[] } };
	object.a.b.push(2);
	assert.equal(object.c, { b: [1] });
});

test('nothing that a document says becomes the prototype of an object', () => {
	for (const text of ['__proto__: {a: 1}\n', '"__proto__": {a: 1}\n', '{"__proto__": {"a": 1}}']) {
		assert.is(problemsOf(text)[0]?.code, 'yaml-key', text);
	}
	assert.is(problemsOf('x: &x {"__proto__": {a: 1}}\ny: {<<: *x}\n')[0]?.code, 'yaml-key');
	assert.is(({} as { a?: unknown }).a, undefined);
});

test('keys that any object has are keys like any other', () => {
	const { value } = parseFully(chunkOf('constructor: 1\ntoString: 2\n"hasOwnProperty": 3\n'));
	assert.ok(isObject(value));
	assert.equal(Object.entries(value), [
		['constructor', 1],
		['toString', 2],
		['hasOwnProperty', 3],
	]);
});

const letters = [...'bcdefghijk'];
const laughs = letters.map((c, i) => {
	const before = String.fromCharCode(97 + i);
	return `${c}: &${c} [${Array(9).fill(`*${before}`).join(', ')}]\n`;
});
const merged = Array.from({ length: 40 }, (_, i) => {
	const before = i === 0 ? 'a' : `k${i - 1}`;
	return `k${i}: &k${i} {p: {<<: *${before}}, q: {<<: *${before}}}\n`;
});
const hostile: Record<string, [text: string, code: string]> = {
	'aliases that multiply': [`a: &a [x, x, x, x, x, x, x, x, x]\n${laughs.join('')}`, 'yaml-aliases'],
	'merge keys that multiply': [`a: &a {x: 1}\n${merged.join('')}`, 'yaml-aliases'],
	'an alias in itself': ['a: &a\n  b: *a\n', 'yaml-alias'],
	'aliases in a circle': ['a: &a [&b [*a]]\nc: *b\n', 'yaml-alias'],
	'100,000 open brackets': ['['.repeat(100_000), 'yaml-depth'],
	'100,000 brackets, closed': [`v: ${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'yaml-depth'],
	'100,000 braces': ['{a: '.repeat(100_000), 'yaml-depth'],
	'100,000 dashes': ['- '.repeat(100_000), 'yaml-depth'],
	'100,000 question marks': ['? '.repeat(100_000), 'yaml-depth'],
	'2,000 levels of maps': [Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''), 'yaml-depth'],
	'2,000 levels of lists': [Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}-\n`).join(''), 'yaml-depth'],
	'5,000 times the same key': ['a: 1\n'.repeat(5000), 'yaml-duplicate'],
	'5,000 keys that are null': ['~: 1\n'.repeat(5000), 'yaml-key'],
	'20,000 tags': [`v: ${'! '.repeat(20_000)}`, 'yaml'],
	'20,000 percent signs': ['%'.repeat(20_000), 'yaml'],
	'20,000 lines of a tab': [`v:\n${'\t\n'.repeat(20_000)}`, 'yaml-tab'],
};

for (const [what, [text, code]] of Object.entries(hostile)) {
	test(`refused with a place: ${what}`, () => {
		const [problem] = problemsOf(text);
		assert.is(problem?.code, code, problem?.message);
		assert.ok((problem?.place?.line ?? 0) >= 1 && (problem?.place?.column ?? 0) >= 1);
		assert.ok(showProblem(problem as Problem).length < 2000, 'and the line is cut down to be shown');
	});
}

test('JSON that is nested without end is refused with a place', () => {
	const text = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
	assert.throws(
		() => splitStream({ name: 'a.json', text }).map(parseChunk),
		(error: Refusal) => error.problems[0]?.code === 'yaml-depth',
	);
});

test('what is as deep as Kubernetes objects get is read', () => {
	const open = '{a: ['.repeat(60);
	assert.equal(problemsOf(`v: ${open}${']}'.repeat(60)}\n`), []);
	const block = Array.from({ length: 100 }, (_, i) => `${'  '.repeat(i)}a:\n`).join('');
	assert.equal(problemsOf(block), []);
});

test('a huge document is read', () => {
	const text = `v: &v\n${'- {name: a, value: "b"}\n'.repeat(20_000)}`;
	const { value } = parseFully(chunkOf(text));
	assert.is(((value as JsonObject).v as Json[]).length, 20_000);
	const long = `v: "${'ab\\n'.repeat(500_000)}"`;
	assert.is(((parseFully(chunkOf(long)).value as JsonObject).v as string).length, 1_500_000);
});

test.run();
