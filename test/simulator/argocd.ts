/** One Application of Argo CD: a manifest cache that outlives what it was rendered from, waves, health, retries, self-heal. */
import type { JsonObject } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';
import type { Rendered, RenderedDatabase } from '../../src/render/render.js';
import { type Api, isDatabase, keyOf, lastApplied, Refused } from './api.js';
import type { Revision } from './commits.js';
import { nameOf, phaseOf } from './kubedb.js';
import { healthMessage } from './observed.js';
import { memoryOf, type RenderedRevision, renderRevision } from './renderer.js';

interface Sync {
	readonly revision: number;
	readonly waves: readonly (readonly Rendered[])[];
	at: number;
	/** Keys of objects of the current wave whose health is waited for. */
	waiting: string[];
	retries: number;
	readonly outOfSyncOnly: boolean;
}

export type Outcome = 'running' | 'done' | 'failed';

export class ArgoCD {
	readonly cache = new Map<number, RenderedRevision>();
	sync: Sync | undefined;
	/** The revision and outcome of the last operation. */
	last: { revision: number; outcome: Outcome } | undefined;
	/** A render that saw no database was synced after another one had created it: only the fence can tell. */
	raced = false;
	/** What each object of the last sync came to. */
	results: { kind: string; name: string; status: string; message: string }[] = [];
	readonly refusals = { chain: 0, fence: 0, webhook: 0, 'no-replace': 0 };

	constructor(
		private readonly api: Api,
		private readonly history: readonly Revision[],
		private readonly knowsProgress: boolean,
		private readonly say: (text: string) => void,
	) {}

	/** Manifests of a revision, from the cache unless a hard refresh asks for a new render. Errors are not cached. */
	manifests(revision: number, hard = false): RenderedRevision {
		const cached = hard ? undefined : this.cache.get(revision);
		if (cached) return cached;
		const inProgress = this.knowsProgress ? this.sync !== undefined : 'unknown';
		const rendered = renderRevision(this.history[revision] as Revision, (kind, id) =>
			memoryOf(this.api, kind, id, inProgress),
		);
		if (rendered.problems.length > 0) {
			this.say(`render ${revision} refused: ${rendered.problems.join('; ')}`);
			return rendered;
		}
		const shown = rendered.databases.map(({ desired, outcome }) => {
			const names = outcome.operations.map(
				(object) =>
					`${String(getAt(object, ['metadata', 'name']))}[${String(getAt(object, ['metadata', 'annotations', 'kubedb-render/fields']))}]`,
			);
			return `${desired.id.name} ${outcome.row} g${outcome.plan.generation} [${names.join(' ')}]`;
		});
		this.say(`render ${revision}: ${shown.join(', ')}`);
		this.cache.set(revision, rendered);
		return rendered;
	}

	/** Starts a sync of a revision. `only` limits it to some of the objects, as a selective sync and self-heal do. */
	start(
		revision: number,
		options: { only?: (object: JsonObject) => boolean; outOfSyncOnly?: boolean; retries?: number } = {},
	): void {
		if (this.sync) return;
		const { objects, problems } = this.manifests(revision);
		if (problems.length > 0) return;
		const isStale = ({ desired, outcome }: RenderedDatabase) =>
			(outcome.row === 'recreation' || outcome.row === 'creation') &&
			this.api.get(`${desired.id.kind} ${desired.id.namespace}/${desired.id.name}`) !== undefined;
		if (this.manifests(revision).databases.some(isStale)) this.raced = true;
		this.results = [];
		const { only = () => true, outOfSyncOnly = false, retries = 0 } = options;
		const byWave = new Map<number, Rendered[]>();
		for (const each of objects) if (only(each.object)) byWave.set(each.wave, [...(byWave.get(each.wave) ?? []), each]);
		const waves = [...byWave].sort(([a], [b]) => a - b).map(([, each]) => each);
		this.sync = { revision, waves, at: 0, waiting: [], retries, outOfSyncOnly };
		this.say(
			`sync ${revision}${options.only ? ` of ${waves.flat().length} objects` : ''}${outOfSyncOnly ? ' (out of sync only)' : ''}`,
		);
	}

	/** What runs goes on without Argo CD. */
	terminate(): void {
		if (this.sync) this.say('terminated');
		this.sync = undefined;
	}

	step(): void {
		const { sync } = this;
		if (!sync) return;
		if (sync.waiting.length > 0) {
			for (const key of sync.waiting) this.note(this.api.get(key));
			const states = sync.waiting.map((key) => healthOf(this.api.get(key)));
			if (states.includes('progressing')) return;
			if (states.includes('degraded')) return this.end('failed', `${sync.waiting.join(', ')} degraded`);
			sync.waiting = [];
		}
		const wave = sync.waves[sync.at++];
		if (!wave) return this.end('done', '');
		for (const { object } of wave) {
			if (sync.outOfSyncOnly && this.isInSync(object)) continue;
			try {
				this.api.apply('gitops', object);
			} catch (error) {
				if (!(error instanceof Refused)) throw error;
				this.refusals[error.guard]++;
				this.note(object, error.message);
				return this.end('failed', `${error.guard}: ${error.message}`);
			}
			if (hasHealth(object)) sync.waiting.push(keyOf(object));
		}
	}

	/** Keeps what a resource of the sync comes to; the last word counts. */
	private note(object: JsonObject | undefined, refusal?: string): void {
		if (!object) return;
		const [kind, name] = [String(object.kind), nameOf(object)];
		const others = this.results.filter((each) => each.kind !== kind || each.name !== name);
		const status = refusal === undefined ? 'Synced' : 'SyncFailed';
		this.results = [...others, { kind, name, status, message: refusal ?? healthMessage(object) }];
	}

	/** Ends the sync, whatever runs goes on. */
	end(outcome: Outcome, why: string): void {
		const { sync } = this;
		if (!sync) return;
		this.say(`sync ${sync.revision} ${outcome} ${why}`);
		this.sync = undefined;
		this.last = { revision: sync.revision, outcome };
		if (outcome === 'failed' && sync.retries > 0) this.start(sync.revision, { retries: sync.retries - 1 });
	}

	/** Whether the live object has all that the manifest names (a server-side diff). */
	isInSync(manifest: JsonObject): boolean {
		const live = this.api.get(keyOf(manifest));
		if (!live) return false;
		if (manifest.kind === 'ConfigMap') return JSON.stringify(live.data) === JSON.stringify(manifest.data);
		return (
			getAt(live, ['metadata', 'annotations', lastApplied]) === JSON.stringify(manifest) &&
			names(live.spec, manifest.spec)
		);
	}
}

/** Whether everything that `wanted` names is the same in `live`; lists may have items at their end that webhooks added. */
export function names(live: unknown, wanted: unknown): boolean {
	if (Array.isArray(wanted)) return Array.isArray(live) && wanted.every((item, i) => names(live[i], item));
	if (typeof wanted === 'object' && wanted !== null) {
		return (
			typeof live === 'object' &&
			live !== null &&
			Object.entries(wanted).every(([key, value]) => names((live as JsonObject)[key], value))
		);
	}
	return live === wanted;
}

function hasHealth(object: JsonObject): boolean {
	return isDatabase(object) || String(object.kind).endsWith('OpsRequest');
}

function healthOf(object: JsonObject | undefined): 'healthy' | 'progressing' | 'degraded' {
	if (!object) return 'degraded';
	const phase = phaseOf(object);
	if (isDatabase(object)) return phase === 'Ready' ? 'healthy' : 'progressing';
	if (phase === 'Successful') return 'healthy';
	return ['Failed', 'Denied', 'Skipped'].includes(phase) ? 'degraded' : 'progressing';
}
