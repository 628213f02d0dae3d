import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import { splitStream } from '../../src/input/stream.js';
import { type Json, type JsonObject, toJson } from '../../src/json.js';
import { isError } from '../../src/problems.js';
import { liveOf, requestsOf } from '../../src/render/live.js';
import { type RenderedDatabase, render } from '../../src/render/render.js';
import type { Memory } from '../../src/render/situation.js';
import { takeApart } from '../../src/render/source.js';
import { operationsOf } from '../../src/render/standing.js';
import { merged } from '../kind-tables.js';

/** A database that runs, settled, with a spec. */
interface Running {
	readonly kind: Kind;
	readonly rendered: RenderedDatabase;
	readonly memory: Memory;
}

function renderedFrom(kind: Kind, spec: Json, memory: Memory): RenderedDatabase | string[] {
	const object = {
		apiVersion: 'gitops.kubedb.com/v1alpha1',
		kind: kind.facts.kind,
		metadata: { name: 'db', namespace: 'demo' },
		spec,
	};
	const { databases, problems } = takeApart(splitStream({ name: 'db.yaml', text: toJson(object) }), undefined);
	const [desired] = databases;
	const result = desired && problems.length === 0 ? render(desired, memory) : undefined;
	const errors = [...problems, ...(result?.problems ?? [])].filter(isError);
	return result && errors.length === 0 ? result : errors.map(({ code, message }) => `${code}: ${message}`);
}

function sound(result: RenderedDatabase | string[]): RenderedDatabase {
	if (Array.isArray(result)) throw new Error(result.join('; '));
	return result;
}

function running(name: string, spec: JsonObject): Running {
	const kind = kindOf(name) as Kind;
	const unread: Memory = { plan: undefined, state: undefined, live: 'absent', requests: new Map(), inProgress: false };
	const rendered = sound(renderedFrom(kind, spec, unread));
	const { plan, state } = rendered.outcome;
	return { kind, rendered, memory: { ...unread, plan, state, live: liveIn(kind, rendered) } };
}

function liveIn(kind: Kind, { desired, objects }: RenderedDatabase, more: JsonObject = {}, uid = 'u') {
	const object = objects.find(({ wave }) => wave === 50)?.object as JsonObject;
	const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': toJson(object) };
	return liveOf(kind, desired.id, merged(merged(object, more), { metadata: { uid, annotations } }) as JsonObject);
}

/** The next commit, rendered while nothing but requests of the one before were created, with the phases that are given in order. */
function nextAfter(
	{ kind, memory }: Running,
	commit: JsonObject,
	phases: readonly string[],
	next: JsonObject,
	inProgress = false,
	live = memory.live,
): { first: RenderedDatabase; second: RenderedDatabase | string[] } {
	const first = sound(renderedFrom(kind, commit, memory));
	const made = operationsOf(first.outcome.plan).slice(0, phases.length);
	const objects = made.map(({ manifest }, i) => ({ ...manifest, status: { phase: phases[i] as string } }));
	const requests = requestsOf(kind, first.desired.id, objects);
	const second = renderedFrom(kind, next, { ...memory, live, plan: first.outcome.plan, requests, inProgress });
	return { first, second };
}

function specsOf({ outcome }: RenderedDatabase): Json[] {
	return operationsOf(outcome).map(({ manifest }) => (manifest.spec as JsonObject).configuration as Json);
}

const returns = suite('changes in one direction only');
const replica = {
	version: '8.4.3',
	replicas: 3,
	storageType: 'Durable',
	storage: { resources: { requests: { storage: '1Gi' } } },
	topology: { mode: 'RemoteReplica', remoteReplica: { sourceRef: { name: 'source', namespace: 'demo' } } },
};
const group = { ...replica, topology: { mode: 'GroupReplication' } };

for (const phase of ['Pending', 'Progressing', 'Successful'])
	returns(`a remote replica that becomes a group does not become one again: the operation is ${phase}`, () => {
		const { second } = nextAfter(running('MySQL', replica), group, [phase], replica);
		assert.equal(second, [
			'unsupported: spec.topology.mode cannot be changed back to RemoteReplica: the only transformation is from RemoteReplica to GroupReplication',
		]);
	});

returns('an operation that never ran is taken back', () => {
	for (const phases of [[], ['Failed']]) {
		const { second } = nextAfter(running('MySQL', replica), group, phases, replica);
		const types = operationsOf(sound(second).outcome).map(({ type }) => type);
		assert.not(types.includes('ReplicationModeTransformation'));
	}
});

returns('an operation that a sync is about to create may run', () => {
	const { second } = nextAfter(running('MySQL', replica), group, [], replica, true);
	assert.ok(Array.isArray(second));
});

const weaviate = (configuration?: JsonObject) => ({
	version: '1.33.1',
	replicas: 1,
	storage: { resources: { requests: { storage: '1Gi' } } },
	...(configuration ? { configuration } : {}),
});
const withBackups = weaviate({ backupConfigSecret: { name: 's3' } });

for (const phase of ['Pending', 'Progressing', 'Successful'])
	returns(`what no operation takes back stays in git once it may be set: the operation is ${phase}`, () => {
		const { second } = nextAfter(running('Weaviate', weaviate()), withBackups, [phase], weaviate());
		assert.match(String(second), /spec\.configuration\.backupConfigSecret\.name cannot be removed/);
	});

returns('what no operation takes back is forgotten where the one that sets it never ran', () => {
	const { second } = nextAfter(running('Weaviate', weaviate()), withBackups, [], weaviate());
	assert.equal(operationsOf(sound(second).outcome), []);
	assert.equal(sound(second).problems, []);
});

returns('where the operation failed, a warning says that what nothing takes back may be set', () => {
	const { second } = nextAfter(running('Weaviate', weaviate()), withBackups, ['Failed'], weaviate());
	assert.equal(operationsOf(sound(second).outcome), []);
	assert.equal(
		sound(second).problems.map(({ severity, code, message }) => [severity, code, message]),
		[
			[
				'warning',
				'may-be-set',
				'spec.configuration.backupConfigSecret.name may be set in the database: the Reconfigure that sets it failed, and KubeDB has no operation that unsets it',
			],
		],
	);
});

returns('a value that was taken out is set again although the database still shows it: removals leave no trace', () => {
	const singlestore = (configuration?: JsonObject) => ({
		version: '8.7.10',
		licenseSecret: { kind: 'Secret', name: 'license' },
		storage: { resources: { requests: { storage: '1Gi' } } },
		...(configuration ? { configuration } : {}),
	});
	const configured = singlestore({ secretName: 'conf' });
	const { second } = nextAfter(running('Singlestore', configured), singlestore(), ['Successful'], configured);
	assert.equal(
		operationsOf(sound(second).outcome).map(({ manifest }) => (manifest.spec as JsonObject).configuration),
		[{ node: { configSecret: { name: 'conf' } } }],
	);
});

returns('what goes along with an operation is not removed once that is done without it', () => {
	const zookeeper = (more: JsonObject) => ({
		version: '3.9.1',
		replicas: 3,
		storage: { resources: { requests: { storage: '1Gi' } } },
		...more,
	});
	const tls = { issuerRef: { apiGroup: 'cert-manager.io', kind: 'Issuer', name: 'ca' } };
	const before = running('ZooKeeper', zookeeper({ enableSSL: true, tls }));
	const gone = zookeeper({});
	const kept = nextAfter(before, zookeeper({ enableSSL: true }), ['Progressing'], gone);
	assert.equal(
		operationsOf(sound(kept.second).outcome).map(({ type }) => type),
		['ReconfigureTLS'],
	);
	const live = liveIn(before.kind, kept.first, { spec: { tls: null } });
	const done = nextAfter(before, zookeeper({ enableSSL: true }), ['Successful'], gone, false, live);
	assert.match(String(done.second), /spec\.enableSSL cannot be removed any more: it goes with a ReconfigureTLS/);
});
returns('what nobody may change stays in a database that is another one than what is remembered', () => {
	const tls = { issuerRef: { apiGroup: 'cert-manager.io', kind: 'Issuer', name: 'ca' } };
	const zookeeper = (replicas: number, more: JsonObject) => ({
		version: '3.9.1',
		replicas,
		storage: { resources: { requests: { storage: '1Gi' } } },
		tls,
		...more,
	});
	const before = running('ZooKeeper', zookeeper(1, { enableSSL: true }));
	const other = liveIn(before.kind, before.rendered, {}, 'another');
	const { second } = nextAfter(before, zookeeper(3, { enableSSL: true }), [], zookeeper(3, {}), false, other);
	assert.is(sound(second).outcome.row, 'other-database');
	const database = sound(second).objects.find(({ wave }) => wave === 50)?.object as JsonObject;
	assert.is((database.spec as JsonObject).enableSSL, true);
});
returns.run();

const items = suite('items of lists, under way');
const inline = (mysqlUsers: JsonObject[], more: JsonObject = {}) => ({
	version: '2.7.3-debian',
	replicas: 3,
	backend: { name: 'mysql' },
	configuration: { init: { inline: { mysqlUsers } } },
	...more,
});
const [alice, bob] = [
	{ username: 'alice', active: 1 },
	{ username: 'bob', active: 1 },
];

items('a user that leaves is still to leave when something else changes', () => {
	const next = inline([alice], { replicas: 5 });
	const { first, second } = nextAfter(running('ProxySQL', inline([alice, bob])), inline([alice]), [], next, true);
	const [leaves, scales] = operationsOf(sound(second).outcome);
	assert.is(leaves?.type, 'HorizontalScaling');
	assert.is(scales?.name, operationsOf(first.outcome)[0]?.name);
});

items('a user who was taken away and comes back is a new one', () => {
	const both = inline([alice, bob]);
	const { second } = nextAfter(running('ProxySQL', both), inline([alice]), ['Successful'], both);
	assert.equal(specsOf(sound(second)), [{ mysqlUsers: { reqType: 'add', users: [bob] } }]);
});

items('a user whose change failed is changed, not added', () => {
	const changed = (active: number) => inline([{ ...alice, active }, bob]);
	const { second } = nextAfter(running('ProxySQL', changed(1)), changed(0), ['Failed'], changed(2));
	assert.equal(specsOf(sound(second)), [
		{ mysqlUsers: { reqType: 'update', users: [{ username: 'alice', active: 2 }] } },
	]);
});

items('an ACL user that an unsettled plan added is taken away with those of before', () => {
	const withRules = (...rules: string[]) => ({
		version: '7.4.1',
		storage: { resources: { requests: { storage: '1Gi' } } },
		configuration: { acl: { rules } },
	});
	const before = running('Redis', withRules('a +@read', 'b +@read'));
	const { second } = nextAfter(before, withRules('a +@read', 'c +@read'), ['Successful'], withRules('a +@all'));
	assert.equal(specsOf(sound(second)).at(-1), { auth: { syncACL: ['a +@all'], deleteUsers: ['c'] } });
});
items.run();
