/**
 * KubeDB's webhooks as far as the protocol meets them: defaults that the database CR did not name, canonical spellings,
 * containers that are added, and the checks of requests against the live database.
 */
import { kindOf } from '../../src/catalog/catalog.js';
import { holds } from '../../src/catalog/condition.js';
import { isObject, type Json, type JsonObject } from '../../src/json.js';
import { canonicalise } from '../../src/render/canonical.js';
import { getAt, isWildcard, itemOf, parsePath, setAt, showPath } from '../../src/render/path.js';
import { quantityValue } from '../../src/render/quantity.js';
import { type Api, Refused } from './api.js';
import { isModelled } from './commits.js';
import { targetsOf } from './intents.js';
import { databaseKey } from './kubedb.js';

const at = (object: JsonObject, path: string): Json | undefined => getAt(object, parsePath(path));
const put = (object: JsonObject, path: string, value: Json): void => setAt(object, parsePath(path), value);
const putDefault = (object: JsonObject, path: string, value: Json): void => {
	if (at(object, path) === undefined) put(object, path, value);
};

/** Defaults, in place. */
export function mutateDatabase(object: JsonObject): void {
	const kind = String(object.kind);
	const facts = kindOf(kind)?.facts;
	if (facts) object.spec = canonicalise(facts, object).spec as Json;
	putDefault(object, 'spec.deletionPolicy', 'Delete');
	if (!isModelled(kind)) return defaultsOf(kind, object);
	putDefault(object, 'spec.replicas', 1);
	const replicas = Number(at(object, 'spec.replicas'));
	if (kind === 'Postgres') {
		defaultContainers(object, 'spec.podTemplate', replicas > 1 ? ['postgres', 'pg-coordinator'] : ['postgres']);
		putDefault(object, 'spec.standbyMode', 'Hot');
		putDefault(object, 'spec.streamingMode', 'Asynchronous');
		putDefault(object, 'spec.sslMode', at(object, 'spec.tls') ? 'verify-full' : 'disable');
		if (!at(object, 'spec.tls')) put(object, 'spec.sslMode', 'disable');
		if (replicas % 2 === 0) {
			const arbiter = at(object, 'spec.arbiter.resources');
			if (!arbiter)
				put(object, 'spec.arbiter.resources', { requests: { cpu: '200m', memory: '256Mi', storage: '2Gi' } });
		}
	} else {
		const clustered = at(object, 'spec.topology.mode') !== undefined;
		defaultContainers(object, 'spec.podTemplate', clustered ? ['mariadb', 'md-coordinator'] : ['mariadb']);
		if (at(object, 'spec.topology.maxscale')) {
			putDefault(object, 'spec.topology.maxscale.replicas', 1);
			defaultContainers(object, 'spec.topology.maxscale.podTemplate', ['maxscale']);
		}
		putDefault(object, 'spec.wsrepSSTMethod', 'rsync');
	}
	for (const certificate of listAt(object, 'spec.tls.certificates'))
		certificate.secretName ??= `${String(at(object, 'metadata.name'))}-${String(certificate.alias)}-cert`;
}

/** Of a kind that is not modelled by hand: the containers that the catalog names for its topology, with resources. */
function defaultsOf(kindName: string, object: JsonObject): void {
	const kind = kindOf(kindName);
	const situation = { desired: object, defaults: kind?.facts.defaults ?? {} };
	for (const { pattern, row, when } of kind?.entries ?? []) {
		const at = pattern.indexOf('podTemplate');
		const name = itemOf(pattern[at + 3] ?? '')?.[1];
		const isResources = at > 0 && pattern.length === at + 5 && pattern.at(-1) === 'resources' && name !== '*';
		if (!isResources || name === undefined || !holds(when, situation, pattern)) continue;
		const names = row?.topology === undefined ? undefined : [row.topology].flat();
		if (names && !names.some((topology) => holds(kind?.facts.topologies[topology], situation))) continue;
		if (pattern.some(isWildcard) || getAt(object, pattern.slice(0, at)) === undefined) continue;
		defaultContainers(object, showPath(pattern.slice(0, at + 1)), [name]);
	}
}

function listAt(object: JsonObject, path: string): JsonObject[] {
	const list = at(object, path);
	return Array.isArray(list) ? list.filter(isObject) : [];
}

function defaultContainers(object: JsonObject, template: string, names: string[]): void {
	for (const name of names) {
		const path = `${template}.spec.containers[name=${name}]`;
		if (at(object, path) === undefined) put(object, path, { name });
		putDefault(object, `${path}.resources`, {
			limits: { memory: '512Mi' },
			requests: { cpu: '250m', memory: '512Mi' },
		});
		putDefault(object, `${path}.securityContext`, { runAsNonRoot: true });
	}
}

export function validateDatabase(old: JsonObject, next: JsonObject): void {
	if (at(old, 'spec.storageType') !== at(next, 'spec.storageType'))
		throw new Refused('webhook', 'spec.storageType is immutable');
}

/** What KubeDB's webhook checks when a request is created. */
export function admitRequest(request: JsonObject, api: Pick<Api, 'get'>): void {
	const refuse = (why: string): never => {
		throw new Refused('webhook', `${String(at(request, 'metadata.name'))}: ${why}`);
	};
	const kind = String(request.kind).replace('OpsRequest', '');
	const database = api.get(databaseKey(request));
	if (!database) return refuse('the database does not exist');
	const spec = request.spec as JsonObject;
	if (!isModelled(kind)) {
		if (spec.type !== 'VolumeExpansion') return;
		for (const [path, size] of targetsOf(String(at(request, 'metadata.name')))) {
			const now = getAt(database, path);
			if ((quantityValue(String(size)) ?? 0n) <= (quantityValue(String(now)) ?? 0n))
				refuse(`${showPath(path)}: ${String(size)} is not larger than ${String(now)}`);
		}
		return;
	}
	switch (spec.type) {
		case 'VolumeExpansion': {
			const sizes: Record<string, string> = {
				postgres: 'spec.storage.resources.requests.storage',
				mariadb: 'spec.storage.resources.requests.storage',
				arbiter: 'spec.arbiter.resources.requests.storage',
				maxscale: 'spec.topology.maxscale.storage.resources.requests.storage',
			};
			const named = Object.entries(spec.volumeExpansion as JsonObject).filter(([node]) => node !== 'mode');
			if (named.length === 0 || !at(request, 'spec.volumeExpansion.mode')) refuse('no node or no mode');
			for (const [node, size] of named) {
				const now = at(database, sizes[node] as string);
				if (now === undefined) refuse(`${node} has no volume`);
				if ((quantityValue(String(size)) ?? 0n) <= (quantityValue(String(now)) ?? 0n))
					refuse(`${node}: ${String(size)} is not larger than ${String(now)}`);
			}
			return;
		}
		case 'HorizontalScaling': {
			const scaling = spec.horizontalScaling as JsonObject;
			if (kind === 'MariaDB') {
				const member = Number(scaling.member);
				if (!(member >= 3 && member <= 9) || at(database, 'spec.topology') === undefined) refuse(`member ${member}`);
			} else if ((scaling.replicas === undefined) === (scaling.readReplicas === undefined))
				refuse('exactly one of replicas and readReplicas');
			return;
		}
		case 'VerticalScaling': {
			const nodes = Object.keys(spec.verticalScaling as JsonObject).filter((node) => node !== 'mode');
			if (nodes.every((node) => node === 'exporter')) refuse('nothing but the exporter');
			for (const { name } of listAt(request, 'spec.verticalScaling.readReplicas'))
				if (at(database, `spec.readReplicas[name=${String(name)}]`) === undefined) refuse(`no group ${String(name)}`);
			return;
		}
		case 'Reconfigure': {
			const configuration = (spec.configuration ?? {}) as JsonObject;
			if (
				!['removeCustomConfig', 'configSecret', 'applyConfig', 'tuning'].some((key) => configuration[key] !== undefined)
			)
				refuse('nothing to reconfigure');
			return;
		}
		case 'ReconfigureTLS': {
			const tls = (spec.tls ?? {}) as JsonObject;
			const forms = [
				tls.remove === true,
				tls.rotateCertificates === true,
				['issuerRef', 'certificates', 'requireSSL'].some((key) => tls[key] !== undefined),
			];
			if (forms.filter(Boolean).length !== 1 && kind === 'MariaDB') refuse('exactly one of remove, rotate and change');
			return;
		}
		case 'StorageMigration':
			if (!spec.timeout || at(database, 'spec.storage.storageClassName') === undefined)
				refuse('no timeout, or no class before');
			return;
	}
}
