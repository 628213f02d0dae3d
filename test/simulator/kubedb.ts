/**
 * KubeDB's ops-manager and provisioner: schedules, skips and merges requests as phases.yaml says, carries them out on
 * what really runs, and writes back into the database CR what written-back.yaml says, when the history says.
 */
import { kindOf } from '../../src/catalog/catalog.js';
import { schemaAt } from '../../src/catalog/schema.js';
import { isObject, type JsonObject } from '../../src/json.js';
import { deleteAt, getAt, type Path, parsePath, setAt } from '../../src/render/path.js';
import { type Api, isDatabase, keyOf } from './api.js';
import { carryOut } from './carry-out.js';
import { isModelled } from './commits.js';
import { carryOutIntent, rememberMerged } from './intents.js';
import type { Random } from './random.js';
import { mutateDatabase } from './webhooks.js';

/** How KubeDB treats the fields of which it is not known whether it writes them back. */
export type WriteBack = 'at-once' | 'late' | 'respelled' | 'never';

/** What really runs, whatever the database CR says. */
export interface Actual {
	/** `{spec}`: managed fields as operations left them. */
	readonly root: JsonObject;
	/** `{spec}` that the pods were started with last. */
	pods: JsonObject;
	/** Content of the Secrets in use, by what for. */
	secrets: Record<string, string>;
	rotations: number;
	restarts: number;
	/** Paths that requests set before they failed. */
	readonly halfDone: string[];
}

/** What KubeDB is known to write back, by operation type (written from KubeDB's documentation, not from the catalog). */
const trusted: Record<string, (path: string) => boolean> = {
	UpdateVersion: () => true,
	HorizontalScaling: (path) => /replicas$/.test(path),
	VerticalScaling: () => true,
	VolumeExpansion: () => true,
	StorageMigration: () => true,
	Reconfigure: (path) => path === 'spec.configuration.secretName',
	ReconfigureTLS: (path) => path === 'spec.tls.issuerRef' || path === 'spec.tls',
	RotateAuth: (path) => path === 'spec.authSecret.name',
};

export class KubeDB {
	readonly actual = new Map<string, Actual>();
	/** How often each request was carried out, by uid. */
	readonly executions = new Map<string, number>();
	/** Requests that changed nothing. */
	redundant = 0;
	done = 0;
	private readonly late: (() => void)[] = [];
	private merges = 0;

	constructor(
		private readonly api: Api,
		private readonly random: Random,
		private readonly writeBack: WriteBack,
		private readonly secretContent: (namespace: string, name: string) => string | undefined,
		private readonly say: (text: string) => void,
	) {}

	/** One step of its work. `failing` is the probability that a request fails; undefined, and it does not end yet. */
	step(failing: number | ((request: JsonObject) => number | undefined)): void {
		const fate = typeof failing === 'number' ? () => failing : failing;
		for (const database of this.api.ofKind(() => true).filter(isDatabase)) this.provision(database);
		if (this.late.length > 0 && this.random.chance(0.3)) this.late.shift()?.();
		const byDatabase = new Map<string, JsonObject[]>();
		for (const request of this.api.ofKind((kind) => kind.endsWith('OpsRequest'))) {
			if (isOver(request)) continue;
			const key = databaseKey(request);
			byDatabase.set(key, [...(byDatabase.get(key) ?? []), request]);
		}
		for (const [key, requests] of byDatabase) this.schedule(key, requests, fate);
	}

	/** Everything that is still to be written back. */
	flush(): void {
		while (this.late.length > 0) this.late.shift()?.();
	}

	private provision(database: JsonObject): void {
		const key = keyOf(database);
		const uid = String(getAt(database, ['metadata', 'uid']));
		if (this.actual.has(`${key} ${uid}`)) return;
		const root = { spec: structuredClone(database.spec ?? {}) };
		const namespace = String(getAt(database, ['metadata', 'namespace']));
		if (hasAuthSecret(String(database.kind)) && getAt(database, ['spec', 'authSecret', 'name']) === undefined) {
			setAt(database, ['spec', 'authSecret', 'name'], `${String(getAt(database, ['metadata', 'name']))}-auth`);
			setAt(root, ['spec', 'authSecret', 'name'], getAt(database, ['spec', 'authSecret', 'name']) ?? null);
		}
		const secrets: Record<string, string> = {};
		for (const [use, path] of [
			['auth', 'spec.authSecret.name'],
			['config', 'spec.configuration.secretName'],
		] as const) {
			const name = getAt(database, parsePath(path));
			const content = typeof name === 'string' ? this.secretContent(namespace, name) : undefined;
			if (content !== undefined) secrets[use] = content;
		}
		this.actual.set(`${key} ${uid}`, {
			root,
			pods: structuredClone(root),
			secrets,
			rotations: 0,
			restarts: 0,
			halfDone: [],
		});
		(database.status as JsonObject).phase = 'Ready';
	}

	actualOf(database: JsonObject): Actual | undefined {
		return this.actual.get(`${keyOf(database)} ${String(getAt(database, ['metadata', 'uid']))}`);
	}

	private schedule(key: string, requests: JsonObject[], fate: (request: JsonObject) => number | undefined): void {
		const running = requests.find((request) => phaseOf(request) === 'Progressing');
		if (running) {
			const failing = fate(running);
			if (failing !== undefined && this.random.chance(0.5)) this.finish(key, running, failing);
			return;
		}
		const waiting = requests.filter((request) => phaseOf(request) !== 'Progressing');
		for (const request of waiting) setPhase(request, 'Pending', '');
		if (!this.api.get(key)) return;
		const { merge, skip, next } = scheduled(waiting);
		if (merge) return this.merge(merge);
		for (const request of skip) this.skip(request, 'a newer request of the type is there');
		if (!next) return;
		setPhase(next, 'Progressing', '');
		this.say(`kubedb runs ${nameOf(next)}`);
	}

	private skip(request: JsonObject, why: string): void {
		setPhase(request, 'Skipped', why);
		this.say(`kubedb skips ${nameOf(request)}`);
	}

	private merge(requests: readonly JsonObject[]): void {
		const merged = mergedRequest(requests, ++this.merges);
		rememberMerged(nameOf(merged), requests.map(nameOf));
		for (const request of requests) this.skip(request, 'merged');
		this.api.apply('kubedb', merged);
	}

	private finish(key: string, request: JsonObject, failing: number): void {
		const database = this.api.get(key);
		const actual = database && this.actualOf(database);
		if (!database || !actual) return setPhase(request, 'Failed', 'the database is gone');
		const fails = this.random.chance(failing);
		// One that fails may have got half-way.
		if (fails && this.random.chance(0.7)) {
			this.say(`kubedb fails ${nameOf(request)}`);
			return setPhase(request, 'Failed', `the stand-in was told to fail ${typeOf(request)}`);
		}
		const paths = this.effect(key, database, actual, request);
		if (fails) actual.halfDone.push(...paths);
		setPhase(request, fails ? 'Failed' : 'Successful', fails ? 'failed after it had changed the database' : '');
		const uid = String(getAt(request, ['metadata', 'uid']));
		if (!fails) this.executions.set(uid, (this.executions.get(uid) ?? 0) + 1);
		this.say(`kubedb ${fails ? 'half-fails' : 'did'} ${nameOf(request)}`);
	}

	private effect(key: string, database: JsonObject, actual: Actual, request: JsonObject): string[] {
		const kind = String(database.kind);
		const type = typeOf(request);
		const before = JSON.stringify([actual.root, actual.secrets, actual.pods, actual.rotations]);
		const paths = this.carryOut(kind, actual, request);
		const namespace = String(getAt(database, ['metadata', 'namespace']));
		if (type === 'RotateAuth') this.readSecret(actual, 'auth', namespace, 'spec.authSecret.name');
		if (type === 'Reconfigure') this.readSecret(actual, 'config', namespace, 'spec.configuration.secretName');
		const rotates = type === 'RotateAuth' && getAt(request, ['spec', 'authentication']) === undefined;
		if (rotates || getAt(request, ['spec', 'tls', 'rotateCertificates']) === true) actual.rotations++;
		if (type === 'Restart') {
			actual.pods = { spec: structuredClone(database.spec ?? {}) };
			actual.restarts++;
		}
		this.done++;
		if (JSON.stringify([actual.root, actual.secrets, actual.pods, actual.rotations]) === before) this.redundant++;
		for (const [path, isTrusted] of paths) this.writeBackField(key, database, actual, path, isTrusted);
		mutateDatabase(database);
		return [...paths.keys()];
	}

	/** The paths that changed, each with whether KubeDB is known to write it back. */
	private carryOut(kind: string, actual: Actual, request: JsonObject): Map<string, boolean> {
		const type = typeOf(request);
		if (!isModelled(kind)) {
			// Pods that an operation restarts have what it brought.
			carryOutIntent(kind, actual.pods, nameOf(request), type);
			return carryOutIntent(kind, actual.root, nameOf(request), type);
		}
		if (type === 'ReconfigureTLS') carryOut(kind, actual.pods, request);
		const paths = carryOut(kind, actual.root, request);
		return new Map(paths.map((path) => [path, isTrusted(type, path)]));
	}

	private readSecret(actual: Actual, use: string, namespace: string, path: string): void {
		const name = getAt(actual.root, parsePath(path));
		const content = typeof name === 'string' ? this.secretContent(namespace, name) : undefined;
		if (content === undefined) delete actual.secrets[use];
		else actual.secrets[use] = content;
	}

	private writeBackField(key: string, database: JsonObject, actual: Actual, path: string, isTrusted: boolean): void {
		const write = () => {
			const now = this.api.get(key);
			if (!now || getAt(now, ['metadata', 'uid']) !== getAt(database, ['metadata', 'uid'])) return;
			const value = getAt(actual.root, parsePath(path));
			if (value === undefined) deleteAt(now, parsePath(path));
			else
				setAt(
					now,
					parsePath(path),
					this.writeBack === 'respelled' && !isTrusted && isText(path) ? respelled(value) : structuredClone(value),
				);
			// KubeDB's own writes pass its webhook too.
			mutateDatabase(now);
		};
		if (isTrusted || this.writeBack === 'at-once' || this.writeBack === 'respelled') write();
		else if (this.writeBack === 'late') this.late.push(write);
	}
}

function hasAuthSecret(kind: string): boolean {
	return schemaAt(kind, ['authSecret', 'name']) !== undefined;
}

/** Which of the waiting requests of a database, oldest first, KubeDB runs next, skips or merges (phases.yaml, `scheduling`). */
export function scheduled(waiting: readonly JsonObject[]): {
	readonly next?: JsonObject;
	readonly skip: readonly JsonObject[];
	readonly merge?: readonly JsonObject[];
} {
	const oldest = waiting[0];
	if (!oldest) return { skip: [] };
	const alike = waiting.filter((request) => typeOf(request) === typeOf(oldest));
	if (typeOf(oldest) === 'Reconfigure' && alike.length > 1) return { skip: [], merge: alike };
	return { next: alike.at(-1) as JsonObject, skip: alike.slice(0, -1) };
}

/** The request that several waiting Reconfigures become. It has neither their annotations nor their timeout. */
export function mergedRequest(requests: readonly JsonObject[], suffix: number): JsonObject {
	const first = requests[0] as JsonObject;
	const merged = structuredClone(first);
	const { name: _, annotations: __, ...metadata } = merged.metadata as JsonObject;
	const name = `${String(databaseKey(first).split('/')[1])}-rcfg-merged-${suffix}`;
	merged.metadata = { ...metadata, name };
	const configurations = requests.map((request) => (request.spec as JsonObject).configuration);
	const configuration = Object.assign({}, ...configurations);
	if (Object.keys(configuration).length > 0) (merged.spec as JsonObject).configuration = configuration;
	delete merged.status;
	return merged;
}

/** Whether KubeDB is known to write a path into the database CR when an operation of a type succeeds. */
export function isTrusted(type: string, path: string): boolean {
	return trusted[type]?.(path) ?? false;
}

/** Whether a path leads to a text whose spelling means nothing, not to a name or one of some words. */
function isText(path: string): boolean {
	return /\.(?:inline|applyConfig)\b/.test(path);
}

/** As KubeDB re-indents a configuration text. */
export function respelled(value: import('../../src/json.js').Json): import('../../src/json.js').Json {
	if (typeof value === 'string') return `${value}\n`;
	if (!isObject(value)) return structuredClone(value);
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, respelled(member)]));
}

export function phaseOf(object: JsonObject): string {
	return String(getAt(object, ['status', 'phase']) ?? '');
}

export function setPhase(object: JsonObject, phase: string, message: string): void {
	object.status = { phase, conditions: [{ type: phase, status: 'True', message }] };
}

export function isOver(request: JsonObject): boolean {
	return ['Successful', 'Failed', 'Denied', 'Skipped'].includes(phaseOf(request));
}

export function typeOf(request: JsonObject): string {
	return String(getAt(request, ['spec', 'type']));
}

export function nameOf(request: JsonObject): string {
	return String(getAt(request, ['metadata', 'name']));
}

/** Where an OpsRequest of a kind names its database. */
function referenceOf(kind: string): Path {
	return parsePath(kindOf(kind)?.facts.reference ?? 'spec.databaseRef.name');
}

/** The key of the database that a request is for. */
export function databaseKey(request: JsonObject): string {
	const kind = String(request.kind).replace('OpsRequest', '');
	return `${kind} ${String(getAt(request, ['metadata', 'namespace']))}/${String(getAt(request, referenceOf(kind)))}`;
}
