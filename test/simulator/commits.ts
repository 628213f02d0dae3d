/** What people commit: changes of every kind, taken from few values so that reverts and returns are frequent. */
import type { Json, JsonObject } from '../../src/json.js';
import { deleteAt, getAt, parsePath, setAt } from '../../src/render/path.js';
import type { Random } from './random.js';
import { changeFromTable, newFromTable } from './table-commits.js';

/** A revision of the repository: gitops CRs by `Kind name`, and the content of Secrets by name. */
export interface Revision {
	readonly databases: Readonly<Record<string, JsonObject>>;
	readonly secrets: Readonly<Record<string, string>>;
}

export const namespace = 'demo';

/** Kinds whose operations and webhooks are written by hand here; the others follow the catalog and their tables. */
export function isModelled(kind: string): boolean {
	return kind === 'Postgres' || kind === 'MariaDB';
}

export function newDatabase(kind: string, name: string, random: Random): JsonObject {
	if (!isModelled(kind)) return newFromTable(kind, name, namespace, random);
	const main = kind === 'Postgres' ? 'postgres' : 'mariadb';
	const spec: JsonObject = {
		version: '16.6',
		replicas: kind === 'Postgres' ? random.pick([1, 3]) : 3,
		storageType: 'Durable',
		deletionPolicy: 'Delete',
		storage: { storageClassName: 'a', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
	};
	if (random.chance(0.8)) spec.podTemplate = { spec: { containers: [{ name: main, resources: resources(random) }] } };
	if (kind === 'MariaDB' && random.chance(0.4))
		spec.topology = {
			mode: 'MariaDBReplication',
			maxscale: { replicas: 3, storage: { resources: { requests: { storage: '1Gi' } } } },
		};
	return { apiVersion: 'gitops.kubedb.com/v1alpha1', kind, metadata: { name, namespace, annotations: {} }, spec };
}

function resources(random: Random): JsonObject {
	const memory = random.pick(['1Gi', '2Gi']);
	return {
		requests: { cpu: random.pick(['500m', '1', '0.5']), memory },
		...(random.chance(0.8) ? { limits: { memory } } : {}),
	};
}

type Change = (object: JsonObject, random: Random) => void;

const set = (object: JsonObject, path: string, value: Json) => setAt(object, parsePath(path), value);
const get = (object: JsonObject, path: string) => getAt(object, parsePath(path));
const drop = (object: JsonObject, path: string) => deleteAt(object, parsePath(path));
const mainOf = (object: JsonObject) => (object.kind === 'Postgres' ? 'postgres' : 'mariadb');
const token =
	(name: string): Change =>
	(object, random) =>
		set(object, 'metadata.annotations', {
			...(get(object, 'metadata.annotations') as JsonObject),
			[`kubedb-render/${name}`]: String(random.below(4)),
		});

const common: Change[] = [
	(object, random) => set(object, 'spec.version', random.pick(['16.6', '17.2', '16.8'])),
	(object, random) =>
		set(object, `spec.podTemplate.spec.containers[name=${mainOf(object)}].resources`, resources(random)),
	(object, random) =>
		set(object, `spec.podTemplate.spec.containers[name=${mainOf(object)}].resources`, resources(random)),
	(object, random) => set(object, 'spec.storage.resources.requests.storage', random.pick(['1Gi', '2Gi', '3Gi', '4Gi'])),
	(object, random) => set(object, 'spec.storage.resources.requests.storage', random.pick(['1Gi', '2Gi', '3Gi', '4Gi'])),
	(object, random) => set(object, 'spec.storage.storageClassName', random.pick(['a', 'b'])),
	(object, random) =>
		set(object, 'spec.configuration.inline', random.pick([{ 'user.conf': 'a=1' }, { 'user.conf': 'a=2' }])),
	(object) => drop(object, 'spec.configuration.inline'),
	(object, random) => set(object, 'spec.configuration.secretName', random.pick(['conf-1', 'conf-2'])),
	(object) => drop(object, 'spec.configuration.secretName'),
	(object, random) => set(object, 'spec.authSecret.name', random.pick(['auth-1', 'auth-2'])),
	(object, random) =>
		set(object, 'spec.tls', {
			issuerRef: { name: random.pick(['i', 'j']), kind: 'Issuer', apiGroup: 'cert-manager.io' },
		}),
	(object, random) =>
		set(object, 'spec.tls', {
			issuerRef: { name: 'i', kind: 'Issuer' },
			certificates: [{ alias: 'server', subject: { organizations: [random.pick(['x', 'y'])] } }],
		}),
	(object) => {
		drop(object, 'spec.tls');
		drop(object, 'spec.sslMode');
		drop(object, 'spec.requireSSL');
	},
	(object, random) =>
		set(object, `spec.podTemplate.spec.containers[name=${mainOf(object)}].env`, [
			{ name: 'X', value: random.pick(['1', '2', '3']) },
		]),
	(object, random) =>
		set(object, 'spec.monitor', {
			agent: 'prometheus.io',
			prometheus: { exporter: { port: random.pick([1000, 2000]) } },
		}),
	(object, random) => set(object, 'spec.deletionPolicy', random.pick(['Delete', 'WipeOut', 'Halt'])),
	(object, random) => set(object, 'metadata.labels', { team: random.pick(['x', 'y']) }),
	token('restart'),
	token('rotate-auth'),
	token('retry'),
	(object, random) => get(object, 'spec.tls') && token('rotate-certificates')(object, random),
];

const own: Record<string, Change[]> = {
	Postgres: [
		(object, random) => set(object, 'spec.replicas', random.pick([1, 2, 3, 5])),
		(object, random) => set(object, 'spec.replicas', random.pick([3, 5])),
		(object, random) => get(object, 'spec.tls') && set(object, 'spec.sslMode', random.pick(['require', 'verify-ca'])),
		(object, random) => set(object, 'spec.streamingMode', random.pick(['Asynchronous', 'Synchronous'])),
		(object, random) => set(object, 'spec.configuration.tuning', { profile: random.pick(['web', 'oltp']) }),
		(object) => drop(object, 'spec.configuration.tuning'),
		(object, random) => {
			if (Number(get(object, 'spec.replicas')) > 1 && get(object, 'spec.podTemplate.spec.containers'))
				set(object, 'spec.podTemplate.spec.containers[name=pg-coordinator].resources', resources(random));
		},
		(object, random) => {
			const groups = [
				{ name: 'r1', replicas: random.pick([1, 2]) },
				{ name: 'r2', replicas: 1, resources: resources(random) },
			];
			set(object, 'spec.readReplicas', random.pick([[groups[0]], [groups[1]], groups]) as Json);
		},
		(object) => drop(object, 'spec.readReplicas'),
	],
	MariaDB: [
		(object, random) => set(object, 'spec.replicas', random.pick([3, 5, 7])),
		(object, random) =>
			get(object, 'spec.topology') && set(object, 'spec.topology.maxscale.replicas', random.pick([3, 4])),
		(object, random) =>
			get(object, 'spec.topology') &&
			set(object, 'spec.topology.maxscale.storage.resources.requests.storage', random.pick(['1Gi', '2Gi'])),
		(object, random) => get(object, 'spec.tls') && set(object, 'spec.requireSSL', random.pick([true, false])),
		(object, random) => {
			const inline = random.pick([{ 'a.cnf': 'x' }, { 'a.cnf': 'x', 'b.cnf': 'y' }, { 'b.cnf': 'z' }]);
			set(object, 'spec.configuration.inline', inline);
		},
		(object, random) => {
			if (get(object, 'spec.podTemplate.spec.containers'))
				set(object, 'spec.podTemplate.spec.containers[name=md-coordinator].resources', resources(random));
		},
	],
};

/** What holds for every kind that has a table. */
const tabled: Change[] = [
	changeFromTable,
	changeFromTable,
	changeFromTable,
	changeFromTable,
	changeFromTable,
	token('restart'),
	token('retry'),
	(object, random) => set(object, 'spec.deletionPolicy', random.pick(['Delete', 'WipeOut'])),
];

/** The next revision after a history of them: a change, or a return to an earlier one. */
export function nextRevision(
	history: readonly Revision[],
	names: readonly string[],
	random: Random,
	mayRemove: boolean,
): Revision {
	const last = history.at(-1);
	if (!last) {
		const databases = Object.fromEntries(
			names.map((key) => [key, newDatabase(...(key.split(' ') as [string, string]), random)]),
		);
		return { databases, secrets: { 'conf-1': 'c', 'auth-1': 'p' } };
	}
	if (random.chance(0.25)) return structuredClone(random.pick(history));
	const next = structuredClone(last) as { databases: Record<string, JsonObject>; secrets: Record<string, string> };
	const key = random.pick(names);
	if (mayRemove && random.chance(0.05)) {
		if (next.databases[key]) delete next.databases[key];
		else next.databases[key] = newDatabase(...(key.split(' ') as [string, string]), random);
		return next;
	}
	if (random.chance(0.06)) next.secrets[random.pick(['conf-1', 'auth-1'])] = random.pick(['c', 'p', 'q']);
	const object = next.databases[key];
	if (!object) return next;
	const changes = isModelled(String(object.kind)) ? [...common, ...(own[String(object.kind)] ?? [])] : tabled;
	for (let i = 1 + random.below(3); i > 0; i--) random.pick(changes)(object, random);
	return next;
}
