/** The manifests of a render as text, whole or not at all. */
import { type Chunk, textOf } from '../input/stream.js';
import { parseChunk } from '../input/yaml.js';
import { canonicalJson, type JsonObject } from '../json.js';
import { refuse } from '../problems.js';
import type { Foreign } from '../render/located.js';
import { getAt, showPath } from '../render/path.js';
import type { Rendered, RenderedDatabase } from '../render/render.js';
import { lostIn } from './argo-characters.js';
import { forYaml, toYaml } from './yaml.js';

/**
 * `argocd` is YAML whose own documents are one-line JSON: Argo CD reads the stream as YAML twice, and no YAML writer is
 * understood alike by all of its readers.
 */
export type Format = 'yaml' | 'json' | 'name' | 'argocd';

/** A document on its way out: ours as a value, anything else as its own text. */
export type Item = { readonly object: JsonObject } | { readonly chunk: Chunk };

/** Everything that a render puts out, in the order of the waves; what passes through stands in the wave of its default, 0. */
export function itemsOf(
	databases: readonly RenderedDatabase[],
	foreign: readonly Foreign[],
	tombstones: readonly Rendered[] = [],
): Item[] {
	const rendered = [...databases.flatMap(({ objects }) => objects), ...tombstones].sort((a, b) => a.wave - b.wave);
	const before = rendered.filter(({ wave }) => wave < 0);
	const after = rendered.filter(({ wave }) => wave >= 0);
	return [...before, ...foreign, ...after];
}

/** The whole output. Never empty: a host would take that for the wish to have nothing. */
export function printManifests(items: readonly Item[], format: Format): string {
	if (items.length === 0)
		refuse('no-documents', 'there are no documents to render', 'Name a file or folder with manifests.');
	switch (format) {
		case 'yaml':
			return yamlStream(items, toYaml);
		case 'argocd':
			return yamlStream(items, (object) => `${forArgo(object)}\n`);
		case 'json':
			return items.map((item) => `${canonicalJson(objectOf(item))}\n`).join('');
		case 'name':
			return items.map((item) => `${nameOf(objectOf(item))}\n`).join('');
	}
}

/** Our objects as `write` has them, all else as it stood in the source. */
export function yamlStream(items: readonly Item[], write: (object: JsonObject) => string): string {
	return items
		.map((item) => `---\n${'object' in item ? write(item.object) : lineEnded(passedText(item.chunk))}`)
		.join('');
}

function lineEnded(text: string): string {
	// What ends a separator's line with CR may be left of it.
	const start = text.replace(/^\r?\n/, '');
	return start.endsWith('\n') ? start : `${start}\n`;
}

function passedText(chunk: Chunk): string {
	const text = jsonAsYaml(textOf(chunk));
	return chunk.isJson ? forYaml(text) : text;
}

/**
 * JSON escapes that go-yaml, by which kubectl and Argo CD read a stream with `---` in it, does not know (sigs.k8s.io/yaml
 * v1.6.0): the slash, and characters as two surrogates. All else of a text stays as it is.
 */
function jsonAsYaml(text: string): string {
	if (!/^\s*[{[]/.test(text) || !/\\(?:\/|u[dD])/.test(text)) return text;
	return text.replace(/\\(u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|.)/gs, (written, rest: string) => {
		if (rest === '/') return rest;
		return rest.length > 1 ? JSON.parse(`"${written}"`) : written;
	});
}

function objectOf(item: Item): JsonObject {
	if ('object' in item) return item.object;
	return parseChunk(item.chunk).value as JsonObject;
}

/** `kubectl -o name`: resource.group/name. */
function nameOf(object: JsonObject): string {
	const group = String(object.apiVersion ?? '').includes('/') ? `.${String(object.apiVersion).split('/')[0]}` : '';
	return `${String(object.kind).toLowerCase()}${group}/${String(getAt(object, ['metadata', 'name']))}`;
}

/** The source was looked through before; what is left comes from the cluster, and has no place. */
function forArgo(object: JsonObject): string {
	for (const { path, character } of lostIn(object))
		refuse(
			'control-character',
			`${nameOf(object)}: ${showPath(path)} holds the character ${character}, which does not get through Argo CD`,
			'Change it in the cluster, or put the text into a Secret, as base64.',
		);
	return forYaml(canonicalJson(object));
}
