/** From what a person types to a kind and to a field path of its schema, with the nearest ones where there is none. */

import { type Kind, kindNames, kindOf } from '../catalog/catalog.js';
import listKeys from '../catalog/lists.yaml';
import { withProse } from '../catalog/prose.js';
import { fieldPaths, type Schema, schemaAt } from '../catalog/schema.js';
import { nearest } from '../problems.js';
import { showPath } from '../render/path.js';

export interface NotFound {
	readonly message: string;
	readonly hint: string;
}

/** The kind that a word means: its name in any case, its plural or a short name. */
export function findKind(word: string): Kind | NotFound {
	const wanted = word.toLowerCase();
	const names = kindNames();
	const namesOf = (name: string) => {
		const { kind, plural, shortNames } = (kindOf(name) as Kind).facts;
		return [kind.toLowerCase(), plural, ...shortNames];
	};
	const found = names.find((name) => namesOf(name).includes(wanted));
	if (found) return withProse(kindOf(found) as Kind);
	const near = nearest(wanted, names.flatMap(namesOf));
	const kind = near && names.find((name) => namesOf(name).includes(near));
	return {
		message: `there is no gitops form of the kind ${JSON.stringify(word)}`,
		hint: kind ? `Did you mean ${kind}?` : `There are: ${names.join(', ')}.`,
	};
}

/**
 * The path of a field that exists, from `spec` on; `spec` may be left out. Items of lists may be left out too, and are
 * then any item (`[*]`), or named as `[postgres]` or `[name=postgres]`.
 */
export function findPath(kind: string, text: string): string[] | NotFound {
	const segments = text.match(/\[[^\]]*\]|[^.[]+/g) ?? [];
	const withSpec = segments[0] === 'spec' ? segments : ['spec', ...segments];
	if (segments[0] === 'metadata' || segments[0] === 'status')
		return {
			message: `${segments[0]} of ${kind} is not managed`,
			hint: 'Labels and annotations are copied to the database CR; the fields are below spec.',
		};
	const path = ['spec'];
	for (const segment of withSpec.slice(1)) {
		const schema = schemaAt(kind, path.slice(1)) ?? {};
		const next = segment.startsWith('[') ? itemSegment(schema, path, segment) : undefined;
		if (next) path.push(next);
		else {
			if (schema.items) path.push('[*]');
			const at = schemaAt(kind, path.slice(1)) ?? {};
			const name = segment.replace(/^\[|\]$/g, '');
			if (!hasKey(at, name)) return noField(kind, path, name, withSpec.slice(path.length));
			path.push(name);
		}
	}
	return path;
}

/** The segment for an item of a list: `[postgres]` by the key that the list has. */
function itemSegment({ items }: Schema, path: readonly string[], segment: string): string | undefined {
	if (!items) return undefined;
	if (segment.includes('=') || segment === '[*]') return segment;
	const [key] = (listKeys as Record<string, string[]>)[path.at(-1) ?? ''] ?? [];
	return key ? `[${key}=${segment.slice(1, -1)}]` : '[*]';
}

function hasKey({ properties, additionalProperties }: Schema, name: string): boolean {
	return (properties !== undefined && Object.hasOwn(properties, name)) || typeof additionalProperties === 'object';
}

function noField(kind: string, path: readonly string[], name: string, tail: readonly string[]): NotFound {
	const siblings = Object.keys(schemaAt(kind, path.slice(1))?.properties ?? {});
	return {
		message: `${kind} has no field ${showPath([...path, name])}`,
		hint: hintFor(kind, path, name, tail, siblings),
	};
}

/** The same names elsewhere, then a near name beside, then a near name anywhere, then all there is. */
function hintFor(
	kind: string,
	path: readonly string[],
	name: string,
	tail: readonly string[],
	siblings: readonly string[],
): string {
	const names = tail.filter((segment) => !segment.startsWith('['));
	const all = fieldPaths(kind).sort((a, b) => a.length - b.length);
	const elsewhere = all.filter((each) => endsIn(each, names));
	if (elsewhere.length > 0) return `It is at: ${listed(elsewhere)}.`;
	const near = nearest(name, siblings);
	if (near) return `Did you mean ${showPath([...path, near])}?`;
	const likely = names.length === 1 ? nearest(name, new Set(all.flatMap((each) => each.at(-1) ?? []))) : undefined;
	if (likely) return `Did you mean ${listed(all.filter((each) => endsIn(each, [likely])))}?`;
	return siblings.length > 0 ? `There are: ${siblings.join(', ')}.` : `${showPath(path)} has no fields.`;
}

function listed(paths: readonly (readonly string[])[]): string {
	return `${paths.slice(0, 8).map(showPath).join(', ')}${paths.length > 8 ? ', and elsewhere' : ''}`;
}

function endsIn(path: readonly string[], names: readonly string[]): boolean {
	const own = path.filter((segment) => segment !== '[*]');
	return names.length > 0 && names.every((name, i) => name === own.at(i - names.length));
}
