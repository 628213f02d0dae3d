import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
	classify,
	isAboutNewTopology,
	isWrittenBack,
	type Kind,
	kindNames,
	kindOf,
	lacks,
	type Match,
	makeKind,
	operationFactsOf,
	operationTypes,
	topologiesOf,
} from '../../src/catalog/catalog.js';
import { fieldPaths } from '../../src/catalog/schema.js';
import type { KindFacts } from '../../src/catalog/types.js';
import type { JsonObject } from '../../src/json.js';
import { matchStart, type Path, parsePath, showPath } from '../../src/render/path.js';

const facts: KindFacts = {
	kind: 'Sample',
	plural: 'samples',
	shortNames: [],
	database: 'kubedb.com/v1',
	opsRequest: 'SampleOpsRequest',
	opsRequestPlural: 'sampleopsrequests',
	topologies: {
		cluster: { desired: { 'spec.replicas': { atLeast: 2 } } },
		single: { desired: { 'spec.replicas': { atMost: 1 } } },
	},
	operations: {
		UpdateVersion: { fields: [{ from: 'spec.version' }] },
		HorizontalScaling: { fields: [{ from: 'spec.replicas' }, { from: 'spec.mode', companion: true }] },
		VerticalScaling: {
			fields: [
				{ from: 'spec.podTemplate.spec.containers[name=main].resources' },
				{ from: 'spec.podTemplate.spec.containers[name=side].resources', topology: 'cluster' },
			],
		},
		Reconfigure: { fields: [{ from: 'spec.config', when: { desired: { 'spec.managed': true } } }] },
	},
	restart: { documented: ['spec.podTemplate'], inferred: ['spec.podTemplate.metadata'] },
	direct: ['spec', 'spec.deletionPolicy', { path: 'spec.config', when: { desired: { 'spec.managed': 'unset' } } }],
	immutable: [{ path: 'spec.storageType', because: 'it is' }],
	unsupported: [
		{ paths: ['spec.storageType', 'spec.podTemplate.spec.containers[name=*].image'], because: 'it is not' },
	],
	lacks: ['spec.timeout'],
};
const kind = makeKind(facts);
const spec = (value: JsonObject): JsonObject => ({ spec: value });
const classOf = (path: string, desired: JsonObject = {}, more: object = {}) => {
	const match = classify(kind, parsePath(path), { desired: spec(desired), defaults: {}, ...more });
	return match && `${match.entry.operation ?? match.entry.class} ${showPath(match.field)}`;
};

test('the longest path that matches wins', () => {
	assert.is(classOf('spec.version'), 'UpdateVersion spec.version');
	assert.is(classOf('spec.other.thing'), 'direct spec');
	assert.is(classOf('spec.podTemplate.spec.nodeSelector'), 'restart spec.podTemplate');
	assert.is(classOf('spec.podTemplate.metadata.labels'), 'restart spec.podTemplate.metadata');
	const resources = 'spec.podTemplate.spec.containers[name=main].resources';
	assert.is(classOf(`${resources}.limits.cpu`), `VerticalScaling ${resources}`);
	assert.is(
		classOf('spec.podTemplate.spec.containers[name=main].image'),
		'unsupported spec.podTemplate.spec.containers[name=main].image',
	);
	assert.is(classOf('status.phase'), undefined);
});

test('of equally long ones the one wins that has the more specific say', () => {
	assert.is(classOf('spec.storageType'), 'immutable spec.storageType');
	const order = ['immutable', 'operation', 'restart', 'direct', 'unsupported'];
	const all = makeKind({
		...facts,
		operations: { UpdateVersion: { fields: [{ from: 'spec.a' }] } },
		restart: { documented: [], inferred: ['spec.a'] },
		direct: ['spec.a'],
		immutable: [{ path: 'spec.a', because: '' }],
		unsupported: [{ paths: ['spec.a'], because: '' }],
	});
	assert.equal(
		all.matching(['spec', 'a']).map(({ entry }) => entry.class),
		order,
	);
});

test('a companion claims no field', () => {
	assert.is(classOf('spec.mode'), 'direct spec');
});

test('a claim counts under its condition only', () => {
	assert.is(classOf('spec.config.x', { managed: true }), 'Reconfigure spec.config');
	assert.is(classOf('spec.config.x', {}), 'direct spec.config');
	assert.is(classOf('spec.config.x', { managed: false }), 'direct spec');
});

test('a row of a topology counts in it, and for what is left of it', () => {
	const path = 'spec.podTemplate.spec.containers[name=side].resources';
	const side = { podTemplate: { spec: { containers: [{ name: 'side', resources: { limits: { cpu: 1 } } }] } } };
	assert.is(classOf(path, { replicas: 3, ...side }), `VerticalScaling ${path}`);
	assert.is(classOf(path, { replicas: 1, ...side }), 'restart spec.podTemplate', 'it means nothing yet');
	const before = { previous: spec({ replicas: 3 }) };
	assert.is(classOf(path, { replicas: 1, ...side }, before), `VerticalScaling ${path}`, 'the database was in it');
	assert.is(classOf(path, { replicas: 1 }, before), 'restart spec.podTemplate', 'nothing is left');
	const live = { live: spec({ replicas: 1, ...side }) };
	assert.is(classOf(path, { replicas: 1, ...side }, live), `VerticalScaling ${path}`, 'the database has got it');
});

test('an operation under way keeps its field, unless another is meant more exactly', () => {
	const claimed = (pattern: string) => ({
		claimed: (): Match => ({
			entry: { pattern: parsePath(pattern), class: 'operation', operation: 'Old' },
			field: parsePath(pattern),
		}),
	});
	assert.is(classOf('spec.config.x', {}, claimed('spec.config')), 'Old spec.config');
	assert.is(classOf('spec.config.x', {}, claimed('spec')), 'direct spec.config');
	assert.is(classOf('status.x', {}, claimed('status')), 'Old status');
});

test('a field is about a new topology where neither the database before nor the live one has it', () => {
	const path = 'spec.podTemplate.spec.containers[name=side].resources';
	const side = { podTemplate: { spec: { containers: [{ name: 'side', resources: { limits: { cpu: 1 } } }] } } };
	const about = (more: object, at = path) => {
		const situation = { desired: spec({ replicas: 3, ...side }), defaults: {}, ...more };
		return isAboutNewTopology(kind, classify(kind, parsePath(at), situation) as Match, situation);
	};
	assert.ok(about({ previous: spec({ replicas: 1 }) }));
	assert.not(about({ previous: spec({ replicas: 2 }) }));
	assert.not(about({}), 'at creation there is nothing to wait for');
	assert.not(about({ previous: spec({ replicas: 1 }), live: spec(side) }));
	assert.not(about({ previous: spec({ replicas: 1 }) }, 'spec.version'));
});

test('the topologies of a database are those whose conditions hold', () => {
	assert.equal(topologiesOf(kind, { desired: spec({ replicas: 3 }), defaults: {} }), ['cluster']);
	assert.equal(topologiesOf(kind, { desired: spec({}), defaults: {} }), []);
	assert.equal(topologiesOf(kind, { desired: spec({}), defaults: { 'spec.replicas': 1 } }), ['single']);
});

test('what is written back is said by the row, else by the operation', () => {
	const entry = (row: object, operation?: string) => ({
		pattern: [],
		class: 'operation' as const,
		...(operation ? { operation } : {}),
		row: { from: '', ...row },
	});
	assert.ok(isWrittenBack(entry({}, 'VerticalScaling'), false));
	assert.not(isWrittenBack(entry({}, 'Reconfigure'), false));
	assert.not(isWrittenBack(entry({ writtenBack: false }, 'VerticalScaling'), false));
	assert.ok(isWrittenBack(entry({ writtenBack: 'when-set' }, 'Reconfigure'), false));
	assert.not(isWrittenBack(entry({ writtenBack: 'when-set' }, 'Reconfigure'), true));
	assert.not(isWrittenBack(entry({}), false));
});

test('what the requests of a kind lack is known', () => {
	assert.ok(lacks(kind, 'spec.timeout'));
	assert.not(lacks(kind, 'spec.apply'));
	assert.not(lacks(makeKind({ ...facts, lacks: [] }), 'spec.timeout'));
});

test('kinds are found by their name, and nothing else is a kind', () => {
	assert.ok(kindNames().length >= 30);
	assert.equal(kindNames(), [...kindNames()].sort());
	for (const name of kindNames()) assert.is(kindOf(name)?.facts.kind, name);
	assert.is(kindOf('Postgres'), kindOf('Postgres'), 'it is made once');
	for (const name of ['postgres', '', 'constructor', 'toString', '__proto__']) assert.is(kindOf(name), undefined, name);
});

test('operation types are found by their name, in the order in which they run', () => {
	assert.is(operationTypes()[0], 'StorageMigration');
	for (const type of operationTypes()) assert.match(operationFactsOf(type).slug, /^[a-z-]+$/);
	for (const type of ['Nothing', 'constructor', 'toString'])
		assert.throws(() => operationFactsOf(type), `the catalog has no operation type ${type}`);
});

/** Paths of fields of a kind, items by a key. */
const concretePaths = (name: string): Path[] =>
	fieldPaths(name).map((path) => path.map((segment) => (segment === '[*]' ? '[name=x]' : segment)));

for (const name of kindNames()) {
	test(`${name}: the entries that match a field are all there, what speaks of a whole first, then the longest`, () => {
		const { entries, matching } = kindOf(name) as Kind;
		const paths = concretePaths(name);
		assert.ok(paths.length > 50);
		fc.assert(
			fc.property(fc.constantFrom(...paths), (path) => {
				const matches = matching(path);
				const expected = entries.filter(({ pattern }) => matchStart(pattern, path) !== undefined);
				assert.equal(new Set(matches.map(({ entry }) => entry)), new Set(expected));
				for (const { entry, field } of matches) assert.equal(field, path.slice(0, entry.pattern.length));
				const ranks = matches.map(({ entry }) => (entry.whole ? -1000 + entry.pattern.length : -entry.pattern.length));
				assert.equal(
					ranks,
					[...ranks].sort((a, b) => a - b),
				);
				assert.is(matching(path), matches, 'and are remembered');
			}),
			{ seed: 1, numRuns: 200 },
		);
	});
}

test.run();
