/**
 * One random history where CI renders without seeing the cluster and Flux applies the newest tree that it fetched:
 * commits, skipped trees, late acknowledgement, a tag moved back, failures; then the calm, and the check of what is left.
 */
import type { Kind } from '../../src/catalog/catalog.js';
import { operationFactsOf } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import { contentOf, remembered } from '../../src/memory/files.js';
import { configMapName, type Identity, type Plan, type State } from '../../src/memory/memory.js';
import { liveOf } from '../../src/render/live.js';
import { getAt, parsePath, setAt } from '../../src/render/path.js';
import type { Memory } from '../../src/render/situation.js';
import { type Operation, operationsOf } from '../../src/render/standing.js';
import { Api } from './api.js';
import { namespace, nextRevision, type Revision } from './commits.js';
import { differenceIn } from './difference.js';
import { type Artifact, Flux } from './flux.js';
import { type Ending, ending, type Result } from './history.js';
import { KubeDB, phaseOf, type WriteBack } from './kubedb.js';
import { type Random, randomFrom } from './random.js';
import { forgetRenders, renderRevision } from './renderer.js';

export class CiHistory {
	private readonly random: Random;
	private readonly api: Api;
	private readonly flux: Flux;
	private readonly kubedb: KubeDB;
	private readonly revisions: Revision[] = [];
	private readonly published: { readonly artifact: Artifact; readonly revision: Revision }[] = [];
	private readonly log: string[] = [];
	private readonly names: string[];
	/** What CI knows to be applied. */
	private readonly acknowledged = new Map<string, State>();
	/** CI reads the states in the cluster instead, and how large volumes are. */
	private readonly seesStates: boolean;

	constructor(
		readonly seed: number,
		private readonly verbose: boolean,
	) {
		forgetRenders();
		this.random = randomFrom(seed);
		const { random } = this;
		this.names = random.pick([['Postgres pg'], ['MariaDB md'], ['Postgres pg'], ['Postgres pg', 'MariaDB md']]);
		this.seesStates = random.chance(0.3);
		this.api = new Api({ chain: true, fence: true });
		const say = (text: string) => this.say(text);
		const content = (_: string, name: string) => {
			const secret = this.api.get(`Secret ${namespace}/${name}`);
			return secret ? String(getAt(secret, ['stringData', 'x'])) : undefined;
		};
		const writeBack = random.pick<WriteBack>(['at-once', 'late', 'respelled', 'never']);
		this.kubedb = new KubeDB(this.api, random, writeBack, content, say);
		this.flux = new Flux(this.api, say);
		say(
			`databases ${this.names.join(', ')}, write-back ${writeBack}, CI ${this.seesStates ? 'sees states' : 'is told'}`,
		);
	}

	run(): Result {
		let fence = 0;
		const { verdict, rounds } = ending(() => {
			this.commit();
			this.publish();
			for (let n = 20 + this.random.below(130); n > 0; n--) this.event();
			fence = this.flux.refusals.fence;
			return this.settle();
		});
		const { kubedb, api, seed, log } = this;
		const executedTwice = [...kubedb.executions.values()].filter((count) => count > 1).length;
		const { done, redundant } = kubedb;
		const { violations } = api;
		return {
			seed,
			verdict,
			rounds,
			violations,
			fence,
			done,
			redundant,
			executedTwice,
			stormy: false,
			needsFence: false,
			log,
		};
	}

	private say(text: string): void {
		if (this.verbose) this.log.push(text);
	}

	private commit(revision?: Revision): void {
		const next = revision ?? nextRevision(this.revisions, this.names, this.random, false);
		for (const object of Object.values(next.databases)) withoutIdleCoordinator(object);
		this.revisions.push(next);
		this.say(`commit ${this.revisions.length - 1} ${JSON.stringify(this.revisions.at(-1)?.databases)}`);
	}

	private event(): void {
		const { random, flux, published } = this;
		const dice = random.next();
		if (dice < 0.08) {
			this.commit();
			this.publish();
		} else if (dice < 0.13) this.publish();
		else if (dice < 0.23) this.fetch();
		else if (dice < 0.24 && published.length > 0) flux.fetch(random.pick(published).artifact);
		else if (dice < 0.33) this.acknowledge();
		else if (dice < 0.55) this.kubedb.step(0.15);
		else flux.step();
	}

	private fetch(): void {
		const last = this.published.at(-1);
		if (last) this.flux.fetch(last.artifact);
	}

	/** CI renders the head of the repository and pushes it, or is refused. */
	private publish(): boolean {
		const revision = this.revisions.at(-1) as Revision;
		const rendered = renderRevision(revision, (kind, id) => this.memoryOf(kind, id));
		if (rendered.problems.length > 0) {
			this.say(`refused: ${rendered.problems.join('; ')}`);
			return false;
		}
		const shown = rendered.databases.map(
			({ outcome }) =>
				`${outcome.row} g${outcome.plan.generation} ${outcome.plan.digest.slice(0, 6)} [${operationsOf(outcome).map(({ name, fields }) => `${name}(${fields})`)}]`,
		);
		this.say(`publish ${shown.join(', ')}`);
		this.published.push({ artifact: { rendered, secrets: revision.secrets }, revision });
		return true;
	}

	private memoryOf(kind: Kind, id: Identity): Memory {
		const state = this.seesStates ? this.stateIn(id) : this.acknowledged.get(id.name);
		const database = this.api.get(`${id.kind} ${id.namespace}/${id.name}`);
		const seen = this.seesStates && database ? liveOf(kind, id, database) : undefined;
		const plan = this.planOf(id);
		return { plan, state, live: 'unknown', requests: 'unknown', inProgress: 'unknown', published: true, seen };
	}

	/** The last published plan, as a later run reads it from the tree. */
	private planOf(id: Identity): Plan | undefined {
		const objects = this.published.at(-1)?.artifact.rendered.objects.map(({ object }) => object) ?? [];
		const found = objects.find((object) => getAt(object, ['metadata', 'name']) === configMapName(id, 'plan'));
		return found && remembered(id, contentOf(found), undefined).plan;
	}

	/** The state in the last published tree, whether or not it was applied: for the break that takes it for done. */
	stateOfPublished(id: Identity): State | undefined {
		const objects = this.published.at(-1)?.artifact.rendered.objects.map(({ object }) => object) ?? [];
		const found = objects.find((object) => getAt(object, ['metadata', 'name']) === configMapName(id, 'state'));
		return found && remembered(id, undefined, contentOf(found)).state;
	}

	private stateIn(id: Identity): State | undefined {
		const object = this.api.get(`ConfigMap ${id.namespace}/${configMapName(id, 'state')}`);
		return object && remembered(id, undefined, contentOf(object)).state;
	}

	/** Somebody confirms that the published tree was applied, for the databases where it was. */
	private acknowledge(): void {
		for (const { desired, outcome } of this.published.at(-1)?.artifact.rendered.databases ?? []) {
			const state = this.stateIn(desired.id);
			if (state?.digest !== outcome.plan.digest || this.acknowledged.get(desired.id.name) === state) continue;
			this.acknowledged.set(desired.id.name, state);
			this.say(`acknowledged ${state.digest.slice(0, 6)}`);
		}
	}

	/** What a person would do: wait, acknowledge, name what failed in a retry token, take back what is refused. */
	private settle(): Ending {
		for (let round = 0; round < 8; round++) {
			for (let i = 0; i < 60; i++) {
				this.kubedb.step(0);
				this.flux.step();
			}
			this.kubedb.flush();
			this.fetch();
			for (let i = 0; i < 160; i++) {
				this.flux.step();
				this.kubedb.step(0);
			}
			this.kubedb.flush();
			this.acknowledge();
			if (!this.publish()) {
				this.commit(this.lastPublished());
				this.publish();
			}
			const databases = this.published.at(-1)?.artifact.rendered.databases ?? [];
			if (databases.every(({ outcome }) => outcome.settled)) {
				this.fetch();
				for (let i = 0; i < 20; i++) this.flux.step();
				return {
					verdict: differenceIn(this.revisions.at(-1) as Revision, this.api, this.kubedb) ?? 'ok',
					rounds: round,
				};
			}
			if (this.retry()) this.publish();
		}
		return { verdict: 'stuck', rounds: 8 };
	}

	private lastPublished(): Revision {
		return structuredClone((this.published.at(-1) ?? { revision: this.revisions[0] as Revision }).revision);
	}

	/** A new token for each operation that has failed; a larger volume where KubeDB has expanded it in spite of that. */
	private retry(): boolean {
		const next = structuredClone(this.revisions.at(-1) as Revision);
		let failed = false;
		for (const { desired, outcome } of this.published.at(-1)?.artifact.rendered.databases ?? []) {
			const object = next.databases[`${desired.id.kind} ${desired.id.name}`] as JsonObject;
			const annotations = getAt(object, ['metadata', 'annotations']) as JsonObject;
			const database = this.api.get(`${desired.id.kind} ${namespace}/${desired.id.name}`);
			for (const operation of operationsOf(outcome)) {
				const { name, type, manifest } = operation;
				const request = this.api.get(`${String(manifest.kind)} ${namespace}/${name}`);
				const isMoot = !request && database !== undefined && this.grow(object, operation, database);
				const isOver = request && ['Failed', 'Skipped'].includes(phaseOf(request));
				if (!isOver && !isMoot) continue;
				const token = `kubedb-render/retry.${operationFactsOf(type).slug}`;
				annotations[token] = `${String(annotations[token] ?? '')}+`;
				failed = true;
			}
		}
		if (failed) this.commit(next);
		return failed;
	}

	/** KubeDB refuses an expansion to what a volume has already. Who cannot see that from CI makes it larger still. */
	private grow(object: JsonObject, { type, fields }: Operation, database: JsonObject): boolean {
		if (type !== 'VolumeExpansion') return false;
		const path = parsePath(fields[0] as string);
		const [now, wanted] = [database, object].map((each) => Number.parseInt(String(getAt(each, path)), 10));
		if (now === undefined || wanted === undefined || now < wanted) return false;
		if (!this.seesStates) setAt(object, path, `${wanted + 1}Gi`);
		return true;
	}
}

/** KubeDB drops the coordinator of a server that stands alone, and what was asked for it; CI does not see that. */
function withoutIdleCoordinator(object: JsonObject): void {
	const path = ['spec', 'podTemplate', 'spec', 'containers'];
	const containers = getAt(object, path);
	if (getAt(object, ['spec', 'replicas']) !== 1 || !Array.isArray(containers)) return;
	const kept = containers.filter((each) => !String(getAt(each, ['name'])).endsWith('-coordinator'));
	setAt(object, path, kept);
}
