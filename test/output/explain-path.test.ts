import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kind } from '../../src/catalog/catalog.js';
import { findKind, findPath } from '../../src/output/explain-path.js';

const kindFor = (word: string) => {
	const found = findKind(word);
	return 'message' in found ? `${found.message}. ${found.hint}` : (found as Kind).facts.kind;
};
const pathFor = (text: string, kind = 'Postgres') => {
	const found = findPath(kind, text);
	return 'message' in found ? `${found.message}. ${found.hint}` : found.join(' ');
};

test('a kind is found by its name in any case, its plural and its short names', () => {
	for (const word of ['Postgres', 'postgres', 'POSTGRES', 'postgreses', 'pg', 'PG'])
		assert.is(kindFor(word), 'Postgres');
	assert.is(kindFor('mc'), 'Memcached');
});

test('a kind that is not there brings the nearest one', () => {
	assert.match(kindFor('Postgers'), /no gitops form of the kind "Postgers"\. Did you mean Postgres\?/);
	assert.match(kindFor('weavate'), /Did you mean Weaviate\?/);
	assert.match(kindFor('quite-something-else'), /There are: Aerospike, .*Weaviate/);
});

test('spec may be left out, and so may the items of a list', () => {
	assert.is(pathFor('spec.storage.storageClassName'), 'spec storage storageClassName');
	assert.is(pathFor('storage.storageClassName'), 'spec storage storageClassName');
	assert.is(pathFor('podTemplate.spec.containers.resources'), 'spec podTemplate spec containers [*] resources');
});

test('an item is named by its key, or by its name alone', () => {
	const path = 'spec podTemplate spec containers [name=postgres] resources';
	assert.is(pathFor('spec.podTemplate.spec.containers[name=postgres].resources'), path);
	assert.is(pathFor('spec.podTemplate.spec.containers[postgres].resources'), path);
	assert.is(pathFor('spec.configuration.inline[user.conf]'), 'spec configuration inline user.conf');
});

test('a field that stands elsewhere is told of', () => {
	assert.match(
		pathFor('storageClassName'),
		/has no field spec\.storageClassName\. It is at: spec\.storage\.storageClassName, /,
	);
	assert.match(pathFor('spec.topology.replicas', 'Milvus'), /It is at: spec\.topology\.distributed\.\w+\.replicas/);
});

test('a typo brings the nearest field', () => {
	assert.match(pathFor('spec.storge.storageClassName'), /Did you mean spec\.storage\?|It is at: /);
	assert.match(pathFor('spec.replcas'), /Did you mean spec\.replicas\?/);
	assert.match(pathFor('storageClassNam'), /Did you mean spec\.storage\.storageClassName/);
});

test('what has no fields says so', () => {
	assert.match(pathFor('spec.replicas.quitedifferent'), /spec\.replicas has no fields/);
});

test('labels and annotations are not what is managed', () => {
	assert.match(pathFor('metadata.labels'), /not managed/);
});

test.run();
