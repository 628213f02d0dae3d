import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classify, type Kind, kindOf } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import { parsePath, showPath } from '../../src/render/path.js';

const cassandra = kindOf('Cassandra') as Kind;

test('naming a container of KubeDB is no change of it, also within an item of another list', () => {
	const isKey = (path: string) => cassandra.isKeyOfOwnItem(parsePath(path));
	assert.ok(isKey('spec.podTemplate.spec.containers[name=cassandra].name'));
	assert.ok(isKey('spec.topology.rack[name=r0].podTemplate.spec.containers[name=cassandra].name'));
	assert.not(isKey('spec.topology.rack[name=r0].podTemplate.spec.containers[name=sidecar].name'));
	assert.not(isKey('spec.topology.rack[name=r0].podTemplate.spec.containers[name=cassandra].image'));
	assert.not(isKey('spec.topology.rack[name=r0].name'));
});

test('what is refused as a whole comes before all that is said about its parts, and the outermost before all', () => {
	const racks = (...names: string[]): JsonObject => ({
		spec: { topology: { rack: names.map((name) => ({ name, replicas: 2 })) } },
	});
	const classOf = (previous: JsonObject, desired: JsonObject, path: string) => {
		const match = classify(cassandra, parsePath(path), { desired, previous, defaults: {} });
		return `${match?.entry.class} ${showPath(match?.field ?? [])}`;
	};
	const replicas = 'spec.topology.rack[name=r0].replicas';
	assert.is(classOf(racks('r0'), racks('r0'), replicas), `operation ${replicas}`);
	assert.is(classOf(racks('r1'), racks('r0', 'r1'), replicas), 'unsupported spec.topology.rack[name=r0]');
	assert.is(classOf({ spec: {} }, racks('r0'), replicas), 'unsupported spec.topology');
	assert.is(classOf(racks('r0'), { spec: {} }, replicas), 'unsupported spec.topology');
});

test.run();
