/** The real render over the simulated cluster. */
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import { contentOf, remembered } from '../../src/memory/files.js';
import { configMapName, type Identity } from '../../src/memory/memory.js';
import { isError, Refusal } from '../../src/problems.js';
import { desiredOf } from '../../src/render/desired.js';
import { liveOf, requestsOf } from '../../src/render/live.js';
import { type Rendered, type RenderedDatabase, render } from '../../src/render/render.js';
import { secretDigest, secretNames, withSecrets } from '../../src/render/secrets.js';
import type { Desired, Memory } from '../../src/render/situation.js';
import { operationsOf } from '../../src/render/standing.js';
import type { Api } from './api.js';
import { namespace, type Revision } from './commits.js';
import { forgetIntents, remember } from './intents.js';

export interface RenderedRevision {
	readonly objects: readonly Rendered[];
	readonly problems: readonly string[];
	readonly databases: readonly RenderedDatabase[];
}

/** The gitops CR that a plan was made from, by the plan's digest. */
export const sourceOfPlan = new Map<string, JsonObject>();

/** A history begins with nothing remembered, so that its seed alone says what comes of it. */
export function forgetRenders(): void {
	sourceOfPlan.clear();
	forgetIntents();
}

const desiredCache = new WeakMap<JsonObject, Desired | string[]>();
const digestCache = new Map<string, string>();

function desiredFrom(object: JsonObject): Desired | string[] {
	let desired = desiredCache.get(object);
	if (!desired) {
		const problems: string[] = [];
		const chunk = { source: { name: 'git', text: '' }, start: 0, end: 0 };
		const made = desiredOf(object, { chunk, path: [], subject: '' }, undefined, (problem) => {
			if (problem.severity !== 'warning') problems.push(`${problem.code} ${problem.message}`);
		});
		desired = problems.length > 0 || !made ? problems : made;
		desiredCache.set(object, desired);
	}
	return desired;
}

function digestOfSecret(name: string, content: string): string {
	const key = `${name} ${content}`;
	let digest = digestCache.get(key);
	if (!digest) {
		const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { x: content } };
		digest = secretDigest(object, namespace);
		digestCache.set(key, digest);
	}
	return digest;
}

export function memoryOf(api: Api, kind: Kind, id: Identity, inProgress: boolean | 'unknown'): Memory {
	const content = (role: 'plan' | 'state') => {
		const object = api.get(`ConfigMap ${id.namespace}/${configMapName(id, role)}`);
		return object && contentOf(object);
	};
	const database = api.get(`${id.kind} ${id.namespace}/${id.name}`);
	return {
		...remembered(id, content('plan'), content('state')),
		live: database ? liveOf(kind, id, database) : 'absent',
		requests: requestsOf(
			kind,
			id,
			api.ofKind((each) => each === kind.facts.opsRequest),
		),
		inProgress,
	};
}

/** Renders a revision as Argo CD or CI would have it rendered: whole, or not at all. */
export function renderRevision(revision: Revision, memoryFor: (kind: Kind, id: Identity) => Memory): RenderedRevision {
	const problems: string[] = [];
	const databases: RenderedDatabase[] = [];
	for (const [key, object] of Object.entries(revision.databases)) {
		const found = desiredFrom(object);
		if (Array.isArray(found)) {
			problems.push(...found.map((text) => `${key}: ${text}`));
			continue;
		}
		const digests = new Map(
			secretNames(found).flatMap((name) => {
				const secret = revision.secrets[name];
				return secret === undefined ? [] : [[name, digestOfSecret(name, secret)] as const];
			}),
		);
		const desired = withSecrets(found, digests);
		const kind = kindOf(desired.id.kind) as Kind;
		let rendered: RenderedDatabase;
		try {
			rendered = render(desired, memoryFor(kind, desired.id));
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			problems.push(...error.problems.map(({ code, message }) => `${key}: ${code} ${message}`));
			continue;
		}
		const errors = rendered.problems.filter(isError);
		problems.push(...errors.map(({ code, message }) => `${key}: ${code} ${message}`));
		databases.push(rendered);
		sourceOfPlan.set(rendered.outcome.plan.digest, object);
		if (errors.length === 0) remember(operationsOf(rendered.outcome.plan), desired.root);
	}
	const secrets: Rendered[] = Object.entries(revision.secrets).map(([name, content]) => ({
		wave: 0,
		object: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: { x: content } },
	}));
	const objects = [...databases.flatMap((each) => each.objects), ...secrets];
	objects.sort((a, b) => a.wave - b.wave);
	return { objects, problems, databases };
}
