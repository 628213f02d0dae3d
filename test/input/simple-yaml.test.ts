import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFully } from '../../src/input/full-yaml.js';
import { readSimple } from '../../src/input/simple-yaml.js';
import { toJson } from '../../src/json.js';
import { simpleDocuments } from '../yaml/random-simple.js';
import { yamlDocuments } from '../yaml/random-yaml.js';

function parse(text: string) {
	return parseFully({ source: { name: 'test', text }, start: 0, end: text.length });
}

/** How many of the documents the simple reader answers. Where it does, it agrees with the full one, which warns of nothing. */
function answered(documents: fc.Arbitrary<string>, seed: number, numRuns: number): number {
	let count = 0;
	fc.assert(
		fc.property(documents, (text) => {
			const simple = readSimple(text);
			if (simple === undefined) return;
			count++;
			const { value, warnings } = parse(text);
			assert.is(toJson(simple), toJson(value));
			assert.equal(warnings, []);
		}),
		{ seed, numRuns },
	);
	return count;
}

test('documents of simple shape are read as the full parser reads them', () => {
	assert.ok(answered(simpleDocuments, 1, 2000) > 200, 'it gives up too often for the test to say much');
});

test('documents with all that YAML has, and mistaken ones, are left alone or read as by the full parser', () => {
	assert.ok(answered(yamlDocuments, 2, 3000) > 50, 'it gives up too often for the test to say much');
});

const manifest = `# the database
apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata:
  name: ha-postgres   # why
  namespace: demo
  annotations: {}
  labels:
    app.kubernetes.io/name: "it's # not a comment"
    b: 'it''s'
spec:
  replicas: 3
  version: "16.4"
  halted: false
  nothing:
  storage:
    accessModes:
    - ReadWriteOnce
    resources:
      requests:
        storage: 1Gi

  podTemplate:
    spec:
      containers:
        - name: postgres
          args: [] # none
          resources:
            requests: {}
        -   name: pg-coordinator
            image: ghcr.io/kubedb/pg-coordinator:v0.38.0
      tolerations:
        - one
        - 2
  configuration:
    inline:
      user.conf: |
        max_connections = 200
        # no comment

          shared_buffers=256MB
      other.conf: |-
        a: b
`;

test('a manifest as people write it is simple', () => {
	const simple = readSimple(manifest);
	assert.ok(simple);
	assert.equal(simple, parse(manifest).value);
	const spec = simple.spec as { configuration: { inline: Record<string, string> }; nothing: null };
	assert.is(spec.configuration.inline['user.conf'], 'max_connections = 200\n# no comment\n\n  shared_buffers=256MB\n');
	assert.is(spec.configuration.inline['other.conf'], 'a: b');
	assert.is(spec.nothing, null);
});

const notSimple: Record<string, string> = {
	'a list at the top': '- a\n',
	'text at the top': 'a\n',
	nothing: '',
	'a flow collection': 'v: [a]\n',
	'an anchor': 'v: &a b\n',
	'an alias': 'v: *a\n',
	'a tag': 'v: !!str 1\n',
	'a merge key': '<<: a\n',
	'an escape': 'v: "a\\nb"\n',
	'folded text': 'v: >\n  a\n',
	'text with its indentation given': 'v: |2\n  a\n',
	'a scalar of several lines': 'v: a\n  b\n',
	'quotes that are not closed': 'v: "a\n',
	'single quotes that are not closed': "v: 'a''\n",
	'text behind quotes': 'v: "a" b\n',
	'a comment that touches a scalar': 'v: "a"#b\n',
	'a tab': 'v:\ta\n',
	'a carriage return': 'v: a\r\n',
	'a control character': 'v: a\x07\n',
	'a byte order mark': '\ufeffv: a\n',
	'a no-break space': 'v: a\u00a0\n',
	'a key twice': 'v: a\nv: b\n',
	'a key in quotes': '"v": a\n',
	'a key that is a word': 'on: a\n',
	'a key that is a member of every object': 'constructor: a\n',
	'the prototype as a key': '__proto__: a\n',
	'a separator': '---\nv: a\n',
	'the end of a document': 'v: a\n...\n',
	'a directive': '%YAML 1.1\nv: a\n',
	infinity: 'v: .inf\n',
	'what kustomize reads otherwise': 'v: yes\n',
	'an indentation that comes back to no level': 'v:\n    a: b\n  c: d\n',
	'a map that is indented at the top': '  v: a\n',
	'an empty item': 'v:\n-\n- a\n',
	'a list in a list': 'v:\n- - a\n',
	'a comment as an item': 'v:\n- # why\n  a\n',
	'literal text of nothing': 'v: |\nw: a\n',
	'literal text that begins with a blank line': 'v: |\n\n  a\n',
	'literal text that is indented less further down': 'v: |\n    a\n  b\n',
	'spaces on a line of literal text': 'v: |\n  a\n   \n  b\n',
};

for (const [what, text] of Object.entries(notSimple)) {
	test(`not simple: ${what}`, () => assert.is(readSimple(text), undefined));
}

test('what is nested beyond reason is left to the full parser, which refuses it', () => {
	const deep = Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
	assert.is(readSimple(deep), undefined);
	const items = Array.from({ length: 3000 }, (_, i) => `${'  '.repeat(i)}- a:\n`).join('');
	assert.is(readSimple(`v:\n${items}`), undefined);
});

test('very long lines neither overflow nor take for ever', () => {
	const long = 'ab '.repeat(3_000_000).trim();
	assert.is(readSimple(`v: ${long}\n`), undefined);
	assert.equal(readSimple(`v: "${long}"\n`), { v: long });
	assert.equal(readSimple(`v: '${long}' # why\n`), { v: long });
	assert.equal(readSimple(`v: a${' '.repeat(300_000)}# why\n`), { v: 'a' });
	assert.equal(readSimple(`v: a # ${' '.repeat(300_000)}why\n`), { v: 'a' });
});

test.run();
