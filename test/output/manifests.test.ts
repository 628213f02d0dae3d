import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitStream } from '../../src/input/stream.js';
import type { JsonObject } from '../../src/json.js';
import { type Format, itemsOf, printManifests } from '../../src/output/manifests.js';
import type { RenderedDatabase } from '../../src/render/render.js';
import { type SourceParts, takeApart } from '../../src/render/source.js';
import { refusal } from '../refusal.js';

const object: JsonObject = { apiVersion: 'kubedb.com/v1', kind: 'Postgres', metadata: { name: 'x' }, n: 2n ** 60n };
const foreign = `# a comment
apiVersion: v1
kind:   ConfigMap # untouched
metadata: {name: "y", labels: {a: 'b'}}
data:
  text: >
    folded
`;

test('ours stand in the order of their waves, and what passes through in that of wave 0', () => {
	const wave = (wave: number) => ({ wave, object: { wave } });
	const databases = [{ objects: [wave(-1000), wave(10), wave(1000)] }, { objects: [wave(-1000), wave(50)] }];
	const items = itemsOf(databases as unknown as RenderedDatabase[], parts(foreign), [wave(1000), wave(-5)]);
	assert.equal(
		items.map((item) => ('object' in item ? item.object.wave : 'foreign')),
		[-1000, -1000, -5, 'foreign', 10, 50, 1000, 1000],
	);
});

test('what passes through is printed byte for byte, in YAML and for Argo CD', () => {
	const text = `${foreign}---\r\n${foreign.replaceAll('\n', '\r\n')}---\n{"kind": "List",\n\t"items": [ 1e3 ]}\n`;
	for (const format of ['yaml', 'argocd'] as const)
		assert.is(print(text, format), `---\n${text.replace('---\r\n', '---\n')}`);
});

test('a document without a line end gets one, and blank lines around one stay but for the first', () => {
	assert.is(print('kind: A', 'yaml'), '---\nkind: A\n');
	assert.is(print('---\n\n\nkind: A\n\n---\nkind: B', 'yaml'), '---\n\nkind: A\n\n---\nkind: B\n');
});

test('JSON escapes that YAML readers do not know are written out, and no others', () => {
	const json = '{"kind": "A", "a": "\\/ \\\\/ \\\\\\/ \\ud83d\\ude00 \\u0041 \\n \\" \\\\ud83d\\\\ude00"}';
	const expected = '{"kind": "A", "a": "/ \\\\/ \\\\/ 😀 \\u0041 \\n \\" \\\\ud83d\\\\ude00"}';
	assert.equal(JSON.parse(json), JSON.parse(expected));
	for (const format of ['yaml', 'argocd'] as const) assert.is(print(json, format), `---\n${expected}\n`);
	assert.is(print("kind: A\na: '\\/ \\ud83d\\ude00'\n", 'yaml'), "---\nkind: A\na: '\\/ \\ud83d\\ude00'\n");
});

test('line ends of YAML 1.1 are escaped in JSON among YAML documents: a reader would drop the spaces around them', () => {
	const value = 'a \u2028 b \u2029 \ufeff';
	const escaped = '"a \\u2028 b \\u2029 \\ufeff"';
	assert.is(print(JSON.stringify({ kind: 'A', a: value }), 'yaml'), `---\n{"kind":"A","a":${escaped}}\n`);
	assert.match(printManifests([{ object: { ...object, a: value } }], 'argocd'), `"a":${escaped}`);
	assert.is(print('{"kind":"A","a":"\x7f"}', 'yaml'), '---\n{"kind":"A","a":"\\u007f"}\n');
	const yaml = "kind: A\na: 'x \ufeff'\n";
	assert.is(print(yaml, 'yaml'), `---\n${yaml}`, 'YAML has its own text');
});

test('each format has its own form of our objects', () => {
	const items = [{ object }];
	assert.is(
		printManifests(items, 'yaml'),
		'---\napiVersion: kubedb.com/v1\nkind: Postgres\nmetadata:\n  name: x\n"n": 1152921504606846976\n',
	);
	const json = '{"apiVersion":"kubedb.com/v1","kind":"Postgres","metadata":{"name":"x"},"n":1152921504606846976}\n';
	assert.is(printManifests(items, 'argocd'), `---\n${json}`);
	assert.is(printManifests(items, 'json'), json);
	assert.is(printManifests(items, 'name'), 'postgres.kubedb.com/x\n');
});

test('as JSON and as names, what passes through is read as Kubernetes reads it', () => {
	assert.is(
		print(foreign, 'json'),
		'{"apiVersion":"v1","data":{"text":"folded\\n"},"kind":"ConfigMap","metadata":{"labels":{"a":"b"},"name":"y"}}\n',
	);
	assert.is(print(`${foreign}---\n${foreign}`, 'name'), 'configmap/y\nconfigmap/y\n');
});

test('what passes through and cannot be read is refused with its place, as JSON and as a name', () => {
	const broken = `kind: A\n---\nkind: B\na: [\n`;
	assert.is(print(broken, 'yaml'), `---\n${broken}`);
	for (const format of ['json', 'name'] as const) {
		const problem = refusal(() => print(broken, format));
		assert.is(problem.place?.source, 'in.yaml');
		assert.is(problem.place?.line, 4, 'where the bracket is opened');
	}
});

test('what comes from the cluster and would not get through Argo CD is refused, in that format alone', () => {
	const items = [{ object: { ...object, spec: { list: [{ text: 'a\u0085' }] } } }];
	const problem = refusal(() => printManifests(items, 'argocd'));
	assert.is(problem.code, 'control-character');
	assert.is(
		problem.message,
		'postgres.kubedb.com/x: spec.list[0].text holds the character U+0085, which does not get through Argo CD',
	);
	for (const format of ['yaml', 'json', 'name'] as const) assert.ok(printManifests(items, format));
});

test('an output of nothing is refused: a host would take it for the wish to have nothing', () => {
	for (const format of ['yaml', 'json', 'name', 'argocd'] as Format[])
		assert.is(refusal(() => printManifests([], format)).code, 'no-documents');
});

test.run();

function parts(text: string): SourceParts['foreign'] {
	return takeApart(splitStream({ name: 'in.yaml', text }), undefined).foreign;
}

function print(text: string, format: Format): string {
	return printManifests(itemsOf([], parts(text)), format);
}
