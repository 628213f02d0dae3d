import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import { splitStream } from '../../src/input/stream.js';
import { type Json, type JsonObject, toJson } from '../../src/json.js';
import { liveOf } from '../../src/render/live.js';
import { getAt, parsePath, setAt } from '../../src/render/path.js';
import { type RenderedDatabase, render } from '../../src/render/render.js';
import type { Memory } from '../../src/render/situation.js';
import { takeApart } from '../../src/render/source.js';

const kafka = kindOf('Kafka') as Kind;
const unseen: Memory = {
	plan: undefined,
	state: undefined,
	live: 'unknown',
	requests: 'unknown',
	inProgress: 'unknown',
};
const absent: Memory = { ...unseen, live: 'absent', requests: new Map(), inProgress: false };
const combined = 'spec.podTemplate.spec.containers[name=kafka].env[name=KAFKA_CLUSTER_ID].value';
const [broker, controller] = ['broker', 'controller'].map((role) =>
	combined.replace('spec.', `spec.topology.${role}.`),
) as [string, string];

const template = (...containers: JsonObject[]): JsonObject => ({ podTemplate: { spec: { containers } } });
const named = template({ name: 'kafka', resources: { limits: { memory: '2Gi' } } });
const roles = (brokers: JsonObject, controllers: JsonObject): JsonObject => ({
	version: '3.9.0',
	topology: { broker: { replicas: 2, ...brokers }, controller: { replicas: 1, ...controllers } },
});

function rendered(spec: JsonObject, memory: Memory): RenderedDatabase {
	const object = {
		apiVersion: 'gitops.kubedb.com/v1alpha1',
		kind: 'Kafka',
		metadata: { name: 'kf', namespace: 'demo' },
		spec,
	};
	const { databases, problems } = takeApart(splitStream({ name: 'kf.yaml', text: toJson(object) }), undefined);
	assert.equal(problems, []);
	return render(databases[0] as RenderedDatabase['desired'], memory);
}

function printed(result: RenderedDatabase): JsonObject {
	assert.equal(result.problems, []);
	return result.objects.find(({ wave }) => wave === 50)?.object as JsonObject;
}

const at = (object: JsonObject, path: string): Json | undefined => getAt(object, parsePath(path));

/** The memory after a render was applied; `fill` is what KubeDB's webhook adds. */
function after(result: RenderedDatabase, fill: (live: JsonObject) => void = () => {}): Memory {
	const live = structuredClone(printed(result));
	fill(live);
	setAt(live, ['metadata', 'uid'], 'u');
	const { plan, state } = result.outcome;
	return { ...absent, plan, state, live: liveOf(kafka, result.desired.id, live) };
}

test('a new cluster whose container git names gets an id of its own, the same with every render', () => {
	const spec = { version: '3.9.0', ...named };
	const [first, second] = [absent, unseen].map((memory) => at(printed(rendered(spec, memory)), combined));
	assert.match(String(first), /^[0-9a-f]{21}w$/);
	assert.is(second, first);
});

test('both roles of a new cluster get the id, even if git names the container of one', () => {
	const object = printed(rendered(roles(named, {}), absent));
	assert.ok(at(object, broker));
	assert.is(at(object, controller), at(object, broker));
});

test('a container that git does not name is left alone', () => {
	const object = printed(rendered(roles({}, {}), absent));
	assert.is(at(object, 'spec.topology.broker.podTemplate'), undefined);
	assert.equal(rendered(roles({}, {}), absent).desired.tokens, {});
});

test('an id that git sets is printed as it is', () => {
	const env = [{ name: 'KAFKA_CLUSTER_ID', value: 'own' }];
	const result = rendered({ version: '3.9.0', ...template({ name: 'kafka', env }) }, absent);
	assert.is(at(printed(result), combined), 'own');
	assert.equal(result.desired.tokens, {});
});

test('a running cluster keeps its id when git begins to name the container, and no operation is made of it', () => {
	const created = rendered(roles({}, {}), absent);
	const running = after(created, (live) => {
		for (const path of [broker, controller]) setAt(live, parsePath(path), 'by-kubedb');
	});
	const next = rendered(roles(template({ name: 'kafka', image: 'kafka:own' }), {}), running);
	assert.is(at(printed(next), broker), 'by-kubedb');
	assert.is(at(printed(next), 'spec.topology.controller.podTemplate'), undefined, 'what git leaves alone stays so');
	assert.equal(
		next.outcome.operations.map((operation) => at(operation, 'spec.type')),
		['Restart'],
		'the image restarts, the id is not what asks for it',
	);
	const last = rendered(roles(template({ name: 'kafka', image: 'kafka:own' }), {}), after(next));
	assert.is(last.outcome.row, 'settled');
	assert.equal(last.outcome.operations, []);
});

test('without a cluster to look at, the id that was printed before is printed again', () => {
	const image = template({ name: 'kafka', image: 'kafka:own' });
	const created = rendered(roles(image, {}), absent);
	const { plan, state } = created.outcome;
	const memory: Memory = { ...unseen, plan, state };
	const next = printed(rendered({ ...roles(image, {}), deletionPolicy: 'WipeOut' }, memory));
	assert.is(at(next, broker), at(printed(created), broker));
	assert.is(at(next, controller), at(printed(created), controller));
	const unnamed = printed(rendered(roles({}, {}), memory));
	assert.is(at(unnamed, broker), at(printed(created), broker), 'an apply would take the list away');
});

test('without a cluster to look at, an id that only the cluster knows is no guess: refused', () => {
	const { plan, state } = rendered(roles({}, {}), absent).outcome;
	const { problems } = rendered(roles(named, {}), { ...unseen, plan, state });
	assert.equal(
		problems.map(({ code }) => code),
		['made-up-value'],
	);
	assert.match(problems[0]?.message ?? '', 'it is not known what spec.topology.broker.podTemplate');
});

test('a database made anew after its loss has the id that its volumes may still hold', () => {
	const created = rendered({ version: '3.9.0', ...named }, absent);
	const running = after(created, (live) => setAt(live, parsePath(combined), 'of-the-volumes'));
	const seen = rendered({ version: '3.9.0', ...named }, running);
	const { plan, state } = seen.outcome;
	const again = printed(rendered({ version: '3.9.0', ...named }, { ...absent, plan, state }));
	assert.is(at(again, combined), 'of-the-volumes');
});

test.run();
