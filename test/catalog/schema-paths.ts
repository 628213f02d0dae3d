/** Field paths of the catalog held against the structural schemas of KubeDB's CRDs. */
import lists from '../../src/catalog/lists.yaml';
import type { Schema } from '../../src/catalog/schema.js';
import { itemOf, type Path } from '../../src/render/path.js';

export interface SchemaSet {
	readonly kinds: Readonly<Record<string, Schema>>;
	readonly $defs: Readonly<Record<string, Schema>>;
}

const keyedLists = lists as Record<string, string[]>;

/** A schema at a path of `{spec}` of a kind; `*` is any key of a map, a segment in brackets any item. */
export function schemaOf(set: SchemaSet, kind: string, path: Path): Schema | undefined {
	const [first, ...rest] = path;
	let at = first === 'spec' ? resolved(set, set.kinds[kind]) : undefined;
	for (const segment of rest) at = at && resolved(set, childOf(set, at, segment));
	return at;
}

/** The schema that a reference stands for. */
export function resolved(set: SchemaSet, schema: Schema | undefined): Schema | undefined {
	return schema?.$ref ? set.$defs[schema.$ref.replace('#/$defs/', '')] : schema;
}

function childOf(set: SchemaSet, schema: Schema, segment: string): Schema | undefined {
	if (segment.startsWith('[')) {
		const items = resolved(set, schema.items);
		const key = itemOf(segment)?.[0];
		return key === undefined || mayHaveKey(items, key) ? items : undefined;
	}
	const own = schema.properties && Object.hasOwn(schema.properties, segment) ? schema.properties[segment] : undefined;
	// Of the roles of a topology, `*` is each, and they are alike.
	return own ?? openPart(schema) ?? (segment === '*' ? Object.values(schema.properties ?? {})[0] : undefined);
}

/** What the values of a map with keys of the user's own must be; anything where the CRD keeps unknown fields. */
export function openPart(schema: Schema): Schema | undefined {
	if (typeof schema.additionalProperties === 'object') return schema.additionalProperties;
	const isMap = [schema.type].flat().includes('object') || schema.properties !== undefined;
	return isMap && schema.additionalProperties === undefined ? {} : undefined;
}

function mayHaveKey(items: Schema | undefined, key: string): boolean {
	return (
		items?.properties?.[key] !== undefined || isText(items) || (items !== undefined && openPart(items) !== undefined)
	);
}

function isText(schema: Schema | undefined): boolean {
	return [schema?.type].flat().includes('string');
}

/**
 * The leaves below `spec` as paths. Where `goesOn` says no, a path counts as a leaf whatever is below it. Items of keyed
 * lists are called by the names that `namesAt` gives and by one more; those of other lists are `[*]` where `goesOn`
 * wants to know them.
 */
export function schemaLeaves(
	set: SchemaSet,
	kind: string,
	goesOn: (path: Path) => boolean,
	namesAt: (path: Path) => readonly string[] = () => [],
): Path[] {
	const leaves: Path[] = [];
	const visit = (schema: Schema | undefined, path: Path): void => {
		const at = resolved(set, schema);
		if (!at || !goesOn(path)) {
			leaves.push(path);
			return;
		}
		const open = openPart(at);
		if (at.items) for (const item of itemSegments(set, at, path, namesAt)) visit(at.items, [...path, item]);
		else if (at.properties || open) {
			for (const [key, child] of Object.entries(at.properties ?? {})) visit(child, [...path, key]);
			if (open) for (const key of [...namesAt(path), '*']) visit(open, [...path, key]);
		} else leaves.push(path);
	};
	visit(set.kinds[kind], ['spec']);
	return leaves;
}

/** What items of a list are called in paths: by their keys where it is a keyed one. */
export function itemSegments(
	set: SchemaSet,
	list: Schema,
	path: Path,
	namesAt: (path: Path) => readonly string[],
): readonly string[] {
	const items = resolved(set, list.items);
	const keys = keyedLists[path.at(-1) ?? '']?.filter((key) => mayHaveKey(items, key));
	if (!keys || keys.length === 0) return ['[*]'];
	return [...namesAt(path), ...keys.map((key) => `[${key}=other]`)];
}

/** Whether there is nothing to set: a struct without fields. */
export function isEmptyStruct(set: SchemaSet, kind: string, path: Path): boolean {
	const schema = schemaOf(set, kind, path);
	return schema?.additionalProperties === false && Object.keys(schema.properties ?? {}).length === 0;
}

/** Whether a pattern speaks of a path or of something above it. `*` is any segment, `**` any number of them. */
export function covers(pattern: Path, path: Path): boolean {
	const [first, ...rest] = pattern;
	if (first === undefined) return true;
	if (first === '**') return path.some((_, i) => covers(rest, path.slice(i)));
	const [segment, ...below] = path;
	if (segment === undefined) return false;
	const bothItems = first.startsWith('[') && segment.startsWith('[');
	return (first === segment || first === '*' || segment === '*' || bothItems) && covers(rest, below);
}
