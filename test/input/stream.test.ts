import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitStream, textOf } from '../../src/input/stream.js';
import { toJson } from '../../src/json.js';
import { Refusal } from '../../src/problems.js';
import { hardObject } from '../yaml/random-json.js';

const split = (text: string) => splitStream({ name: 'a.yaml', text });
const texts = (text: string) => split(text).map(textOf);

const line = fc.constantFrom(
	'a: b',
	'  c: d',
	'- e',
	'# f',
	'',
	'   ',
	'...',
	' ---',
	'--',
	'"x',
	'\ufeffg: h',
	'\u00a0',
);
const separator = fc.constantFrom('---', '--- ', '---\t', '--- # why', '---  #');
const streams = fc
	.tuple(
		fc.constantFrom('', '\ufeff'),
		fc.array(fc.oneof({ weight: 4, arbitrary: line }, { weight: 1, arbitrary: separator }), { maxLength: 12 }),
		fc.constantFrom('\n', '\r\n'),
		fc.boolean(),
	)
	.map(([mark, lines, end, isEnded]) => mark + lines.join(end) + (isEnded ? end : ''));

test('a stream falls apart without losing a byte: what is not in a document is separators, blanks and comments', () => {
	fc.assert(
		fc.property(streams, (text) => {
			let at = 0;
			for (const chunk of split(text)) {
				assert.ok(chunk.start >= at && chunk.end > chunk.start);
				const between = text.slice(at, chunk.start);
				assert.match(between, /^\ufeff?(?:\ufeff?[ \t\r]*(?:---[^\n]*|#[^\n]*|\.\.\.[ \t]*)?\r?\n)*$/);
				assert.is(textOf(chunk), text.slice(chunk.start, chunk.end));
				at = chunk.end;
			}
			assert.match(text.slice(at), /^\ufeff?(?:\ufeff?[ \t\r]*(?:---[^\n]*|#[^\n]*|\.\.\.[ \t]*)?(?:\r?\n|$))*$/);
		}),
		{ seed: 1, numRuns: 2000 },
	);
});

test('documents that are joined by separators come back byte for byte', () => {
	const document = fc
		.array(
			line.filter((each) => !/^\ufeff/.test(each)),
			{ maxLength: 5 },
		)
		.map((lines) => `a: b\n${lines.join('\n')}\n`);
	fc.assert(
		fc.property(fc.array(document, { minLength: 1, maxLength: 4 }), separator, (documents, between) => {
			assert.equal(texts(documents.join(`${between}\n`)), documents);
			assert.equal(texts(`${between}\n${documents.join(`${between}\n`)}${between}`), documents);
		}),
		{ seed: 2, numRuns: 500 },
	);
});

test('JSON objects one after another come back byte for byte', () => {
	fc.assert(
		fc.property(
			fc.array(hardObject.map(toJson), { minLength: 1, maxLength: 4 }),
			fc.constantFrom('', '\n', ' \n\t'),
			fc.constantFrom('', '\n', '\n\n', '\ufeff'),
			(objects, between, before) => {
				const chunks = split(before + objects.join(between) + between);
				assert.equal(chunks.map(textOf), objects);
				for (const chunk of chunks) assert.is(chunk.isJson, true);
			},
		),
		{ seed: 3, numRuns: 500 },
	);
});

test('what begins with a brace and is not JSON throughout is YAML', () => {
	for (const text of ['{a: b}\n---\n{c: d}\n', '{"a": 1}\n---\n{"c": 2}\n']) {
		const chunks = split(text);
		assert.is(chunks.length, 2, text);
		for (const chunk of chunks) assert.is(chunk.isJson, undefined);
	}
	for (const text of ['{"a": 1}\n{"b": \n', '{"a": 1} # why\n', '{"a": "}\n', "{'a': 1}\n", '{"a": 1}]\n'])
		assert.equal(texts(text), [text]);
	assert.equal(texts('[{"a": 1}]\n'), ['[{"a": 1}]\n'], 'a list is no object');
});

test('what YAML 1.1 and JavaScript take for a line end begins no separator', () => {
	for (const end of ['\r', '\u2028', '\u2029', '\u0085']) {
		const text = `a: "b${end}--- c"\n`;
		assert.equal(texts(`${text}---\n${text}`), [text, text], JSON.stringify(end));
	}
});

test('comments and blanks are no document', () => {
	for (const text of ['', '\n', '\ufeff', '# a\n\n  # b', '---\n---\n---', '---\n...\n', '\r\n# a\r\n---\r\n\r\n'])
		assert.equal(texts(text), [], JSON.stringify(text));
});

test('what JavaScript takes for blank, and YAML does not, is content', () => {
	assert.equal(texts('\u00a0\n'), ['\u00a0\n']);
});

test('content on a separator is refused, with its place and the way out', () => {
	for (const rest of [' a: b', '-', 'a', '# c', ' {a: b}']) {
		try {
			split(`x: y\n---${rest}\nz: w\n`);
			assert.unreachable(`---${rest} is taken`);
		} catch (error) {
			assert.instance(error, Refusal);
			const [problem] = (error as Refusal).problems;
			assert.is(problem?.code, 'yaml-separator');
			assert.is(problem?.message, `a document separator has content behind it: ---${rest}`);
			assert.is(problem?.hint, 'kubectl refuses it. Put the content on the next line.');
			const { line, column, length, text } = problem?.place ?? {};
			assert.equal({ line, column, length, text }, { line: 2, column: 1, length: 3 + rest.length, text: `---${rest}` });
		}
	}
});

test('very long and very deep JSON neither overflows nor takes for ever', () => {
	const long = `{"a": "${'x'.repeat(10_000_000)}", "b": "${'\\"'.repeat(2_000_000)}"}`;
	assert.equal(
		split(long + long).map(({ start, end }) => end - start),
		[long.length, long.length],
	);
	assert.is(split(`${'{"a":'.repeat(50_000)}`).length, 1);
	assert.is(split(`{"a": "${'\\\\'.repeat(100_000)}`).length, 1, 'a string that is not closed');
});

test.run();
