import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitStream } from '../../src/input/stream.js';
import { takeApart } from '../../src/render/source.js';

const source = (namespace: string) => `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata:
  name: x
  namespace: ${namespace}
spec:
  version: "16.4"
`;

test('a namespace that would lead out of API paths and folders is refused with its place', () => {
	for (const namespace of ['../../etc', 'demo/configmaps/x?', 'Demo', 'a.b', '-a', 'a-', '"a b"', 'x'.repeat(64)]) {
		const { problems } = takeApart(splitStream({ name: 'db.yaml', text: source(namespace) }), undefined);
		const problem = problems.find(({ code }) => code === 'bad-namespace');
		assert.ok(problem, namespace);
		assert.is(problem?.place?.line, 5);
		assert.is(problem?.path, 'metadata.namespace');
	}
});

test('the namespace that resources without one get is held to the same', () => {
	const text = source('x').replace('  namespace: x\n', '');
	const { problems } = takeApart(splitStream({ name: 'db.yaml', text }), '..');
	assert.ok(problems.some(({ code }) => code === 'bad-namespace'));
});

test('namespaces that Kubernetes takes are taken', () => {
	for (const namespace of ['demo', 'a', '"0"', '1a', 'a-b', 'x'.repeat(63)]) {
		const { problems } = takeApart(splitStream({ name: 'db.yaml', text: source(namespace) }), undefined);
		assert.not(
			problems.some(({ code }) => code === 'bad-namespace'),
			namespace,
		);
	}
});

test.run();
