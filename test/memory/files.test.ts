import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitStream } from '../../src/input/stream.js';
import { canonicalJson, type JsonObject } from '../../src/json.js';
import { type FileMemory, memoryFrom } from '../../src/memory/files.js';
import { type Identity, type Plan, planContent, planDigest, stateContent } from '../../src/memory/memory.js';
import { toYaml } from '../../src/output/yaml.js';
import { memoryObject } from '../../src/render/render.js';
import { refusal } from '../refusal.js';

const id: Identity = { kind: 'Postgres', namespace: 'demo', name: 'ha-postgres' };
const other: Identity = { kind: 'MariaDB', namespace: 'shop', name: 'orders' };

test('plan and state are found in a stream of YAML and of one-line JSON, with anything else around them', () => {
	const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: x, labels: {kubedb-render/role: plan}}\n';
	const broken = 'kind: [never parsed\n';
	for (const write of [toYaml, (object: JsonObject) => `${canonicalJson(object)}\n`]) {
		const documents = [broken, write(planObject(id)), secret, write(stateObject(id)), write(stateObject(other))];
		const memory = read(documents.map((text) => `---\n${text}`).join(''));
		assert.is(memory.of(id).plan?.generation, 3);
		assert.is(memory.of(id).state?.generation, 2);
		assert.is(memory.of(other).plan, undefined);
		assert.is(memory.of(other).state?.generation, 2);
		assert.equal(memory.databases, [id, other]);
	}
});

test('a List, as kubectl get prints it, holds them too', () => {
	const list = { apiVersion: 'v1', kind: 'List', items: [stateObject(id), planObject(id), null] };
	assert.is(read(toYaml(list as unknown as JsonObject)).of(id).plan?.generation, 3);
	assert.is(read(JSON.stringify(list, undefined, 2)).of(id).state?.generation, 2);
});

test('JSON that a YAML parser has to help with is still read', () => {
	const text = canonicalJson(planObject(id));
	assert.is(read(`---\n${text.slice(0, -1)}, } # a comment\n`).of(id).plan?.generation, 3);
});

test('gzipped memory is found in binaryData', () => {
	const large = { replicas: 3, text: 'x'.repeat(2_000_000) };
	const plan = planContent(id, somePlan(large));
	assert.ok(plan.binaryData);
	assert.equal(read(toYaml(memoryObject(id, 'plan', plan))).of(id).plan?.spec, { spec: large });
});

test('nothing is remembered of a database that the stream does not name', () => {
	const memory = read(`---\n${toYaml(planObject(id))}`);
	assert.equal(memory.of({ ...id, name: 'other' }), { plan: undefined, state: undefined });
	assert.equal(memory.of({ ...id, namespace: 'shop' }), { plan: undefined, state: undefined });
	assert.equal(memory.of({ ...id, kind: 'MariaDB' }), { plan: undefined, state: undefined });
});

test('two renders in one state are refused, since one of them is not the last', () => {
	const problem = refusal(() => read(`---\n${toYaml(planObject(id))}---\n${toYaml(planObject(id))}`));
	assert.is(problem.code, 'memory-double');
	assert.is(problem.message, 'the ConfigMap demo/ha-postgres-postgres-plan stands in the state twice');
	assert.is(problem.source, 'rendered.yaml');
});

test('memory under another name is refused: its database would be taken for a new one', () => {
	const rename = (changes: JsonObject) => {
		const object = planObject(id);
		return read(toYaml({ ...object, metadata: { ...(object.metadata as JsonObject), ...changes } }));
	};
	for (const changes of [{ name: 'staging-ha-postgres-postgres-plan' }, { namespace: 'staging' }]) {
		const problem = refusal(() => rename(changes));
		assert.is(problem.code, 'memory-damaged');
		assert.match(problem.message, 'is the plan of Postgres demo/ha-postgres under another name');
		assert.is(problem.source, 'rendered.yaml');
	}
	const { namespace: _, ...metadata } = planObject(id).metadata as JsonObject;
	assert.match(refusal(() => read(toYaml({ ...planObject(id), metadata }))).message, 'the ConfigMap /ha-postgres-');
});

test('a state that stands where the plan should be is refused', () => {
	const object = stateObject(id);
	const metadata = { ...(object.metadata as JsonObject), name: 'ha-postgres-postgres-plan' };
	assert.match(refusal(() => read(toYaml({ ...object, metadata }))).message, 'under another name');
});

test('a ConfigMap with our label that names no database is refused', () => {
	for (const data of [{}, { database: 'Postgres ha-postgres' }, { database: 1 }]) {
		const problem = refusal(() => read(toYaml({ ...planObject(id), data } as JsonObject)));
		assert.is(problem.message, 'the ConfigMap demo/ha-postgres-postgres-plan is of no database');
	}
});

test('damaged memory is refused when its database is asked for', () => {
	const damaged = { ...planObject(id), data: { database: 'Postgres demo/ha-postgres' } };
	const memory = read(toYaml(damaged));
	assert.is(refusal(() => memory.of(id)).code, 'memory-damaged');
	const text = toYaml(planObject(id)).replace('replicas', 'replica');
	assert.match(refusal(() => read(text).of(id)).message, 'digest does not match');
});

test('a document with our label that does not parse is refused with its place', () => {
	const problem = refusal(() => read('---\nkind: ConfigMap\nmetadata:\n  labels: {kubedb-render/role: plan\n'));
	assert.is(problem.code, 'yaml');
	assert.is(problem.place?.source, 'rendered.yaml');
	assert.is(problem.place?.line, 4, 'where the bracket is opened');
});

test('values that are no strings count as missing', () => {
	const object = planObject(id);
	const data = { ...(object.data as JsonObject), generation: 3 };
	assert.match(refusal(() => read(toYaml({ ...object, data })).of(id)).message, 'generation is missing');
});

function read(text: string): FileMemory {
	return memoryFrom(splitStream({ name: 'rendered.yaml', text }));
}

function planObject(of: Identity): JsonObject {
	return memoryObject(of, 'plan', planContent(of, somePlan({ replicas: 3 })));
}

function stateObject(of: Identity): JsonObject {
	const state = { generation: 2, digest: 'a'.repeat(64), spec: {}, tokens: {}, removed: false };
	return memoryObject(of, 'state', stateContent(of, state));
}

function somePlan(spec: JsonObject): Plan {
	const plan = { generation: 3, base: '', follows: [], assumed: '', uid: '', touched: [], tokens: {}, operations: [] };
	return { ...plan, spec: { spec }, digest: planDigest({ ...plan, spec: { spec } }) };
}

test.run();
