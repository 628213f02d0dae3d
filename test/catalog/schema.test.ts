import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kindNames } from '../../src/catalog/catalog.js';
import { fieldPaths, fieldsNamed, schemaAt, schemaErrors } from '../../src/catalog/schema.js';
import { showPath } from '../../src/render/path.js';

const spec = {
	version: '16.4',
	replicas: 3,
	storageType: 'Durable',
	storage: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi', cpu: 1 } } },
	podTemplate: { spec: { containers: [{ name: 'postgres', resources: { limits: { cpu: '500m' } } }] } },
};
const errors = (value: unknown, kind = 'Postgres') =>
	schemaErrors(kind, value).map(({ instancePath, keyword, params }) => [instancePath, keyword, params]);

test('a spec that the CRD takes has no errors', () => {
	assert.equal(errors(spec), []);
	assert.equal(errors({ ...spec, halted: null, podTemplate: null }), [], 'null is absence');
});

test('what the CRD does not take is told with its place, all of it at once', () => {
	const found = errors({
		...spec,
		replicas: '3',
		storageTyp: 'Durable',
		storageType: 'durable',
		storage: { accessModes: 'x', resources: { requests: { storage: true } } },
		podTemplate: { spec: { containers: [{ name: 'a' }, { name: 1, imagePullPolicy: {} }] } },
	});
	const places = found.map(([path, keyword]) => `${path} ${keyword}`);
	assert.equal(places.sort(), [
		' additionalProperties',
		'/podTemplate/spec/containers/1/imagePullPolicy type',
		'/podTemplate/spec/containers/1/name type',
		'/replicas type',
		'/storage/accessModes type',
		'/storage/resources/requests/storage type',
		'/storageType enum',
	]);
	const unknown = found.find(([, keyword]) => keyword === 'additionalProperties');
	assert.equal(unknown?.[2], { additionalProperty: 'storageTyp' });
});

test('what is wrong with one spec is not said of the next', () => {
	assert.is(errors({ ...spec, replicas: 'x' }).length, 1);
	assert.equal(errors(spec), []);
	assert.is(errors({ ...spec, storage: { resources: { requests: { storage: [] } } } }).length, 1);
	assert.equal(errors(spec), []);
});

test('bounds and patterns count', () => {
	assert.equal(
		errors({ ...spec, replicas: 2 ** 31 }).map(([path, keyword]) => [path, keyword]),
		[['/replicas', 'maximum']],
	);
	const quantity = { ...spec, storage: { resources: { requests: { storage: '1GiB' } } } };
	assert.equal(
		errors(quantity).map(([path, keyword]) => [path, keyword]),
		[['/storage/resources/requests/storage', 'pattern']],
	);
	for (const kind of kindNames()) assert.ok(Array.isArray(errors({}, kind)), kind);
	assert.ok(errors('no map').length > 0);
});

test('keys with slashes and tildes are escaped in places', () => {
	const [[path]] = errors({ ...spec, storage: { resources: { requests: { 'a/b~c': true } } } }) as [[string]];
	assert.is(path, '/storage/resources/requests/a~1b~0c');
});

test('the schema of a field is found through lists, maps and shared definitions', () => {
	assert.equal(schemaAt('Postgres', ['replicas'])?.type, ['integer', 'null']);
	assert.equal(schemaAt('Postgres', ['podTemplate', 'spec', 'containers', '[name=x]', 'image'])?.type, [
		'string',
		'null',
	]);
	assert.ok(schemaAt('Postgres', ['storage', 'resources', 'requests', 'anything'])?.pattern);
	assert.ok(schemaAt('Postgres', [])?.properties?.version);
	for (const path of [['nothing'], ['replicas', 'x'], ['constructor'], ['storage', 'toString']])
		assert.is(schemaAt('Postgres', path), undefined, path.join());
	assert.is(schemaAt('Nothing', ['x']), undefined);
});

test('every path of a field leads to its schema', () => {
	for (const kind of kindNames()) {
		const paths = fieldPaths(kind);
		assert.is(new Set(paths.map(showPath)).size, paths.length);
		for (const [first, ...path] of paths) {
			assert.is(first, 'spec');
			assert.ok(schemaAt(kind, path), `${kind} ${showPath(path)}`);
		}
	}
});

test('fields of a name are listed, the shortest path first', () => {
	const storage = fieldsNamed('Postgres', 'storage').map(showPath);
	assert.is(storage[0], 'spec.storage');
	assert.ok(storage.length > 1);
	for (const path of storage) assert.match(path, /\.storage$/);
	assert.equal(fieldsNamed('Postgres', 'nothing'), []);
});

test.run();
