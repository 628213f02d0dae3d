/** The tree that kustomize-controller applies: files by path, and the Kustomizations that order them. */
import { type Chunk, textOf } from '../input/stream.js';
import { parseChunk } from '../input/yaml.js';
import type { JsonObject } from '../json.js';
import { refuse } from '../problems.js';
import { digestOf } from '../render/digest.js';
import type { Foreign } from '../render/located.js';
import { getAt } from '../render/path.js';
import type { Rendered, RenderedDatabase } from '../render/render.js';
import { secretNameOf, secretNames } from '../render/secrets.js';
import { baseName, forFlux, type Stage, stageName, stagePath, stagesOf } from './stages.js';
import { toYaml } from './yaml.js';

export interface FluxOptions {
	/** Namespace of the Kustomizations and of their source. */
	readonly namespace: string;
	readonly source: { readonly kind: string; readonly name: string };
	readonly interval: string;
	readonly retryInterval: string;
	readonly timeout: string;
	readonly serviceAccount?: string | undefined;
	/** `spec.decryption` of what holds Secrets. */
	readonly decryption?: JsonObject | undefined;
	/** Whether what only passes through is pruned when it leaves the source. */
	readonly prune: boolean;
}

/** Texts by path, relative to the tree. */
export type Tree = ReadonlyMap<string, string>;

export interface FluxInput {
	readonly rendered: readonly RenderedDatabase[];
	readonly foreign: readonly Foreign[];
	/** What is remembered of databases that have left the source: kept in the tree, and applied by nobody. */
	readonly tombstones: readonly Rendered[];
}

const config = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };

/** Another tree of the same cluster has another source. */
function passedThroughName({ source }: FluxOptions): string {
	return `${source.name}-passed-through`;
}

/** The same input gives the same tree. Refuses databases whose names cannot be told apart. */
export function fluxTree({ rendered, foreign, tombstones }: FluxInput, options: FluxOptions): Tree {
	const files = new Map<string, string>();
	const put = (path: string, ...objects: readonly JsonObject[]) =>
		files.set(path, objects.map((object) => `---\n${toYaml(object)}`).join(''));
	const folder = (path: string, resources: readonly string[]) =>
		put(`${path}/kustomization.yaml`, { ...config, resources: [...resources] });

	const own = secretsByDatabase(rendered, foreign);
	const rest = foreign.filter((each) => ![...own.values()].some((taken) => taken.includes(each)));
	const kustomizations = new Map<string, JsonObject[]>();
	const passedThrough = passedThroughName(options);
	let first: string | undefined;
	if (rest.length > 0) {
		const text = textsOf(rest);
		const path = `passed-through/${digestOf(text).slice(0, 8)}`;
		folder(path, ['objects.yaml']);
		files.set(`${path}/objects.yaml`, text);
		kustomizations.set(passedThrough, [kustomization(passedThrough, path, undefined, {}, true, options)]);
		first = passedThrough;
	}
	for (const database of rendered) {
		const { id } = database.desired;
		const { plan } = database.outcome;
		const base = baseName(id);
		if (kustomizations.has(base)) refuseTwins(base, id, rendered);
		const secrets = own.get(database) ?? [];
		const chain: JsonObject[] = [];
		let after: string | undefined;
		for (const stage of stagesOf(database, secrets.length > 0)) {
			const path = stagePath(id, plan, stage.key);
			folder(path, isEmpty(stage) ? [] : ['objects.yaml']);
			if (stage.hasSecrets) files.set(`${path}/objects.yaml`, textsOf(secrets));
			else if (stage.objects.length > 0) put(`${path}/objects.yaml`, ...stage.objects);
			const name = stageName(id, plan, stage);
			// What stands beside the databases (issuers, Secrets of several of them) is there before anything reads it.
			const isFirstUse = /^01-/.test(stage.key) && first !== undefined;
			const needs = [...(after ? [after] : []), ...(isFirstUse ? [first as string] : [])];
			chain.push(kustomization(name, path, needs, stage.health, stage.hasSecrets, options));
			after = name;
		}
		kustomizations.set(base, chain);
	}
	const names = [...kustomizations.keys()].sort();
	for (const name of names) put(`flux/${name}.yaml`, ...(kustomizations.get(name) as JsonObject[]));
	folder(
		'flux',
		names.map((name) => `${name}.yaml`),
	);
	for (const { object } of tombstones) {
		const [namespace, name] = ['namespace', 'name'].map((key) => String(getAt(object, ['metadata', key])));
		put(`removed/${namespace}/${name}.yaml`, forFlux(object));
	}
	// A Kustomization with the path ./ would else apply every stage at once.
	put('kustomization.yaml', { ...config, resources: ['flux'] });
	return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty({ objects, hasSecrets }: Stage): boolean {
	return objects.length === 0 && !hasSecrets;
}

function kustomization(
	name: string,
	path: string,
	dependsOn: readonly string[] | undefined,
	health: JsonObject,
	isPassedThrough: boolean,
	options: FluxOptions,
): JsonObject {
	const { namespace, source, interval, retryInterval, timeout, serviceAccount, decryption, prune } = options;
	return {
		apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
		kind: 'Kustomization',
		metadata: { name, namespace },
		spec: {
			...(dependsOn && dependsOn.length > 0 ? { dependsOn: dependsOn.map((each) => ({ name: each })) } : {}),
			sourceRef: { ...source },
			path: `./${path}`,
			interval,
			retryInterval,
			timeout,
			prune: isPassedThrough && name === passedThroughName(options) && prune,
			deletionPolicy: 'Orphan',
			...(serviceAccount ? { serviceAccountName: serviceAccount } : {}),
			...(isPassedThrough && decryption ? { decryption } : {}),
			...health,
		},
	};
}

function refuseTwins(
	base: string,
	{ kind, namespace, name }: RenderedDatabase['desired']['id'],
	all: readonly RenderedDatabase[],
): never {
	const other = all.map(({ desired }) => desired.id).find((id) => baseName(id) === base);
	return refuse(
		'name-clash',
		`${kind} ${namespace}/${name} and ${other?.kind} ${other?.namespace}/${other?.name} would both have the Kustomizations ${base}-...`,
		'Rename one of the two, or render them into two trees.',
	);
}

/** Secrets that one database alone refers to: they are applied between its plan and its operations. */
function secretsByDatabase(
	rendered: readonly RenderedDatabase[],
	foreign: readonly Foreign[],
): Map<RenderedDatabase, Foreign[]> {
	const users = new Map<string, RenderedDatabase[]>();
	for (const database of rendered)
		for (const name of secretNames(database.desired)) {
			const key = `${database.desired.id.namespace}/${name}`;
			users.set(key, [...(users.get(key) ?? []), database]);
		}
	const own = new Map<RenderedDatabase, Foreign[]>();
	if (users.size === 0) return own;
	for (const each of foreign) {
		const object = secretIn(each);
		const name = object && secretNameOf(object);
		if (!name) continue;
		const [user, ...more] = users.get(`${String(getAt(object, ['metadata', 'namespace']))}/${name}`) ?? [];
		if (user && more.length === 0) own.set(user, [...(own.get(user) ?? []), each]);
	}
	return own;
}

/** The object of a document that may be a Secret of some sort. */
function secretIn(each: Foreign): JsonObject | undefined {
	if ('object' in each) return each.object;
	if (!textOf(each.chunk).includes('Secret')) return undefined;
	return parseChunk(each.chunk).value as JsonObject;
}

/** Whether a document was encrypted by SOPS, and is of no use to the cluster as it is. */
function isEncrypted(each: Foreign): boolean {
	const has = (chunk: Chunk) => /^["']?sops["']?:/m.test(textOf(chunk)) || /"sops"\s*:/.test(textOf(chunk));
	return 'object' in each ? each.object.sops !== undefined : has(each.chunk);
}

/** Those documents that SOPS encrypted, as people name them: `demo/login`. */
export function encryptedNames(foreign: readonly Foreign[]): string[] {
	return foreign.filter(isEncrypted).map((each) => {
		const object = 'object' in each ? each.object : parseChunk(each.chunk).value;
		const names = ['namespace', 'name'].map((key) => getAt(object, ['metadata', key]));
		return names.filter((name) => typeof name === 'string').join('/');
	});
}

function textsOf(foreign: readonly Foreign[]): string {
	return foreign
		.map((each) => `---\n${'object' in each ? toYaml(each.object) : lineEnded(textOf(each.chunk))}`)
		.join('');
}

function lineEnded(text: string): string {
	return text.replace(/^\r?\n/, '').replace(/(?:\r?\n)?$/, '\n');
}
