/** The manifests of a render as text, whole or not at all. */
import { textOf } from '../input/stream.js';
import { parseChunk } from '../input/yaml.js';
import { canonicalJson, type JsonObject } from '../json.js';
import { refuse } from '../problems.js';
import type { Foreign } from '../render/located.js';
import { getAt, showPath } from '../render/path.js';
import type { Rendered, RenderedDatabase } from '../render/render.js';
import { toYaml } from './yaml.js';

/**
 * `argocd` is YAML whose own documents are one-line JSON: Argo CD reads the stream as YAML twice, and no YAML writer is
 * understood alike by all of its readers.
 */
export type Format = 'yaml' | 'json' | 'name' | 'argocd';

/** A document on its way out: ours as a value, anything else as its own text. */
export type Item = { readonly object: JsonObject } | { readonly text: string };

/** Everything that a render puts out, in the order of the waves; what passes through stands in the wave of its default, 0. */
export function itemsOf(
	databases: readonly RenderedDatabase[],
	foreign: readonly Foreign[],
	tombstones: readonly Rendered[] = [],
): Item[] {
	const rendered = [...databases.flatMap(({ objects }) => objects), ...tombstones].sort((a, b) => a.wave - b.wave);
	const before = rendered.filter(({ wave }) => wave < 0);
	const after = rendered.filter(({ wave }) => wave >= 0);
	const passed = foreign.map((each): Item => ('object' in each ? each : { text: textOf(each.chunk) }));
	return [...before, ...passed, ...after];
}

/** The whole output. Never empty: a host would take that for the wish to have nothing. */
export function printManifests(items: readonly Item[], format: Format): string {
	if (items.length === 0)
		refuse('no-documents', 'there are no documents to render', 'Name a file or folder with manifests.');
	switch (format) {
		case 'yaml':
			return items.map((item) => `---\n${'object' in item ? toYaml(item.object) : lineEnded(item.text)}`).join('');
		case 'argocd':
			return items
				.map((item) => `---\n${'object' in item ? `${forArgo(item.object)}\n` : lineEnded(item.text)}`)
				.join('');
		case 'json':
			return items.map((item) => `${canonicalJson(objectOf(item))}\n`).join('');
		case 'name':
			return items.map((item) => `${nameOf(objectOf(item))}\n`).join('');
	}
}

function lineEnded(text: string): string {
	return text.replace(/^\r?\n/, '').replace(/(?:\r?\n)?$/, '\n');
}

function objectOf(item: Item): JsonObject {
	if ('object' in item) return item.object;
	const name = 'a document of the source';
	const source = { name, text: item.text };
	return parseChunk({ source, start: 0, end: item.text.length }).value as JsonObject;
}

/** `kubectl -o name`: resource.group/name. */
function nameOf(object: JsonObject): string {
	const group = String(object.apiVersion ?? '').includes('/') ? `.${String(object.apiVersion).split('/')[0]}` : '';
	return `${String(object.kind).toLowerCase()}${group}/${String(getAt(object, ['metadata', 'name']))}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const lostInArgo = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]/;

/** Argo CD's second YAML pass folds U+0085 to a space and refuses control characters, even when JSON escapes them. */
function forArgo(object: JsonObject): string {
	const path = unfit(object, []);
	if (path)
		refuse(
			'control-character',
			`${nameOf(object)}: ${showPath(path)} holds a control character that Argo CD does not carry`,
			'Remove it, or put the text into a Secret as base64.',
		);
	return canonicalJson(object);
}

function unfit(value: unknown, path: string[]): string[] | undefined {
	if (typeof value === 'string') return lostInArgo.test(value) ? path : undefined;
	if (typeof value !== 'object' || value === null) return undefined;
	for (const [key, member] of Object.entries(value)) {
		const found = unfit(member, [...path, Array.isArray(value) ? `[${key}]` : key]);
		if (found) return found;
	}
	return undefined;
}
