import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindNames, kindOf, operationTypes } from '../../src/catalog/catalog.js';
import { byOrder, type Ordered, waveOf, waves } from '../../src/render/order.js';

const operation = (type: string, more: Partial<Ordered> = {}): Ordered => ({
	type,
	shrinks: false,
	isLate: false,
	...more,
});
const order = (...list: Ordered[]) => list.sort(byOrder).map(({ type, shrinks }) => (shrinks ? `${type} down` : type));

test('operations run in the order of the protocol, scaling down last, a restart after everything', () => {
	const all = [
		operation('Restart'),
		operation('HorizontalScaling', { shrinks: true }),
		operation('RotateAuth'),
		operation('Reconfigure'),
		operation('ReconfigureTLS'),
		operation('UpdateVersion'),
		operation('HorizontalScaling'),
		operation('VerticalScaling'),
		operation('VolumeExpansion'),
		operation('StorageMigration'),
	];
	assert.equal(order(...all), [
		'StorageMigration',
		'VolumeExpansion',
		'VerticalScaling',
		'HorizontalScaling',
		'UpdateVersion',
		'ReconfigureTLS',
		'Reconfigure',
		'RotateAuth',
		'HorizontalScaling down',
		'Restart',
	]);
});

test('only scaling waits because it shrinks', () => {
	assert.equal(order(operation('UpdateVersion'), operation('VerticalScaling', { shrinks: true })), [
		'VerticalScaling down',
		'UpdateVersion',
	]);
});

test('what needs the database to be scaled first runs right behind that', () => {
	const late = operation('VerticalScaling', { isLate: true });
	assert.equal(order(operation('UpdateVersion'), late, operation('HorizontalScaling'), operation('VolumeExpansion')), [
		'VolumeExpansion',
		'HorizontalScaling',
		'VerticalScaling',
		'UpdateVersion',
	]);
});

test('every list of operations has one order', () => {
	const any = fc.record({ type: fc.constantFrom(...operationTypes()), shrinks: fc.boolean(), isLate: fc.boolean() });
	fc.assert(
		fc.property(any, any, any, (a, b, c) => {
			assert.is(Math.sign(byOrder(a, b)), -Math.sign(byOrder(b, a)) || 0);
			if (byOrder(a, b) <= 0 && byOrder(b, c) <= 0) assert.ok(byOrder(a, c) <= 0);
		}),
		{ seed: 1, numRuns: 500 },
	);
});

test('waves are those that the guides name: plan, operations, database, restart, state', () => {
	assert.equal(waves, { plan: -1000, operations: 10, database: 50, restart: 60, state: 1000 });
	assert.is(waveOf('VerticalScaling', 0), 10);
	assert.is(waveOf('VerticalScaling', 3), 13);
	assert.is(waveOf('Restart', 3), 60);
});

test('a plan with all the requests that a kind may need still ends before the database', () => {
	for (const kind of kindNames()) {
		const { operations } = (kindOf(kind) as Kind).facts;
		const groups = Object.values(operations).map(
			({ fields = [] }) => new Set(fields.map(({ request }) => request)).size + 1,
		);
		const requests = groups.reduce((sum, size) => sum + size, 0);
		assert.ok(waveOf('RotateAuth', requests) < waves.database, `${kind}: ${requests}`);
	}
});

test.run();
