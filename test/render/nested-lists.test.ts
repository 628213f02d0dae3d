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

const absent: Memory = { plan: undefined, state: undefined, live: 'absent', requests: new Map(), inProgress: false };
const resourcesOf = (rack: string) =>
	`spec.topology.rack[name=${rack}].podTemplate.spec.containers[name=cassandra].resources`;

function rendered(racks: Json[], memory: Memory): RenderedDatabase {
	const object = {
		apiVersion: 'gitops.kubedb.com/v1alpha1',
		kind: 'Cassandra',
		metadata: { name: 'cas', namespace: 'demo' },
		spec: { version: '5.0.3', topology: { rack: racks } },
	};
	const { databases, problems } = takeApart(splitStream({ name: 'cas.yaml', text: toJson(object) }), undefined);
	assert.equal(problems, []);
	const result = render(databases[0] as RenderedDatabase['desired'], memory);
	assert.equal(result.problems, []);
	return result;
}

const printed = ({ objects }: RenderedDatabase): JsonObject =>
	objects.find(({ wave }) => wave === 50)?.object as JsonObject;

test('resources that only the live database has stay, in lists within items of a list that git names', () => {
	const storage = { resources: { requests: { storage: '1Gi' } } };
	const racks = ['r0', 'r1'].map((name) => ({ name, replicas: 2, storage }));
	const created = rendered(racks, absent);
	const live = structuredClone(printed(created));
	setAt(live, ['metadata', 'uid'], 'u');
	const resources = { limits: { memory: '1536Mi' }, requests: { cpu: '500m', memory: '1536Mi' } };
	for (const rack of ['r0', 'r1']) setAt(live, parsePath(resourcesOf(rack)), resources);
	const { plan, state } = created.outcome;
	const memory: Memory = {
		...absent,
		plan,
		state,
		live: liveOf(kindOf('Cassandra') as Kind, created.desired.id, live),
	};

	const again = rendered(racks, memory);
	assert.is(again.outcome.row, 'settled');
	for (const rack of ['r0', 'r1']) assert.equal(getAt(printed(again), parsePath(resourcesOf(rack))), resources);

	const sidecar = { name: 'sidecar', image: 'sidecar:1' };
	const more = racks.map((rack) => ({ ...rack, podTemplate: { spec: { containers: [sidecar] } } }));
	const changed = rendered(more, memory);
	assert.equal(
		changed.outcome.operations.map((operation) => getAt(operation, ['spec', 'type'])),
		['Restart'],
	);
	for (const rack of ['r0', 'r1']) assert.equal(getAt(printed(changed), parsePath(resourcesOf(rack))), resources);
});

test.run();
