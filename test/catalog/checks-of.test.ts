import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindNames, kindOf } from '../../src/catalog/catalog.js';
import { reservedChecks } from '../../src/catalog/checks-of.js';
import type { JsonObject } from '../../src/json.js';
import { checkDatabase } from '../../src/render/checks.js';
import { parsePath, setAt } from '../../src/render/path.js';

/** What is refused of a database, as its field and the reason. */
function refusals(kind: string, spec: JsonObject): string[] {
	const found: string[] = [];
	checkDatabase(kindOf(kind) as Kind, { spec }, ({ message }) => found.push(message));
	return found.filter((message) => /KubeDB's pods|of its own|itself$/.test(message));
}

const pod = (spec: JsonObject): JsonObject => ({ podTemplate: { spec } });
const mounted = (...paths: string[]): JsonObject => ({
	name: 'sidecar',
	volumeMounts: paths.map((mountPath, i) => ({ name: `v${i}`, mountPath })),
});

test('a volume may not be called as one of KubeDB', () => {
	const volumes = [
		{ name: 'data', emptyDir: {} },
		{ name: 'mine', emptyDir: {} },
	];
	assert.equal(refusals('Postgres', pod({ volumes })), [
		"spec.podTemplate.spec.volumes[name=data].name cannot be data: KubeDB's pods have a volume of this name",
	]);
	assert.equal(refusals('Aerospike', pod({ volumes })), [], 'its webhook has no such list');
});

test('nothing is mounted where KubeDB mounts its own, nor below that where it says so', () => {
	const paths = ['/var/pv', '/var/pv/', 'var/pv/pgdata', '/var/pvc', '/var'];
	const at = (path: string) =>
		`spec.podTemplate.spec.containers[name=sidecar].volumeMounts[mountPath=${path}].mountPath cannot be ${path}: KubeDB mounts a volume of its own there`;
	assert.equal(refusals('Postgres', pod({ containers: [mounted(...paths)] })), paths.slice(0, 3).map(at));
	assert.equal(
		refusals('Postgres', pod({ initContainers: [mounted('/var/pv')] })),
		[],
		'its webhook does not look there',
	);
	const kafka = mounted('/var/log/kafka', '/var/log/kafka/deeper');
	assert.equal(refusals('Kafka', pod({ containers: [kafka] })).length, 1, 'texts are compared');
	assert.equal(refusals('Kafka', pod({ initContainers: [kafka] })).length, 1);
});

test('variables of a container that KubeDB sets itself', () => {
	const env = [
		{ name: 'POSTGRES_USER', value: 'x' },
		{ name: 'PGTZ', value: 'UTC' },
	];
	assert.equal(refusals('Postgres', pod({ containers: [{ name: 'sidecar', env }] })), [
		'spec.podTemplate.spec.containers[name=sidecar].env[name=POSTGRES_USER].name cannot be POSTGRES_USER: KubeDB sets this variable itself',
	]);
	assert.equal(
		refusals('DocumentDB', pod({ containers: [{ name: 'sidecar', env }] })),
		[],
		'of its own container only',
	);
	assert.equal(refusals('DocumentDB', pod({ containers: [{ name: 'documentdb', env }] })).length, 1);
});

test('each kind looks at the pod templates that its webhook looks at', () => {
	const config = mounted('/usr/share/elasticsearch/config/x');
	const container = { ...config, name: 'elasticsearch' };
	const topology = { master: pod({ containers: [container] }), ingest: pod({ containers: [config] }) };
	assert.equal(refusals('Elasticsearch', { topology, ...pod({ containers: [container] }) }).length, 1);
	assert.equal(refusals('Elasticsearch', pod({ containers: [container] })).length, 1);
	const volumes = [{ name: 'data', emptyDir: {} }];
	const rack = [
		{ name: 'r0', ...pod({ volumes }) },
		{ name: 'r1', ...pod({ volumes: [{ name: 'x', emptyDir: {} }] }) },
	];
	assert.equal(refusals('Cassandra', { topology: { rack } }), [
		"spec.topology.rack[name=r0].podTemplate.spec.volumes[name=data].name cannot be data: KubeDB's pods have a volume of this name",
	]);
});

test('every name of every kind is refused in every place', () => {
	let names = 0;
	for (const kind of kindNames())
		for (const { path, refuse } of reservedChecks(kind)) {
			const [test] = Object.values(refuse.desired ?? {}) as [{ in?: string[]; beneath?: string[] }];
			for (const name of test.in ?? test.beneath ?? []) {
				names++;
				const root: JsonObject = { spec: {} };
				const [list, last] = [parsePath(path).slice(0, -2), parsePath(path).at(-1) as string];
				const concrete = list.map((segment) =>
					segment === '[*]' || segment.endsWith('=*]') ? '[name=c]' : segment === '*' ? 'historicals' : segment,
				);
				setAt(root, concrete, [{ [last]: name }]);
				assert.ok(refusals(kind, root.spec as JsonObject).length > 0, `${kind}: ${path} ${name}`);
			}
		}
	assert.ok(names > 300, `${names} names`);
});

test('what several webhooks check alike: health checks, the exporter, secrets that others manage', () => {
	const refused = (kind: string, spec: JsonObject) => {
		const found: string[] = [];
		checkDatabase(kindOf(kind) as Kind, { spec }, ({ message }) => found.push(message));
		return found.filter((message) => /spec\.(healthChecker|monitor|authSecret)/.test(message));
	};
	assert.equal(refused('Redis', { healthChecker: { periodSeconds: 0, timeoutSeconds: -1, failureThreshold: 1 } }), [
		'spec.healthChecker.periodSeconds cannot be 0: KubeDB takes 1 or more',
		'spec.healthChecker.timeoutSeconds cannot be -1: KubeDB takes 1 or more',
	]);
	assert.equal(refused('Kafka', { healthChecker: { periodSeconds: 0 } }), [], 'its webhook does not look there');
	const monitor = (port: number): JsonObject => ({
		monitor: { agent: 'prometheus.io', prometheus: { exporter: { port } } },
	});
	const why = (port: number) => `spec.monitor.prometheus.exporter.port cannot be ${port}: KubeDB takes 1024 to 65535`;
	assert.equal(refused('Milvus', monitor(80)), [why(80)]);
	assert.equal(refused('Milvus', monitor(65536)), [why(65536)]);
	for (const port of [0, 1024, 65535]) assert.equal(refused('Milvus', monitor(port)), []);
	assert.equal(refused('MySQL', { authSecret: { externallyManaged: true } }), [
		'spec.authSecret.name is missing: an externally managed authSecret needs a name',
	]);
	assert.equal(refused('MySQL', { authSecret: { externallyManaged: true, name: 'mine' } }), []);
	assert.equal(refused('MySQL', { authSecret: { externallyManaged: false } }), []);
	const { agent: _, ...without } = monitor(9187).monitor as JsonObject;
	assert.equal(refused('MySQL', { monitor: without }), ['spec.monitor.agent is missing: spec.monitor needs it']);
});

test.run();
