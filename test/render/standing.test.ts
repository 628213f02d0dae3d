import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import type { Field } from '../../src/render/field.js';
import { requestsOf, type Surroundings } from '../../src/render/live.js';
import { parsePath } from '../../src/render/path.js';
import { type Operation, operationsOf, standingOf } from '../../src/render/standing.js';

const postgres = kindOf('Postgres') as Kind;
const id = { kind: 'Postgres', namespace: 'demo', name: 'orders' };

const volume = field('spec.storage.resources.requests.storage');
const replicas = field('spec.replicas');
const configuration = field('spec.configuration.inline');

const grow = manifest('grow', 'VolumeExpansion', [volume.id], { volumeExpansion: { postgres: '2Gi' } });
const scale = manifest('scale', 'HorizontalScaling', [replicas.id], { horizontalScaling: { replicas: 5 } });
const plan = operationsOf({ operations: [grow, scale] });

test('operations say of themselves which fields they bring where, and under which retry token', () => {
	const retried = manifest('r', 'Restart', ['a', 'b.c[name=x]'], {}, { 'kubedb-render/retry': '2' });
	const [operation] = operationsOf({ operations: [retried] });
	assert.equal([operation?.name, operation?.type, operation?.retry], ['r', 'Restart', '2']);
	assert.is(operation?.manifest, retried);
	assert.equal(operationsOf({ operations: [manifest('r', 'Restart', [])] })[0]?.fields, []);
	const bare = { metadata: { name: 'x' }, spec: { type: 'Restart' } };
	assert.equal(operationsOf({ operations: [bare] }), [
		{ name: 'x', type: 'Restart', fields: [], retry: '', manifest: bare },
	]);
});

test('the status of an operation is that of its request; without a cluster it is unknown', () => {
	const seen = standingOf(plan, around([['grow', 'Successful']]));
	assert.equal(
		plan.map((each) => seen.statusOf(each)),
		['done', 'absent'],
	);
	const unseen = standingOf(plan, { live: 'unknown', requests: 'unknown', inProgress: 'unknown' });
	assert.equal(
		plan.map((each) => unseen.statusOf(each)),
		['unknown', 'unknown'],
	);
	assert.ok(
		plan.every((each) => unseen.isLive(each)),
		'what is unknown may still run',
	);
});

test('an operation that waits or runs may still do something, one that is over may not', () => {
	const live = (phase: string) => standingOf(plan, around([['scale', phase]], false)).isLive(plan[1] as Operation);
	for (const phase of ['', 'Pending', 'Progressing', 'WaitingForApproval', 'Approved', 'New'])
		assert.ok(live(phase), phase);
	for (const phase of ['Successful', 'Failed', 'Denied', 'Skipped']) assert.not(live(phase), phase);
});

test('an absent operation may be created by an operation in progress, known or feared, unless one before it failed', () => {
	const scaleMay = (inProgress: boolean | 'unknown', ...requests: [string, string][]) =>
		standingOf(plan, around(requests, inProgress)).isLive(plan[1] as Operation);
	assert.ok(scaleMay(true));
	assert.ok(scaleMay('unknown'));
	assert.not(scaleMay(false));
	assert.ok(scaleMay(true, ['grow', 'Progressing']));
	assert.ok(scaleMay(true, ['grow', 'Successful']));
	assert.not(scaleMay(true, ['grow', 'Failed']));
	assert.not(scaleMay('unknown', ['grow', 'Denied']));
});

test('for a volume, only what is known to be in progress counts: one must be able to give an expansion up', () => {
	const growMay = (inProgress: boolean | 'unknown') =>
		standingOf(plan, around([], inProgress)).isLive(plan[0] as Operation);
	assert.equal(
		[true, 'unknown', false].map((each) => growMay(each as boolean)),
		[true, false, false],
	);
});

test('an operation still sets what a later plan gave up and took off its list', () => {
	const both = manifest('both', 'VolumeExpansion', [], { volumeExpansion: { postgres: '2Gi' } });
	const operations = operationsOf({ operations: [both] });
	const unseen: Surroundings = { live: 'unknown', requests: 'unknown', inProgress: 'unknown' };
	assert.ok(standingOf(operations, unseen).mayStillChange(volume));
	const seen = (phase: string) => standingOf(operations, around([], false, [withPhase(both, phase)]));
	assert.ok(seen('Progressing').mayStillChange(volume));
	assert.not(seen('Successful').mayStillChange(volume));
	assert.not(standingOf(operations, unseen).mayStillChange(replicas));
});

test('a field may still change while an operation of the plan for it, or for a part of it, may still run', () => {
	const standing = standingOf(
		plan,
		around(
			[
				['grow', 'Successful'],
				['scale', 'Progressing'],
			],
			false,
		),
	);
	assert.not(standing.mayStillChange(volume));
	assert.ok(standing.mayStillChange(replicas));
	const whole = { ...configuration, id: 'spec.configuration' };
	const part = { ...configuration, id: 'spec.configuration.inline[user.conf]' };
	const beside = { ...configuration, id: 'spec.configurationX' };
	const operations = operationsOf({ operations: [manifest('c', 'Reconfigure', ['spec.configuration.inline'])] });
	const created = standingOf(operations, around([], true));
	assert.equal([configuration, whole, part, beside].map(created.mayStillChange), [true, true, true, false]);
	assert.not(created.mayStillChange({ ...configuration, type: 'Restart' }), 'of another type');
});

test('a request of others counts when it is about the field, and wants what it says', () => {
	const foreign = manifest('by-hand', 'HorizontalScaling', [], { horizontalScaling: { replicas: 7 } });
	const standing = standingOf([], around([], false, [withPhase(foreign, 'Progressing')]));
	assert.ok(standing.mayStillChange(replicas));
	assert.equal(standing.targets(replicas), [7]);
	assert.not(standing.mayStillChange(volume));
	assert.equal(standing.targets(volume), []);
	const over = standingOf([], around([], false, [withPhase(foreign, 'Successful')]));
	assert.not(over.mayStillChange(replicas));
	assert.equal(over.targets(replicas), []);
});

test('a request of others that does not name the field is about another one, where values are plain', () => {
	const other = manifest('by-hand', 'VolumeExpansion', [], { volumeExpansion: { arbiter: '3Gi' } });
	assert.not(standingOf([], around([], false, [withPhase(other, 'Progressing')])).mayStillChange(volume));
});

test('a request of others about configuration is about all of it', () => {
	const other = manifest('by-hand', 'Reconfigure', [], { configuration: { removeCustomConfig: true } });
	const standing = standingOf([], around([], false, [withPhase(other, 'Pending')]));
	assert.ok(standing.mayStillChange(configuration));
	assert.equal(standing.targets(configuration), []);
});

test.run();

function field(path: string): Field {
	const match = postgres.matching(parsePath(path)).find(({ entry }) => entry.class === 'operation');
	if (!match) throw new Error(`no operation carries ${path}`);
	const { operation: type = '', row } = match.entry;
	return { id: path, type, group: type, match, ...(row ? { row } : {}) };
}

function manifest(
	name: string,
	type: string,
	fields: string[],
	spec: JsonObject = {},
	more: JsonObject = {},
): JsonObject {
	return {
		metadata: { name, annotations: { 'kubedb-render/fields': fields.join(', '), ...more } },
		spec: { type, databaseRef: { name: 'orders' }, ...spec },
	};
}

function withPhase(object: JsonObject, phase: string): JsonObject {
	return { ...object, status: { phase } };
}

/** What the cluster shows: the phases of the plan's requests by name, and other requests. */
function around(
	phases: [string, string][],
	inProgress: boolean | 'unknown' = 'unknown',
	others: JsonObject[] = [],
): Surroundings {
	const own = phases.map(([name, phase]) => withPhase(name === 'grow' ? grow : scale, phase));
	return { live: 'absent', requests: requestsOf(postgres, id, [...own, ...others]), inProgress };
}
