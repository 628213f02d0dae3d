import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson, type Json, type JsonObject } from '../../src/json.js';
import {
	type ConfigMapContent,
	configMapName,
	type Identity,
	type Plan,
	planContent,
	planDigest,
	readPlan,
	readState,
	type State,
	specDigest,
	stateContent,
} from '../../src/memory/memory.js';
import { refusal } from '../refusal.js';

const id: Identity = { kind: 'Postgres', namespace: 'demo', name: 'ha-postgres' };

/** JSON as it is in Kubernetes objects: any text, exact integers of 64 bits, and what is not whole. */
const text = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 12 }),
	fc.constantFrom('', '1Gi', '"', '\\', '\u0000', '\u0085'),
);
/**
 * Keys without quotes and backslashes, which no key of Kubernetes has either: JSON.parse of Node 24 and 25 (V8 13.6, 14.1)
 * takes the key "\"" for "\\" where it has read an object with that one at the same place before.
 */
const key = text.map((each) => each.replace(/["\\]/g, ''));
const number = fc.oneof(
	fc.integer(),
	fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
	fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
	fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((each) => !Number.isInteger(each)),
);
const { value: json } = fc.letrec<{ value: Json }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 3 },
		fc.constant(null),
		fc.boolean(),
		number,
		text,
		fc.array(tie('value'), { maxLength: 3 }),
		fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
	),
}));
const object = fc.dictionary(key, json, { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
const digest = fc.constantFrom('', 'a'.repeat(64), 'b'.repeat(64));
const generation = fc.integer({ min: 1, max: 999_999_999 });
const tokens = fc.dictionary(fc.constantFrom('retry', 'secret/x', 'restart'), text, { noNullPrototype: true });
const operation = fc.record({
	kind: fc.constant('PostgresOpsRequest'),
	metadata: fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/) }),
	spec: object,
}) as fc.Arbitrary<JsonObject>;

const plans: fc.Arbitrary<Plan> = fc
	.record({
		generation,
		base: digest,
		follows: fc.array(fc.constantFrom('a'.repeat(64), 'b'.repeat(64)), { maxLength: 2 }),
		assumed: digest,
		uid: fc.constantFrom('', '5d0a0a6c-1f1c-4d6e-9f59-2f1e0b7c7d10'),
		touched: fc.array(text, { maxLength: 3 }),
		spec: object,
		tokens,
		operations: fc.array(operation, { maxLength: 3 }),
	})
	.map((plan) => ({ ...plan, digest: planDigest(plan) }));
const states: fc.Arbitrary<State> = fc.record({ generation, digest, spec: object, tokens, removed: fc.boolean() });

test('a plan comes back from its ConfigMap as it went in', () => {
	fc.assert(
		fc.property(plans, (plan) => {
			const content = planContent(id, plan);
			const { stored, ...read } = readPlan(id, content);
			assert.equal(canonicalJson(read as unknown as Json), canonicalJson(plan as unknown as Json));
			assert.is(stored, content);
		}),
		{ seed: 1, numRuns: 300 },
	);
});

test('a state comes back from its ConfigMap as it went in', () => {
	fc.assert(
		fc.property(states, (state) => {
			const { stored, ...read } = readState(id, stateContent(id, state));
			assert.equal(canonicalJson(read as unknown as Json), canonicalJson(state as unknown as Json));
			assert.ok(stored);
		}),
		{ seed: 2, numRuns: 300 },
	);
});

test('what was read is printed again word for word, whatever this version would have written', () => {
	const content = planContent(id, somePlan());
	const odd = { data: { ...content.data, spec: ` ${content.data.spec}`, future: 'kept' } };
	assert.is(planContent(id, readPlan(id, odd)), odd);
	const state = stateContent(id, someState());
	const oddState = { data: { ...state.data, future: 'kept' } };
	assert.is(stateContent(id, readState(id, oddState)), oddState);
});

test('every value is a string that CEL can compare, and the ConfigMaps are named after the database', () => {
	const plan = planContent(id, somePlan());
	assert.equal(Object.keys(plan.data).sort(), [
		'assumed',
		'base',
		'database',
		'digest',
		'follows',
		'format',
		'generation',
		'operations',
		'spec',
		'tokens',
		'touched',
		'uid',
	]);
	const state = stateContent(id, { ...someState(), removed: true });
	assert.equal(Object.keys(state.data).sort(), [
		'database',
		'digest',
		'format',
		'generation',
		'removed',
		'spec',
		'specDigest',
		'tokens',
	]);
	for (const value of Object.values({ ...plan.data, ...state.data })) assert.type(value, 'string');
	assert.is(configMapName(id, 'plan'), 'ha-postgres-postgres-plan');
	assert.is(configMapName(id, 'state'), 'ha-postgres-postgres-state');
});

test('the digests of format 1 stay what they are: another formula needs another format', () => {
	assert.is(planDigest(somePlan()), 'bedd78438652e6b2fa6628f492aa6f9513008af6e69c96ee10dc4823f5e02752');
	assert.is(
		specDigest({ spec: { replicas: 3 } }, { retry: '1' }),
		'c3000bd78c24ca158a26c21793eb2f8b10eb70a993ba37e6174019d0a58229aa',
	);
});

test('one bit of a plan that its digest covers cannot be changed by hand', () => {
	const content = planContent(id, somePlan());
	const changes: Record<string, string> = {
		generation: '4',
		base: 'c'.repeat(64),
		assumed: 'c'.repeat(64),
		uid: 'other',
		spec: '{"spec":{"replicas":5}}',
		tokens: '{"retry":"2"}',
		operations: '[]',
		digest: 'c'.repeat(64),
	};
	for (const [key, value] of Object.entries(changes)) {
		const problem = refusal(() => readPlan(id, withData(content, { [key]: value })));
		assert.is(problem.code, 'memory-damaged', key);
		assert.is(
			problem.message,
			'ConfigMap demo/ha-postgres-postgres-plan: its digest does not match its content, so what was rendered before is not known',
		);
		assert.match(problem.hint ?? '', 'Restore it from a backup. Deleting both ConfigMaps of Postgres demo/ha-postgres');
	}
});

test('a state that was edited by hand is refused', () => {
	const content = stateContent(id, someState());
	for (const change of [{ spec: '{"spec":{"replicas":5}}' }, { tokens: '{}' }, { specDigest: 'c'.repeat(64) }]) {
		const problem = refusal(() => readState(id, withData(content, change)));
		assert.is(problem.code, 'memory-damaged');
		assert.match(problem.message, 'ConfigMap demo/ha-postgres-postgres-state: its digest does not match its content');
	}
});

test('a newer format asks for an upgrade, and not for a deletion', () => {
	for (const [role, read] of [
		['plan', () => readPlan(id, withData(planContent(id, somePlan()), { format: '2' }))],
		['state', () => readState(id, withData(stateContent(id, someState()), { format: '12' }))],
	] as const) {
		const problem = refusal(read);
		assert.is(problem.code, 'memory-newer');
		assert.match(
			problem.message,
			`ConfigMap demo/ha-postgres-postgres-${role}: a newer kubedb-render wrote it (format `,
		);
		assert.match(problem.hint ?? '', /^Upgrade kubedb-render .* Do not delete it\.$/);
	}
});

test('damaged memory is refused with its place and a way out, and is never taken for none', () => {
	const plan = planContent(id, somePlan());
	const state = stateContent(id, someState());
	const packedPlan = (bytes: Uint8Array | string): ConfigMapContent => {
		const { spec: _, ...data } = plan.data;
		return { data, binaryData: { spec: Buffer.from(bytes).toString('base64') } };
	};
	const zipped = gzipSync(plan.data.spec as string);
	const cases: [string, ConfigMapContent, RegExp][] = [
		['no format', without(plan, 'format'), /it has no format/],
		['unknown format', withData(plan, { format: 'x\n' }), /its format is "x\\n"/],
		['format zero', withData(plan, { format: '0' }), /its format is "0"/],
		['another database', withData(plan, { database: 'Postgres demo/other' }), /it belongs to Postgres demo\/other/],
		['another kind', withData(plan, { database: 'MySQL demo/ha-postgres' }), /it belongs to MySQL demo\/ha-postgres/],
		['another namespace', withData(plan, { database: 'Postgres x/ha-postgres' }), /it belongs to Postgres x\//],
		['no database', without(plan, 'database'), /it belongs to no database/],
		...['generation', 'base', 'follows', 'assumed', 'digest', 'uid', 'touched', 'tokens', 'spec', 'operations'].map(
			(key): [string, ConfigMapContent, RegExp] => [`no ${key}`, without(plan, key), new RegExp(`${key} is missing`)],
		),
		['generation zero', withData(plan, { generation: '0' }), /generation is "0"/],
		['generation no number', withData(plan, { generation: '1e3' }), /generation is "1e3"/],
		['spec no JSON', withData(plan, { spec: '{"spec":' }), /spec is no JSON/],
		['spec no map', withData(plan, { spec: '[]' }), /spec is no map/],
		['tokens no map', withData(plan, { tokens: 'null' }), /tokens is no map/],
		['tokens no strings', withData(plan, { tokens: '{"retry":1}' }), /tokens is no map of strings/],
		['operations no list', withData(plan, { operations: '{}' }), /operations is no list of OpsRequests/],
		['operations no requests', withData(plan, { operations: '[{"metadata":{}}]' }), /operations is no list of/],
		['touched no list', withData(plan, { touched: '"x"' }), /touched is no list of fields/],
		['touched no strings', withData(plan, { touched: '[1]' }), /touched is no list of fields/],
		['gzip truncated', packedPlan(zipped.subarray(0, zipped.length - 6)), /spec cannot be unpacked/],
		['no gzip', packedPlan('{}'), /spec cannot be unpacked/],
		['no base64', { data: without(plan, 'spec').data, binaryData: { spec: '*!*' } }, /spec cannot be unpacked/],
		['gzip of something else', packedPlan(gzipSync('{"spec":{}}')), /its digest does not match its content/],
	];
	for (const [what, content, why] of cases) {
		const problem = refusal(() => readPlan(id, content));
		assert.is(problem.code, 'memory-damaged', what);
		assert.match(problem.message, why, what);
		assert.match(
			problem.message,
			/^ConfigMap demo\/ha-postgres-postgres-plan: .*, so what was rendered before is not known$/,
		);
		assert.match(problem.hint ?? '', 'Deleting both ConfigMaps of Postgres demo/ha-postgres makes', what);
	}
	for (const key of ['format', 'database', 'generation', 'digest', 'specDigest', 'tokens', 'spec'])
		assert.is(refusal(() => readState(id, without(state, key))).code, 'memory-damaged', key);
});

test('a database of one name and another kind does not take its memory', () => {
	const other = { ...id, kind: 'MariaDB' };
	assert.is(refusal(() => readPlan(other, planContent(id, somePlan()))).code, 'memory-damaged');
	assert.is(refusal(() => readState(other, stateContent(id, someState()))).code, 'memory-damaged');
});

test('what fits stays plain, more is gzipped, and what does not fit then either is refused with its size', () => {
	const fits = someState({ text: 'x'.repeat(900_000) });
	assert.is(stateContent(id, fits).binaryData, undefined);

	const large = someState({ text: 'x'.repeat(3_000_000) });
	const content = stateContent(id, large);
	assert.equal(Object.keys(content.binaryData ?? {}), ['spec']);
	assert.is(content.data.spec, undefined);
	assert.equal(readState(id, content).spec, large.spec);

	const plan = somePlan({ text: 'x'.repeat(3_000_000) });
	const packed = planContent(id, plan);
	assert.equal(Object.keys(packed.binaryData ?? {}), ['spec', 'operations']);
	const { stored: _, ...read } = readPlan(id, packed);
	assert.equal(read, plan);

	const random = createHash('shake256', { outputLength: 1_500_000 }).digest('base64');
	const problem = refusal(() => stateContent(id, someState({ text: random })));
	assert.is(problem.code, 'memory-too-large');
	assert.match(
		problem.message,
		/^Postgres demo\/ha-postgres: its state takes \d{7} bytes, more than a ConfigMap holds \(1000000\)$/,
	);
	assert.match(problem.hint ?? '', 'Secret');
});

test('a gzip bomb is refused before it fills the memory', () => {
	const { spec: _, ...data } = stateContent(id, someState()).data;
	const bomb = gzipSync(Buffer.alloc(65_000_000), { level: 1 }).toString('base64');
	assert.match(refusal(() => readState(id, { data, binaryData: { spec: bomb } })).message, 'spec cannot be unpacked');
});

function somePlan(spec: JsonObject = { replicas: 3 }): Plan {
	const plan = {
		generation: 3,
		base: 'a'.repeat(64),
		follows: ['a'.repeat(64)],
		assumed: 'b'.repeat(64),
		uid: 'u-1',
		touched: ['spec.replicas'],
		spec: { spec },
		tokens: { retry: '1' },
		operations: [{ metadata: { name: 'ha-postgres-horizontalscaling-abc123' }, spec: { type: 'HorizontalScaling' } }],
	};
	return { ...plan, digest: planDigest(plan) };
}

function someState(spec: JsonObject = { replicas: 3 }): State {
	return { generation: 2, digest: 'a'.repeat(64), spec: { spec }, tokens: { retry: '1' }, removed: false };
}

function withData(content: ConfigMapContent, changes: Record<string, string>): ConfigMapContent {
	return { ...content, data: { ...content.data, ...changes } };
}

function without({ data }: ConfigMapContent, key: string): ConfigMapContent {
	return { data: Object.fromEntries(Object.entries(data).filter(([each]) => each !== key)) };
}

test.run();
