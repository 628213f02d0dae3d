/**
 * The ResourceList of a KRM function (kustomize, kpt): what stands on its stdin.
 * Source: kubernetes-sigs/kustomize, cmd/config/docs/api-conventions/functions-spec.md, kustomize/v5.8.1.
 */
import { isObject, type Json, type JsonObject } from '../json.js';
import { type Problem, refuse } from '../problems.js';
import { getAt } from '../render/path.js';
import { type Chunk, textOf } from './stream.js';
import { type Parsed, parseChunk } from './yaml.js';

export interface ResourceList {
	/** `config.kubernetes.io/v1`, or one of the older versions that kustomize still speaks. */
	readonly apiVersion: string;
	readonly items: readonly JsonObject[];
	/** Undefined where the host gave none. */
	readonly functionConfig: JsonObject | undefined;
	/** The document with its value, so that it is not parsed a second time. */
	readonly chunk: Chunk;
	readonly warnings: readonly Problem[];
}

const versions = ['config.kubernetes.io/v1', 'config.kubernetes.io/v1beta1', 'config.kubernetes.io/v1alpha1'];

/** Reads a ResourceList. Refuses everything that is none: half a list would be taken for the wish to have no more. */
export function readResourceList(chunks: readonly Chunk[]): ResourceList {
	const [chunk, ...more] = chunks;
	if (!chunk) return refuseInput('stdin is empty');
	if (more.length > 0) refuseInput(`stdin holds ${chunks.length} documents`);
	const parsed = parseApart(chunk);
	const { value, warnings } = parsed;
	if (!isObject(value) || value.kind !== 'ResourceList')
		return refuseInput(`stdin holds ${isObject(value) ? `a ${String(value.kind ?? 'map')}` : 'no map'}`);
	const apiVersion = String(value.apiVersion);
	if (!versions.includes(apiVersion)) refuseInput(`its apiVersion is ${apiVersion}, known are ${versions.join(', ')}`);
	const items = value.items ?? [];
	if (!Array.isArray(items)) return refuseInput('its items are no list');
	const wrong = items.findIndex((item) => !isObject(item));
	if (wrong >= 0) refuseInput(`items[${wrong}] is no map`);
	const config = value.functionConfig ?? undefined;
	if (config !== undefined && !isObject(config)) return refuseInput('its functionConfig is no map');
	refuseGenerator(items as JsonObject[], config);
	return { apiVersion, items: items as JsonObject[], functionConfig: config, chunk: { ...chunk, parsed }, warnings };
}

/**
 * The functionConfig is what a person wrote, in whatever YAML; the items are what kustomize writes, which is simple. Read
 * apart from them it does not make the slow parser read them all.
 */
function parseApart(chunk: Chunk): Parsed {
	const text = textOf(chunk);
	const found = [...text.matchAll(/^functionConfig:[ ]*\n((?:(?: .*)?\n)*(?: .*$)?)/gm)];
	const [match] = found;
	if (!match || found.length > 1 || !/^items:/m.test(text)) return parseChunk(chunk);
	const source = { name: chunk.source.name, text };
	// Line ends in its place keep the lines of what follows.
	const blank = match[0].replace(/[^\n]+/g, '');
	const rest = text.slice(0, match.index) + blank + text.slice(match.index + match[0].length);
	const [config, list] = [
		parseChunk({ source, start: match.index, end: match.index + match[0].length }),
		parseChunk({ source: { ...source, text: rest }, start: 0, end: rest.length }),
	];
	if (!isObject(config.value) || !isObject(list.value)) return parseChunk(chunk);
	return { value: { ...list.value, ...config.value }, warnings: [...config.warnings, ...list.warnings] };
}

function refuseInput(why: string): never {
	return refuse(
		'no-resource-list',
		`fn reads a ResourceList from stdin, and ${why}`,
		'kustomize and kpt give it one; for a stream of manifests use `kubedb-render build -`, or name a config file (`fn FILE`).',
	);
}

/** A generator sees nothing but its own config (kubernetes-sigs/kustomize issue 5502): all databases would be missing. */
function refuseGenerator([item, ...more]: readonly JsonObject[], config: JsonObject | undefined): void {
	const identity = (object: JsonObject) => [object.apiVersion, object.kind, getAt(object, ['metadata', 'name'])].join();
	if (item && config && more.length === 0 && identity(item) === identity(config))
		refuse(
			'generator',
			'kustomize runs this function as a generator, which gets no resources',
			'List it under transformers: of the outermost kustomization.',
		);
}

/** Where an item stood in the source, by the annotations that kustomize (`buildMetadata: [originAnnotations]`) and kpt set. */
export function originOf(item: Json | undefined): string | undefined {
	const annotations = getAt(item, ['metadata', 'annotations']);
	if (!isObject(annotations)) return undefined;
	const origin = annotations['config.kubernetes.io/origin'];
	const path = typeof origin === 'string' ? /^path: (.+)$/m.exec(origin)?.[1] : undefined;
	return path ?? pathOf(annotations);
}

/** The file that kpt and `kustomize fn run` will write an item to; `kustomize build` names none. */
export function pathOf(annotations: Json | undefined): string | undefined {
	if (!isObject(annotations)) return undefined;
	const path = annotations['internal.config.kubernetes.io/path'] ?? annotations['config.kubernetes.io/path'];
	return typeof path === 'string' && path !== '' ? path : undefined;
}
