/** From what a person types to a kind and to a field path of its schema, with the nearest ones where there is none. */
import { type Kind, kindNames, kindOf } from '../catalog/catalog.js';
import listKeys from '../catalog/lists.yaml';
import { type Schema, schemaAt } from '../catalog/schema.js';
import { nearest } from '../problems.js';
import { parsePath, showPath } from '../render/path.js';

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
	if (found) return kindOf(found) as Kind;
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
	const segments = parsePath(text);
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
	const elsewhere = pathsEndingIn(
		kind,
		tail.filter((segment) => !segment.startsWith('[')),
	);
	const near = nearest(name, siblings);
	const places = elsewhere.slice(0, 8).map(showPath);
	const hint =
		places.length > 0
			? `It is at: ${places.join(', ')}${elsewhere.length > 8 ? ', and elsewhere' : ''}.`
			: near
				? `Did you mean ${showPath([...path, near])}?`
				: siblings.length > 0
					? `There are: ${siblings.join(', ')}.`
					: `${showPath(path)} has no fields.`;
	return { message: `${kind} has no field ${showPath([...path, name])}`, hint };
}

/** Every path of the schema whose last names are those, the shortest first. Pod templates count once, by their container. */
function pathsEndingIn(kind: string, tail: readonly string[]): string[][] {
	const found: string[][] = [];
	const visit = (path: string[], names: readonly string[]): void => {
		if (tail.length > 0 && names.length >= tail.length && tail.every((name, i) => name === names.at(i - tail.length)))
			found.push(path);
		const schema = schemaAt(kind, path.slice(1)) ?? {};
		if (path.length > 12) return;
		if (schema.items) visit([...path, '[*]'], names);
		for (const name of Object.keys(schema.properties ?? {})) visit([...path, name], [...names, name]);
	};
	visit(['spec'], []);
	return found.sort((a, b) => a.length - b.length);
}
