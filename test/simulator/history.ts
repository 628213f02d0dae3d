/**
 * One random history: commits, renders, syncs, failures, and what people and autoscalers do besides; then the calm in
 * which a person does what the documentation says, and the check of what is left.
 */
import { kindOf } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import { getAt, parsePath, setAt } from '../../src/render/path.js';
import { Api, isDatabase, keyOf } from './api.js';
import { ArgoCD } from './argocd.js';
import { isModelled, namespace, nextRevision, type Revision } from './commits.js';
import { differenceIn } from './difference.js';
import { KubeDB, phaseOf, type WriteBack } from './kubedb.js';
import { type Random, randomFrom } from './random.js';
import { forgetRenders, sourceOfPlan } from './renderer.js';

/** What else may happen. Each makes a history that the guards alone may have to save. */
export interface Weather {
	/** Direct edits and requests by others. */
	readonly drift: boolean;
	/** Lost ConfigMaps and deleted databases. */
	readonly loss: boolean;
	/** Finished requests are cleaned up. */
	readonly clean: boolean;
	/** Syncs of hand-picked objects, ApplyOutOfSyncOnly, self-heal. */
	readonly partial: boolean;
	/** Databases are removed from git and come back. */
	readonly remove: boolean;
}

export interface Result {
	readonly seed: number;
	readonly verdict: string;
	/** Rounds of hard refresh and sync that it took to settle. */
	readonly rounds: number;
	readonly violations: readonly string[];
	readonly fence: number;
	readonly done: number;
	readonly redundant: number;
	readonly executedTwice: number;
	/** Whether others interfered. */
	readonly stormy: boolean;
	/**
	 * Whether only some of the objects of a render were applied, or renders did not know whether an operation was in
	 * progress (an expansion may then run that was taken for dead): the fence may have to step in.
	 */
	readonly needsFence: boolean;
	readonly log: readonly string[];
}

export type Ending = Pick<Result, 'verdict' | 'rounds'>;

/** How a history ends. One that ends by an exception is bad, but the next ones run. */
export function ending(play: () => Ending): Ending {
	try {
		return play();
	} catch (error) {
		return { verdict: `exception: ${(error as Error).stack}`, rounds: 0 };
	}
}

export class History {
	readonly random: Random;
	readonly api: Api;
	readonly argo: ArgoCD;
	readonly kubedb: KubeDB;
	readonly revisions: Revision[] = [];
	private readonly log: string[] = [];
	private readonly names: string[];
	private stormy = false;
	/** What was refused while the history came to its end. */
	private readonly refused: JsonObject[] = [];
	private handPicked = false;
	/** Renders do not know whether an operation is in progress. */
	private readonly isBlind: boolean;

	constructor(
		readonly seed: number,
		private readonly weather: Weather,
		private readonly verbose: boolean,
		/** The databases, `Kind name`; absent: those that are modelled by hand. */
		names?: readonly string[],
	) {
		forgetRenders();
		this.random = randomFrom(seed);
		const { random } = this;
		this.names = names
			? [...names]
			: random.pick([['Postgres pg'], ['MariaDB md'], ['Postgres pg'], ['Postgres pg', 'MariaDB md']]);
		const say = (text: string) => {
			if (this.verbose) this.log.push(text);
		};
		this.api = new Api({ chain: true, fence: true });
		const writeBack = random.pick<WriteBack>(['at-once', 'late', 'respelled', 'never']);
		const content = (_: string, name: string) => {
			const secret = this.api.get(`Secret ${namespace}/${name}`);
			return secret ? String(getAt(secret, ['stringData', 'x'])) : undefined;
		};
		this.kubedb = new KubeDB(this.api, random, writeBack, content, say);
		this.isBlind = random.chance(0.3);
		this.argo = new ArgoCD(this.api, this.revisions, !this.isBlind, say);
		say(`databases ${this.names.join(', ')}, write-back ${writeBack}`);
	}

	run(): Result {
		let fence = 0;
		const { verdict, rounds } = ending(() => {
			this.commit();
			for (let n = 20 + this.random.below(100); n > 0; n--) this.event();
			fence = this.argo.refusals.fence;
			return this.settle();
		});
		const { kubedb, api, seed, log, stormy } = this;
		const executedTwice = [...kubedb.executions.values()].filter((count) => count > 1).length;
		return {
			seed,
			verdict,
			rounds,
			violations: api.violations,
			fence,
			done: kubedb.done,
			redundant: kubedb.redundant,
			executedTwice,
			stormy,
			needsFence: this.handPicked || this.isBlind || this.argo.raced,
			log,
		};
	}

	private say(text: string): void {
		if (this.verbose) this.log.push(text);
	}

	private commit(revision?: Revision): void {
		this.revisions.push(revision ?? nextRevision(this.revisions, this.names, this.random, this.weather.remove));
		this.say(
			`commit ${this.revisions.length - 1} ${JSON.stringify(Object.values(this.revisions.at(-1)?.databases ?? {}).map(({ metadata, spec }) => ({ ...(getAt(metadata, ['annotations']) as JsonObject), ...(spec as JsonObject) })))}`,
		);
	}

	private get head(): number {
		return this.revisions.length - 1;
	}

	private event(): void {
		const { random, argo, weather } = this;
		const dice = random.next();
		if (dice < 0.1) this.commit();
		else if (dice < 0.16) argo.manifests(this.head);
		else if (dice < 0.2) argo.manifests(this.head, true);
		else if (dice < 0.3) argo.start(this.head, { retries: random.below(3) });
		else if (dice < 0.32) this.syncOlder();
		else if (dice < 0.34) argo.terminate();
		else if (dice < 0.345) argo.cache.clear();
		else if (dice < 0.35 && weather.clean) this.cleanUp();
		else if (dice < 0.37 && weather.partial) this.syncPartly();
		else if (dice < 0.375 && weather.drift) this.drift();
		else if (dice < 0.378 && weather.loss) this.lose();
		else if (dice < 0.383 && weather.remove) this.prune();
		else if (dice < 0.6) this.kubedb.step(0.15);
		else argo.step();
	}

	private syncOlder(): void {
		// The creation of an older revision may come between the render of a newer one, that saw no database, and its sync.
		const isThere = this.names.every((key) => this.api.get(key.replace(' ', ` ${namespace}/`)));
		if (!isThere) this.stormy = true;
		this.argo.start(this.random.below(this.revisions.length));
	}

	private cleanUp(): void {
		this.say('clean-up');
		for (const request of this.api.ofKind((kind) => kind.endsWith('OpsRequest')))
			if (phaseOf(request) === 'Successful') this.api.delete(keyOf(request));
	}

	private syncPartly(): void {
		const { random, argo } = this;
		this.handPicked = true;
		const dice = random.next();
		if (dice < 0.3) return argo.start(this.head, { outOfSyncOnly: true });
		if (dice < 0.6) {
			// Self-heal: whatever differs from the manifests of the last operation, if that went well.
			const { last } = argo;
			if (last?.outcome === 'done' && last.revision === this.head)
				argo.start(this.head, { only: (object) => !argo.isInSync(object) });
			return;
		}
		const revision = random.below(this.revisions.length);
		const chosen = new Set<string>();
		for (const { object } of argo.manifests(revision).objects) if (random.chance(0.5)) chosen.add(keyOf(object));
		// Operations without their plan are made by hand, like those of others.
		const leavesPlan = argo
			.manifests(revision)
			.objects.some(
				({ object }) => object.kind === 'ConfigMap' && !chosen.has(keyOf(object)) && !argo.isInSync(object),
			);
		const isMade = (key: string) => !this.api.get(key) && kindOf(key.split(' ')[0] as string) !== undefined;
		const leavesOperation = argo
			.manifests(revision)
			.objects.some(({ object }) => String(object.kind).endsWith('OpsRequest') && !chosen.has(keyOf(object)));
		// A state without one of the operations it stands for cannot be told from one whose requests were cleaned up.
		if (leavesOperation && [...chosen].some((key) => key.endsWith('-state'))) this.stormy = true;
		// A restart without the database CR that it is for restarts pods with what they had.
		if ([...chosen].some((key) => /-restart-/.test(key))) this.stormy = true;
		if (leavesPlan && [...chosen].some((key) => key.includes('OpsRequest') || isMade(key))) this.stormy = true;
		argo.start(revision, { only: (object) => chosen.has(keyOf(object)) });
	}

	private drift(): void {
		const { random, api } = this;
		const database = random.pick([undefined, ...api.ofKind(() => true).filter(isDatabase)]);
		if (!database) return;
		const name = String(getAt(database, ['metadata', 'name']));
		if (!isModelled(String(database.kind))) return;
		this.stormy = true;
		if (random.chance(0.3)) {
			this.say(`a person edits ${name}`);
			const edited = structuredClone(database);
			const replicas = random.pick([3, 5]);
			setAt(edited, ['spec', 'replicas'], replicas);
			this.api.objects.set(keyOf(database), edited);
			const actual = this.kubedb.actualOf(edited);
			if (actual) setAt(actual.root, ['spec', 'replicas'], replicas);
			return;
		}
		this.say(`an autoscaler asks for ${name}`);
		const main = database.kind === 'Postgres' ? 'postgres' : 'mariadb';
		const memory = random.pick(['1Gi', '2Gi', '3Gi']);
		try {
			api.apply('person', {
				apiVersion: 'ops.kubedb.com/v1alpha1',
				kind: `${String(database.kind)}OpsRequest`,
				metadata: { name: `auto-${random.below(1e9)}`, namespace },
				spec: {
					type: 'VerticalScaling',
					databaseRef: { name },
					verticalScaling: { [main]: { resources: { requests: { cpu: '1', memory }, limits: { memory } } } },
				},
			});
		} catch {
			// Refused by the webhook: nothing happened.
		}
	}

	private lose(): void {
		const { random, api } = this;
		this.stormy = true;
		const what = random.pick(['plan', 'state', 'plan state', 'database']);
		const [kind, name] = random.pick(this.names).split(' ') as [string, string];
		this.say(`lost: ${what} of ${name}`);
		if (what === 'database') return api.delete(`${kind} ${namespace}/${name}`);
		for (const role of what.split(' ')) api.delete(`ConfigMap ${namespace}/${name}-${kind.toLowerCase()}-${role}`);
	}

	/** A person approves the pruning of what git does not have any more. */
	private prune(): void {
		if (this.argo.sync) return;
		for (const key of this.names) {
			if (this.revisions.at(-1)?.databases[key]) continue;
			const [kind, name] = key.split(' ') as [string, string];
			if (!this.api.get(`${kind} ${namespace}/${name}`)) continue;
			this.say(`pruned: ${name}`);
			this.api.delete(`${kind} ${namespace}/${name}`);
			for (const role of ['plan', 'state'])
				this.api.delete(`ConfigMap ${namespace}/${name}-${kind.toLowerCase()}-${role}`);
		}
	}

	/** What a person would do: let KubeDB come to rest, refresh and sync; raise retry tokens; take back what is refused. */
	private settle(): Ending {
		const { argo, kubedb, api } = this;
		argo.terminate();
		for (let round = 0, mends = 0; round < 8; round++) {
			for (let i = 0; i < 80; i++) kubedb.step(0);
			const rendered = argo.manifests(this.head, true);
			if (rendered.problems.length > 0) {
				this.commit(this.mended(rendered.problems, mends > 12));
				// Only what is rendered at all counts as a round.
				if (mends++ < 40) round--;
				continue;
			}
			argo.start(this.head);
			for (let i = 0; argo.sync && i < 600; i++) {
				argo.step();
				kubedb.step(0);
			}
			if (argo.sync) return { verdict: 'hangs', rounds: round };
			kubedb.flush();
			if (argo.last?.outcome === 'done') {
				const again = argo.manifests(this.head, true);
				const twice = JSON.stringify(argo.manifests(this.head, true).objects) === JSON.stringify(again.objects);
				if (!twice) return { verdict: 'rendering twice differs', rounds: round };
				const left = again.databases.filter(({ outcome }) => outcome.row !== 'settled');
				if (left.length === 0) return { verdict: this.judged(), rounds: round };
				this.say(`not settled: ${left.map(({ outcome }) => outcome.row).join()}`);
			}
			const failed = api
				.ofKind((kind) => kind.endsWith('OpsRequest'))
				.filter(
					(object) =>
						phaseOf(object) === 'Failed' && rendered.objects.some(({ object: own }) => keyOf(own) === keyOf(object)),
				);
			if (failed.length > 0) this.commit(this.retried());
		}
		return { verdict: 'stuck', rounds: 8 };
	}

	private retried(): Revision {
		const next = structuredClone(this.revisions.at(-1) as Revision);
		for (const object of Object.values(next.databases)) {
			const annotations = getAt(object, ['metadata', 'annotations']) as JsonObject;
			annotations['kubedb-render/retry'] = `${String(annotations['kubedb-render/retry'] ?? '')}+`;
		}
		return next;
	}

	/**
	 * The last revision with what was refused taken back: volumes as large as they are, or will be, and the like. Who has
	 * tried that long enough writes into git what the cluster has.
	 */
	private mended(problems: readonly string[], asInCluster: boolean): Revision {
		const next = structuredClone(this.revisions.at(-1) as Revision);
		const refused = problems.map(
			(problem) => /^(\S+ \S+): (.*)$/s.exec(problem) as unknown as [string, string, string],
		);
		const shrinks = /(?:volume|number)-shrinks (\S+) cannot shrink from (\S+) to/;
		for (const key of new Set(refused.filter(([, , text]) => !shrinks.test(text)).map(([, each]) => each))) {
			const live = asInCluster ? this.api.get(key.replace(' ', ` ${namespace}/`)) : undefined;
			const object = next.databases[key] as JsonObject;
			if (live) object.spec = structuredClone(live.spec ?? {});
			else this.takeBack(object, key);
		}
		for (const [, key, text] of refused) {
			const match = shrinks.exec(text);
			const size = match?.[2] as string;
			if (match)
				setAt(
					next.databases[key] as JsonObject,
					parsePath(match[1] as string),
					/^\d+$/.test(size) ? Number(size) : size,
				);
		}
		return next;
	}

	/** Back to the last revision of this database that was rendered without a problem. */
	private takeBack(object: JsonObject, key: string): void {
		const [kind, name] = key.split(' ') as [string, string];
		const memory = ['plan', 'state'].map((role) =>
			this.api.get(`ConfigMap ${namespace}/${name}-${kind.toLowerCase()}-${role}`),
		);
		const digests = memory.map((each) => String(getAt(each, ['data', 'digest'])));
		const sources = digests.map((digest) => sourceOfPlan.get(digest)).filter((source) => source !== undefined);
		const earlier: JsonObject[] = this.revisions
			.flatMap(({ databases }) => (databases[key] ? [databases[key]] : []))
			.reverse();
		// What the plan was made from; if that is refused too, what is done; where nothing is, what was there before.
		this.refused.push(structuredClone(object));
		const wasRefused = (source: JsonObject) => this.refused.some((each) => isAlike(each, source));
		const next = [...sources, ...earlier].find((source) => !wasRefused(source));
		if (!next) return;
		object.spec = structuredClone(next.spec ?? {});
		const annotationsOf = (each: JsonObject) => getAt(each, ['metadata', 'annotations']) as JsonObject;
		const then = annotationsOf(next);
		const retry = annotationsOf(object)['kubedb-render/retry'];
		setAt(object, ['metadata', 'annotations'], {
			...then,
			...(retry === undefined ? {} : { 'kubedb-render/retry': retry }),
		});
	}

	/** Others may have changed what git does not ask to be repaired. */
	private judged(): string {
		const text = differenceIn(this.revisions.at(-1) as Revision, this.api, this.kubedb);
		if (text === undefined) return 'ok';
		this.say(text);
		return this.stormy ? 'drift' : text;
	}
}

/** Whether two gitops CRs ask for the same, but for another try. */
function isAlike(a: JsonObject, b: JsonObject): boolean {
	const [one, other] = [a, b].map(({ spec, metadata }) => {
		const { 'kubedb-render/retry': _, ...annotations } = getAt(metadata, ['annotations']) as JsonObject;
		return JSON.stringify([spec, annotations]);
	});
	return one === other;
}
