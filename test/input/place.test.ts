import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placeAt, placeOf } from '../../src/input/place.js';
import { type Chunk, splitStream } from '../../src/input/stream.js';
import { parseChunk } from '../../src/input/yaml.js';
import { isObject, type Json, type JsonObject, toJson } from '../../src/json.js';
import { toYaml } from '../../src/output/yaml.js';
import type { Place } from '../../src/problems.js';
import { hardObject } from '../yaml/random-json.js';

const chunkOf = (text: string): Chunk => ({ source: { name: 'a.yaml', text }, start: 0, end: text.length });
const show = ({ line, column, length, text }: Place) =>
	`${line}:${column} ${text.slice(column - 1, column - 1 + length)}`;
const at = (text: string, path: (string | number)[], what?: 'key' | 'value') =>
	show(placeOf(chunkOf(text), path, what));

/** All that is no collection, with its path. Keys in brackets would be taken for items. */
function leavesOf(value: Json, path: (string | number)[] = []): [(string | number)[], Json][] {
	if (Array.isArray(value) && value.length > 0) return value.flatMap((item, i) => leavesOf(item, [...path, i]));
	if (isObject(value) && Object.keys(value).length > 0)
		return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, key]));
	return [[path, value]];
}

/** The value that is written at a place: it is read again, as the value of a key. */
function writtenAt(text: string, place: Place): Json {
	const lines = text.split('\n');
	const line = (lines[place.line - 1] as string).slice(place.column - 1);
	if (!/^\|-?$/.test(line))
		return (parseChunk(chunkOf(`v: ${line.slice(0, place.length)}\n`)).value as JsonObject).v as Json;
	const below = lines.slice(place.line);
	const [indent] = /^ */.exec(below[0] as string) as RegExpExecArray;
	const end = below.findIndex((each) => each !== '' && !each.startsWith(indent));
	const block = below.slice(0, end === -1 ? below.length : end).map((each) => each.slice(indent.length));
	return (parseChunk(chunkOf(`v: ${line}\n  ${block.join('\n  ')}\n`)).value as JsonObject).v as Json;
}

test('every leaf of a document is found where it stands, in YAML and in JSON', () => {
	fc.assert(
		fc.property(
			hardObject,
			fc.constantFrom('', '# why\n\n', 'x: [y]\n---\n'),
			fc.boolean(),
			(object, before, asJson) => {
				const text = asJson ? toJson({ v: object }) : before + toYaml({ v: object });
				const chunk = splitStream({ name: 'a.yaml', text }).at(-1) as Chunk;
				for (const [path, value] of leavesOf({ v: object })) {
					const place = placeOf(chunk, path);
					assert.is(place.source, 'a.yaml');
					assert.is(place.text, text.split('\n')[place.line - 1]);
					assert.is(toJson(asJson ? jsonAt(place) : writtenAt(text, place)), toJson(value), path.join(' > '));
				}
			},
		),
		{ seed: 1, numRuns: 300 },
	);
});

function jsonAt({ text, column, length }: Place): Json {
	return parseChunk({ ...chunkOf(text.slice(column - 1, column - 1 + length)), isJson: true }).value;
}

test('lines and columns count from 1, whatever ends a line', () => {
	const source = { name: 'a', text: '\nab\r\n\n  cd' };
	const places = [0, 1, 2, 5, 6, 8, 9].map((offset) => placeAt(source, offset, 1));
	assert.equal(
		places.map(({ line, column, text }) => [line, column, text]),
		[
			[1, 1, ''],
			[2, 1, 'ab'],
			[2, 2, 'ab'],
			[3, 1, ''],
			[4, 1, '  cd'],
			[4, 3, '  cd'],
			[4, 4, '  cd'],
		],
	);
});

test('an underline stays on its line', () => {
	const source = { name: 'a', text: 'ab\ncd\n' };
	assert.is(placeAt(source, 1, 100).length, 1);
	assert.is(placeAt(source, 3, 100).length, 2);
	assert.is(placeAt(source, 2, 0).length, 1);
	assert.is(placeAt(source, 6, 1).length, 1);
	assert.equal([placeAt(source, 6, 1).line, placeAt(source, 6, 1).column, placeAt(source, 6, 1).text], [3, 1, '']);
});

test('a byte order mark is no column', () => {
	const source = { name: 'a', text: '\ufeffa: b\nc: d\n' };
	assert.is(show(placeAt(source, 1, 1)), '1:1 a');
	assert.is(show(placeAt(source, 0, 1)), '1:1 a');
	assert.is(show(placeAt(source, 6, 1)), '2:1 c');
});

const document = `spec:
  replicas: 3
  containers:
  - name: a
    image: x
  - image: y
    name: b
  options:
  - "-Xms1g extra"
  - -Xmx2g
  nothing:
  "quoted key": 'q'
  flow: {a: [1, 2]}
`;

test('a value is found by its path, its key where that is meant, or where there is no value', () => {
	assert.is(at(document, ['spec', 'replicas']), '2:13 3');
	assert.is(at(document, ['spec', 'replicas'], 'key'), '2:3 replicas');
	assert.is(at(document, ['spec', 'nothing']), '11:3 nothing');
	assert.is(at(document, ['spec', 'quoted key']), "12:17 'q'");
	assert.is(at(document, ['spec', 'quoted key'], 'key'), '12:3 "quoted key"');
	assert.is(at(document, ['spec', 'flow', 'a', 1]), '13:17 2');
});

test('items are found by number, by key, or by their first word', () => {
	assert.is(at(document, ['spec', 'containers', 1, 'image']), '6:12 y');
	assert.is(at(document, ['spec', 'containers', '[1]', 'image']), '6:12 y');
	assert.is(at(document, ['spec', 'containers', '[name=b]', 'image']), '6:12 y');
	assert.is(at(document, ['spec', 'options', '[name=-Xms1g]']), '9:5 "-Xms1g extra"');
	assert.is(at(document, ['spec', 'options', '[name=-Xmx2g]']), '10:5 -Xmx2g');
});

test('what is not there is shown at the key below which it is missing', () => {
	assert.is(at(document, ['spec', 'replicas', 'x']), '2:3 replicas');
	assert.is(at(document, ['spec', 'containers', '[name=c]', 'image']), '3:3 containers');
	assert.is(at(document, ['spec', 'containers', 'name']), '3:3 containers');
	assert.is(at(document, ['spec', 'containers', 7]), '3:3 containers');
	assert.is(at(document, ['spec', 'containers', 0, 'x', 'y']), '4:5 name');
	assert.is(at(document, ['status', 'x']), '1:1 spec');
	assert.is(at('', ['a']), '1:1 ');
	assert.is(at('# nothing\n', ['a']), '1:1 #');
});

test('a map or a list that stands on lines below its key is shown at the key', () => {
	assert.is(at(document, ['spec']), '1:1 spec');
	assert.is(at(document, ['spec', 'containers']), '3:3 containers');
	assert.is(at(document, ['spec', 'flow']), '13:9 {a: [1, 2]}');
});

test('of a Secret nothing is shown but the place', () => {
	const text = 'kind: Secret\nstringData:\n  password: hunter2\n';
	const place = placeOf(chunkOf(text), ['stringData', 'password']);
	assert.equal([place.line, place.column, place.length, place.text], [3, 13, 7, '']);
});

test('a path goes through aliases to where the value stands', () => {
	const text = 'a: &x {b: 1}\nc: *x\nd: &x {b: 2}\ne: [*x]\n';
	assert.is(at(text, ['c']), '2:4 *x');
	assert.is(at(text, ['c', 'b']), '1:11 1');
	assert.is(at(text, ['e', 0, 'b']), '3:11 2');
	assert.is(at('a: &a {name: x, y: 1}\nb:\n- *a\n', ['b', '[name=x]', 'y']), '1:20 1');
});

test('the document of a stream is found at its place in the stream', () => {
	const text = 'a: 1\n---\n# why\nb:\n  c: 2\n';
	const chunk = splitStream({ name: 'a', text })[1] as Chunk;
	assert.is(show(placeOf(chunk, ['b', 'c'])), '5:6 2');
	assert.is(show(placeOf(chunk, ['b', 'c'])), '5:6 2', 'and again');
});

test.run();
