/**
 * kustomize-controller over a published tree: it applies the newest artifact that it fetched, stage by stage for each
 * database, and may never see the ones between. What a stage waits for is read from the tree's own Kustomizations.
 */
import type { JsonObject } from '../../src/json.js';
import { configMapName, type Identity } from '../../src/memory/memory.js';
import { gateOf, type Stage, stagesOf } from '../../src/output/stages.js';
import { getAt } from '../../src/render/path.js';
import { type Api, keyOf, Refused } from './api.js';
import { namespace } from './commits.js';
import { phaseOf } from './kubedb.js';
import type { RenderedRevision } from './renderer.js';

/** What CI pushed: a render and the Secrets beside it. */
export interface Artifact {
	readonly rendered: RenderedRevision;
	readonly secrets: Readonly<Record<string, string>>;
}

interface Chain {
	readonly id: Identity;
	readonly stages: readonly Stage[];
	readonly gate: ReturnType<typeof gateOf>;
	at: number;
	/** The object whose health the stage before waits for. */
	waiting: string | undefined;
}

export class Flux {
	artifact: Artifact | undefined;
	private chains: Chain[] = [];
	readonly refusals = { chain: 0, fence: 0, webhook: 0, 'no-replace': 0 };
	/** How often a gate held a stale tree up. */
	held = 0;

	constructor(
		private readonly api: Api,
		private readonly say: (text: string) => void,
	) {}

	/** Every Kustomization begins anew with an artifact: none of its paths is one of the artifact before. */
	fetch(artifact: Artifact): void {
		if (artifact === this.artifact) return;
		this.artifact = artifact;
		this.chains = artifact.rendered.databases.map((database) => ({
			id: database.desired.id,
			stages: stagesOf(database, true),
			gate: gateOf(database.outcome),
			at: 0,
			waiting: undefined,
		}));
		this.say(
			`flux fetches ${artifact.rendered.databases.map(({ outcome }) => outcome.plan.digest.slice(0, 6)).join(' ')}`,
		);
	}

	/** One try of one stage of each database; what fails is tried again. */
	step(): void {
		for (const chain of this.chains) this.stepOf(chain);
	}

	private stepOf(chain: Chain): void {
		if (chain.waiting !== undefined) {
			if (!isCurrent(this.api.get(chain.waiting))) return;
			chain.waiting = undefined;
			chain.at++;
			return;
		}
		const stage = chain.stages[chain.at];
		if (!stage) return;
		if (stage.key === '00-gate' && !this.isOpen(chain)) {
			this.held++;
			return;
		}
		try {
			if (stage.hasSecrets) this.applySecrets();
			for (const object of stage.objects) {
				this.api.apply('gitops', object);
				if (stage.health.wait === true) chain.waiting = keyOf(object);
			}
		} catch (error) {
			if (!(error instanceof Refused)) throw error;
			this.refusals[error.guard]++;
			this.say(`flux ${stage.key} refused: ${error.guard}: ${error.message}`);
			return;
		}
		if (chain.waiting === undefined) chain.at++;
	}

	private applySecrets(): void {
		for (const [name, content] of Object.entries(this.artifact?.secrets ?? {}))
			this.api.apply('gitops', {
				apiVersion: 'v1',
				kind: 'Secret',
				metadata: { name, namespace },
				stringData: { x: content },
			});
	}

	private isOpen({ id, gate }: Chain): boolean {
		const digestOf = (role: 'plan' | 'state') =>
			getAt(this.api.get(`ConfigMap ${id.namespace}/${configMapName(id, role)}`), ['data', 'digest']);
		return gate?.plans.includes(String(digestOf('plan'))) === true && gate.states.includes(String(digestOf('state')));
	}
}

function isCurrent(object: JsonObject | undefined): boolean {
	return object !== undefined && ['Successful', 'Ready'].includes(phaseOf(object));
}
