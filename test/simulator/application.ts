/**
 * An Application on the simulator with the face of the one in e2e/application.ts: the stories of the real Argo CD are
 * told here word for word, with the same end. Time passes while one looks.
 */
import type { Application, Seen, SyncOptions } from '../../e2e/application.js';
import type { Client } from '../../e2e/cluster/client.js';
import type { Behaviour } from '../../e2e/operator/operator.js';
import { kindOf } from '../../src/catalog/catalog.js';
import type { Json, JsonObject } from '../../src/json.js';
import { getAt, setAt } from '../../src/render/path.js';
import { merged } from '../kind-tables.js';
import { Api, isDatabase, keyOf } from './api.js';
import { ArgoCD } from './argocd.js';
import { namespace, type Revision } from './commits.js';
import { KubeDB, nameOf, phaseOf, typeOf } from './kubedb.js';
import { applicationObject, healthOfAll, isSynced, seenOf } from './observed.js';
import { randomFrom } from './random.js';
import { simulatedClient } from './simulated-client.js';
import { revisionOf, type WorkingTree } from './working-tree.js';

/** Steps of Argo CD and of KubeDB after which nothing more is to be expected. */
const ENOUGH = 3000;

export class SimulatedApplication implements Application {
	readonly name = namespace;
	readonly folder = '/nonexistent';
	readonly kubedb: Behaviour = { seconds: 0, fails: new Set(), failsFor: new Set(), held: false, writesAllBack: false };
	readonly kube: Client;
	private readonly api: Api;
	private readonly revisions: Revision[] = [];
	private readonly tags = new Map<string, number>();
	private readonly files: WorkingTree = new Map();
	private readonly argo: ArgoCD;
	private readonly operator: KubeDB;
	/** When each object was first seen, and first seen to be over, by uid. */
	private readonly times = new Map<string, { began: number; ended?: number }>();
	private now = 0;
	private target = 'HEAD';
	private isApproved = false;
	/** A sync with prune that waits for a person. */
	private waits: { revision: number; objects: JsonObject[] } | undefined;

	constructor(
		private readonly automated = false,
		guards = { chain: true, fence: true },
	) {
		this.api = new Api(guards);
		this.kube = simulatedClient(this.api, () => this.tick());
		const say = () => {};
		// Chances of one half and more come true: a request ends in the next step, and one that fails leaves nothing.
		const random = { ...randomFrom(0), chance: (probability: number) => probability >= 0.5 };
		const content = (_: string, name: string) => {
			const secret = this.api.get(`Secret ${namespace}/${name}`);
			return secret ? String(getAt(secret, ['stringData', 'x'])) : undefined;
		};
		this.operator = new KubeDB(this.api, random, 'never', content, say);
		this.argo = new ArgoCD(this.api, this.revisions, true, say);
	}

	/** Names of the requests that were carried out, as often as they were. */
	executions(): readonly string[] {
		const names = new Map(this.requests().map((object) => [uidOf(object), nameOf(object)]));
		return [...this.operator.executions].flatMap(([uid, count]) => Array(count).fill(names.get(uid) ?? uid));
	}

	loseCache(): void {
		this.argo.cache.clear();
	}

	private tick(): void {
		this.now++;
		const { held, fails, failsFor } = this.kubedb;
		this.argo.step();
		this.operator.step((request) => {
			if (held) return undefined;
			const isBad = fails.has(typeOf(request)) || failsFor.has(String(getAt(request, ['spec', 'databaseRef', 'name'])));
			return isBad ? 1 : 0;
		});
		for (const object of this.requests()) {
			const time = this.times.get(uidOf(object)) ?? { began: this.now };
			if (['Successful', 'Failed', 'Skipped'].includes(phaseOf(object))) time.ended ??= this.now;
			this.times.set(uidOf(object), time);
		}
		if (this.waits && this.isApproved) {
			for (const object of this.waits.objects) this.api.delete(keyOf(object));
			this.argo.start(this.waits.revision);
			this.waits = undefined;
		}
		if (this.automated) this.syncByItself();
	}

	/** A revision that was not tried yet is synced, and one that was synced is healed. */
	private syncByItself(): void {
		const { argo, tracked } = this;
		if (argo.sync || this.revisions.length === 0) return;
		const isNew = argo.last?.revision !== tracked;
		const isOff =
			argo.last?.outcome === 'done' && argo.manifests(tracked).objects.some(({ object }) => !this.is(object));
		if (isNew || isOff) argo.start(tracked, { retries: 5 });
	}

	private is(object: JsonObject): boolean {
		return isSynced(this.argo, this.api, object);
	}

	private passUntil(what: string, isSo: () => boolean): void {
		for (let i = 0; !isSo(); i++) {
			if (i > ENOUGH) throw new Error(`still not: ${what}`);
			this.tick();
		}
	}

	private get tracked(): number {
		return this.tags.get(this.target) ?? this.revisions.length - 1;
	}

	private requests(): JsonObject[] {
		return this.api.ofKind((kind) => kind.endsWith('OpsRequest'));
	}

	async commit(files: Record<string, JsonObject | string | undefined>): Promise<string> {
		for (const [name, content] of Object.entries(files)) {
			if (content === undefined) this.files.delete(name);
			else this.files.set(name, content);
		}
		this.revisions.push(revisionOf(this.files));
		return this.head();
	}

	async head(): Promise<string> {
		return `r${this.revisions.length - 1}`;
	}

	/** `tag [-f] NAME [REVISION]` is all that stories ask for. */
	async git(...args: string[]): Promise<string> {
		const [verb, name = '', revision = await this.head()] = args.filter((each) => each !== '-f');
		if (verb !== 'tag') throw new Error(`not simulated: git ${args.join(' ')}`);
		this.tags.set(name, Number(revision.slice(1)));
		return '';
	}

	async patch(patch: JsonObject): Promise<JsonObject> {
		const revision = getAt(patch, ['spec', 'source', 'targetRevision']);
		const approval = getAt(patch, ['metadata', 'annotations', 'argocd.argoproj.io/deletion-approved']);
		if (revision !== undefined) this.target = String(revision);
		else if (approval !== undefined) this.isApproved = true;
		else throw new Error(`not simulated: ${JSON.stringify(patch)}`);
		return this.object();
	}

	async forget(): Promise<void> {}

	async object(): Promise<JsonObject> {
		this.tick();
		return applicationObject(await this.see(), this.argo, this.tracked);
	}

	async refresh(how: 'normal' | 'hard' = 'normal'): Promise<Seen> {
		this.argo.manifests(this.tracked, how === 'hard');
		this.tick();
		return this.see();
	}

	async startSync({ revision, prune, syncOptions = [], resources, force }: SyncOptions = {}): Promise<void> {
		if (force || syncOptions.some((each) => each !== 'ApplyOutOfSyncOnly=true'))
			throw new Error(`not simulated: ${syncOptions.join()} force ${force}`);
		const at = revision === undefined ? this.revisions.length - 1 : Number(revision.slice(1));
		const left = prune ? this.leftBehind(at) : [];
		if (left.length > 0) {
			this.waits = { revision: at, objects: left };
			return;
		}
		const isChosen = (object: JsonObject) =>
			resources?.some(({ kind, name }) => kind === object.kind && name === nameOf(object)) ?? true;
		this.argo.start(at, {
			outOfSyncOnly: syncOptions.includes('ApplyOutOfSyncOnly=true'),
			...(resources ? { only: isChosen } : {}),
		});
	}

	/** What Argo CD applied once and a revision does not have; OpsRequests are never pruned. */
	private leftBehind(revision: number): JsonObject[] {
		const keys = new Set(this.argo.manifests(revision).objects.map(({ object }) => keyOf(object)));
		const isOurs = (object: JsonObject) => isDatabase(object) || object.kind === 'ConfigMap';
		return this.api.ofKind(() => true).filter((object) => isOurs(object) && !keys.has(keyOf(object)));
	}

	async syncEnds(): Promise<Seen> {
		this.passUntil('the sync ends', () => !this.argo.sync && !this.waits);
		return this.see();
	}

	async terminate(): Promise<Seen> {
		this.argo.end('failed', 'terminated');
		return this.see();
	}

	async sync(options: SyncOptions = {}): Promise<Seen> {
		await this.startSync(options);
		return this.syncEnds();
	}

	async see(): Promise<Seen> {
		const rendered = this.argo.manifests(this.tracked);
		const health = healthOfAll(rendered.objects.map(({ object }) => this.api.get(keyOf(object)) ?? object));
		const isDone = rendered.problems.length === 0 && rendered.objects.every(({ object }) => this.is(object));
		return seenOf(this.argo, rendered.problems, isDone && this.leftBehind(this.tracked).length === 0, health);
	}

	databasePath(name = 'pg', kind = 'Postgres'): string {
		const { database, plural } = kindOf(kind)?.facts ?? { database: '', plural: '' };
		return `/apis/${database}/namespaces/${namespace}/${plural}/${name}`;
	}

	database(name = 'pg', kind = 'Postgres'): Promise<JsonObject | undefined> {
		return this.kube.get(this.databasePath(name, kind));
	}

	async field(path: readonly string[], name = 'pg', kind = 'Postgres'): Promise<Json | undefined> {
		return getAt(await this.database(name, kind), path);
	}

	async operations(): ReturnType<Application['operations']> {
		const text = (time: number | undefined) => String(time ?? '').padStart(9, '0');
		return this.requests()
			.map((request) => {
				const { began, ended } = this.times.get(uidOf(request)) ?? { began: this.now };
				const conditions = [{ lastTransitionTime: text(ended) }];
				const object = merged(request, { status: { conditions } }) as JsonObject;
				setAt(object, ['metadata', 'creationTimestamp'], text(began));
				return { name: nameOf(request), type: typeOf(request), phase: phaseOf(request), object, began };
			})
			.sort((a, b) => a.began - b.began || (a.name < b.name ? -1 : 1));
	}

	async summary(): Promise<string[]> {
		return (await this.operations()).map(({ type, phase }) => `${type} ${phase}`);
	}

	async waitForOperation(phase: string, count = 1): Promise<void> {
		const wanted = phase === 'waiting' ? ['', 'Pending'] : [phase];
		const isIn = (object: JsonObject) => wanted.includes(phaseOf(object));
		this.passUntil(`${count} operations are ${phase}`, () => this.requests().filter(isIn).length >= count);
	}

	async pause(milliseconds: number): Promise<void> {
		for (let i = 0; i < milliseconds / 100; i++) this.tick();
	}

	memory(role: 'plan' | 'state', name = 'pg', kind = 'postgres'): Promise<JsonObject | undefined> {
		return this.kube.get(`/api/v1/namespaces/${namespace}/configmaps/${name}-${kind}-${role}`);
	}

	async fingerprint(): Promise<string> {
		return JSON.stringify(this.api.ofKind((kind) => kind !== 'Secret'));
	}
}

function uidOf(object: JsonObject): string {
	return String(getAt(object, ['metadata', 'uid']));
}
