import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeKind } from '../../src/catalog/catalog.js';
import type { Schema } from '../../src/catalog/schema.js';
import type { KindFacts } from '../../src/catalog/types.js';
import { type Difference, differencesOf, grouped, type Schemas } from './version-diff.js';

const facts: KindFacts = {
	kind: 'Sample',
	plural: 'samples',
	shortNames: [],
	database: 'kubedb.com/v1',
	opsRequest: 'SampleOpsRequest',
	opsRequestPlural: 'sampleopsrequests',
	topologies: {},
	operations: {
		UpdateVersion: { fields: [{ from: 'spec.version', to: 'spec.updateVersion.targetVersion' }] },
		VerticalScaling: {
			fields: [
				{
					from: 'spec.containers[name=main].resources',
					to: 'spec.verticalScaling.main.resources',
				},
			],
		},
	},
	restart: { documented: ['spec.containers'], inferred: [] },
	direct: ['spec.monitor', { path: 'spec.tuning', when: { desired: { 'spec.monitor': 'set' } } }],
	immutable: [],
	unsupported: [],
	notForGitOps: { Reprovision: 'an act, not a state' },
};

const text: Schema = { type: ['string', 'null'] };
const map = (properties: Record<string, Schema>): Schema => ({
	type: ['object', 'null'],
	properties,
	additionalProperties: false,
});
const resources: Schema = { type: ['object', 'null'], additionalProperties: text };
const request = (types: string[], parts: Record<string, Schema>): Schema =>
	map({ type: { type: ['string', 'null'], enum: [...types, null] }, ...parts });

function schemas(source: string, spec: Schema, ops: Schema, $defs: Record<string, Schema> = {}): Schemas {
	const names = { Sample: { plural: 'samples', database: 'kubedb.com/v1' } };
	return { source, names, kinds: { Sample: spec }, opsRequests: { Sample: ops }, $defs };
}

const container: Schema = { type: 'array', items: map({ name: text, resources }) };
const before = schemas(
	'v1',
	map({ version: text, containers: container, old: map({ secret: map({ a: text, b: text }) }) }),
	request(['UpdateVersion', 'VerticalScaling'], { updateVersion: map({ targetVersion: text }) }),
);

function told(from: Schemas, to: Schemas): string[] {
	const kindOf = (name: string) => (name === 'Sample' ? makeKind(facts) : undefined);
	return [...differencesOf(from, to, kindOf)].flatMap(([name, all]) =>
		all.map(({ sign, what, says, isOpen }) => `${isOpen ? '!' : ' '} ${name} ${sign} ${what}: ${says}`),
	);
}
const withSpec = (spec: Schema, $defs = {}) => schemas('v2', spec, before.opsRequests.Sample as Schema, $defs);
const withRequest = (ops: Schema) => schemas('v2', before.kinds.Sample as Schema, ops);

test('two versions that say the same differ in nothing, however their schemas are folded', () => {
	assert.equal(told(before, before), []);
	const folded = withSpec(
		map({ version: text, containers: { $ref: '#/$defs/c' }, old: map({ secret: { $ref: '#/$defs/s' } }) }),
		{ c: container, s: map({ a: text, b: text }) },
	);
	assert.equal(told(before, folded), []);
});

test('a new field is named with its class, or as one that has none; of a new map only the top', () => {
	const spec = before.kinds.Sample?.properties ?? {};
	const items = map({ name: text, resources, image: text, extra: map({ x: text, y: text }) });
	const grown = map({
		...spec,
		containers: { type: 'array', items },
		monitor: text,
		tuning: text,
		new: map({ a: text }),
	});
	assert.equal(told(before, withSpec(grown)), [
		'  Sample + spec.containers[name=*].image: restart',
		'  Sample + spec.containers[name=*].extra (2 fields): restart',
		'  Sample + spec.monitor: direct',
		'! Sample + spec.tuning: direct, UNCLASSIFIED where no condition holds',
		'! Sample + spec.new: UNCLASSIFIED',
	]);
});

test('what stands elsewhere has moved, what stands nowhere is gone, what must be otherwise has changed', () => {
	const { version: _, ...spec } = before.kinds.Sample?.properties ?? {};
	const moved = map({ ...spec, old: map({}), monitor: map({ secret: map({ a: text, b: text }) }) });
	assert.equal(told(before, withSpec(moved)), [
		'  Sample > spec.old.secret -> spec.monitor.secret (2 fields): direct',
		'  Sample - spec.version: was UpdateVersion',
	]);
	const other = map({ ...spec, version: { type: ['integer', 'null'] } });
	assert.equal(told(before, withSpec(other)), [
		'  Sample ~ spec.version: {"type":["string","null"]} -> {"type":["integer","null"]}',
	]);
});

test('new types of requests, and parts of them: whether anything in git sets them', () => {
	const parts = {
		updateVersion: map({ targetVersion: text, force: text }),
		verticalScaling: map({ main: map({ resources, topology: text }) }),
		reprovision: map({ why: text }),
	};
	const all = request(['UpdateVersion', 'VerticalScaling', 'Reprovision', 'Explode'], parts);
	assert.equal(told(before, withRequest(all)), [
		'  Sample + OpsRequest type Reprovision: not for GitOps: an act, not a state',
		'! Sample + OpsRequest type Explode: UNREACHED',
		'! Sample + OpsRequest spec.updateVersion.force: UNREACHED',
		'  Sample + OpsRequest spec.verticalScaling (2 fields): VerticalScaling; not for GitOps: goes with nodeSelectionPolicy',
		'  Sample + OpsRequest spec.reprovision: not for GitOps: an act, not a state',
	]);
	assert.equal(told(withRequest(all), withRequest(request(['VerticalScaling'], parts))), [
		'! Sample - OpsRequest type UpdateVersion: still in operations',
		'  Sample - OpsRequest type Reprovision: not used',
		'  Sample - OpsRequest type Explode: not used',
	]);
});

test('kinds that come and go, and what CRDs are called', () => {
	const none: Schemas = { ...before, names: {}, kinds: {}, opsRequests: {} };
	assert.equal(told(before, none), ['! Sample - Sample: has no gitops CRD any more']);
	const more: Schemas = { ...before, names: { ...before.names, Other: {} } };
	assert.equal(told(before, more), ['! Other + Other: is a kind without facts']);
	const renamed: Schemas = { ...before, names: { Sample: { plural: 'samples', database: 'kubedb.com/v2' } } };
	assert.equal(told(before, renamed), ['! Sample ~ database: "kubedb.com/v1" -> "kubedb.com/v2"']);
});

test('what several kinds have in common is told once', () => {
	const [a, b, c] = ['a', 'b', 'c'].map((what): Difference => ({ sign: '+', what, says: '', isOpen: false })) as [
		Difference,
		Difference,
		Difference,
	];
	const all = new Map([
		['Kafka', [a, c]],
		['MySQL', [a, b]],
		['Redis', [a, c]],
	]);
	assert.equal(grouped(all), [
		[['Kafka', 'MySQL', 'Redis'], [a]],
		[['Kafka', 'Redis'], [c]],
		[['MySQL'], [b]],
	]);
});

test.run();
