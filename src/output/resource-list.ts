/** The ResourceList that a KRM function hands back, as JSON: no YAML writer but kustomize's own is read alike by it and kubectl. */
import { originOf, pathOf, type ResourceList } from '../input/resource-list.js';
import { isObject, type Json, type JsonObject, toJson } from '../json.js';
import type { Problem } from '../problems.js';
import { getAt } from '../render/path.js';
import type { Rendered, RenderedDatabase } from '../render/render.js';
import { isGitops } from '../render/source.js';

/** What goes out: the items in the order of the waves, what passes through exactly as it came in. */
export function outputItems(
	{ items }: ResourceList,
	databases: readonly RenderedDatabase[],
	tombstones: readonly Rendered[],
): JsonObject[] {
	const rendered = [
		...databases.flatMap(({ desired, objects }) =>
			objects.map(({ wave, object }) => ({ wave, object: withPath(object, desired.object) })),
		),
		...tombstones,
	].sort((a, b) => a.wave - b.wave);
	const objects = (fits: (wave: number) => boolean) =>
		rendered.filter(({ wave }) => fits(wave)).map(({ object }) => object);
	const passed = items.filter((item) => !isGitops(item));
	return [...objects((wave) => wave < 0), ...passed, ...objects((wave) => wave >= 0)];
}

export function printResourceList(
	{ apiVersion }: ResourceList,
	items: readonly JsonObject[],
	results: readonly Json[],
): string {
	return `${toJson({ apiVersion, kind: 'ResourceList', items: [...items], ...(results.length > 0 ? { results: [...results] } : {}) })}\n`;
}

/** What is wrong, in the form of the function specification's `results`. */
export function resultsOf(problems: readonly Problem[], { items }: Pick<ResourceList, 'items'>): JsonObject[] {
	return problems.map(({ severity, code, message, hint, resource, path, proposed }): JsonObject => {
		const item = items.find((each) => nameOf(each) === resource);
		const file = originOf(item);
		return {
			message: hint ? `${message}\n${hint}` : message,
			severity,
			...(item ? { resourceRef: referenceTo(item) } : {}),
			...(path === undefined
				? {}
				: {
						field: {
							path,
							...currentValue(item, path),
							...(proposed === undefined ? {} : { proposedValue: proposed }),
						},
					}),
			...(file === undefined ? {} : { file: { path: file } }),
			tags: { code },
		};
	});
}

/**
 * A problem with the file that its resource came from, instead of a line of a stream that nobody but kustomize sees. The
 * resource stays named where the file is not known.
 */
export function placedInSource(problem: Problem, { items }: Pick<ResourceList, 'items'>): Problem {
	const item = items.find((each) => nameOf(each) === problem.resource);
	if (!item) return problem;
	const { place, ...rest } = problem;
	const file = originOf(item);
	return { ...rest, ...(file === undefined ? {} : { source: file }) };
}

/** `Kind namespace/name`, as problems call a resource. */
function nameOf(item: JsonObject): string {
	const { namespace, name } = referenceTo(item);
	return `${String(item.kind)} ${namespace ? `${String(namespace)}/` : ''}${String(name)}`;
}

function referenceTo(item: JsonObject): JsonObject {
	const [name, namespace] = ['name', 'namespace'].map((key) => getAt(item, ['metadata', key]));
	return {
		apiVersion: item.apiVersion ?? '',
		kind: item.kind ?? '',
		name: name ?? '',
		...(namespace === undefined ? {} : { namespace }),
	};
}

function currentValue(item: JsonObject | undefined, path: string): { currentValue?: Json } {
	const value = item && getAt(item, path.match(/\[[^\]]*\]|[^.[]+/g) ?? []);
	return value === undefined || typeof value === 'object' ? {} : { currentValue: value };
}

/** Where the host writes files, what is rendered lies beside its source, each object in a file of its own. */
function withPath(object: JsonObject, source: JsonObject): JsonObject {
	const path = pathOf(getAt(source, ['metadata', 'annotations']));
	if (path === undefined || !isObject(object.metadata)) return object;
	const folder = path.slice(0, path.lastIndexOf('/') + 1);
	const file = `${folder}${String(object.kind).toLowerCase()}-${String(object.metadata.name)}.yaml`;
	const annotations = isObject(object.metadata.annotations) ? object.metadata.annotations : {};
	const marks = Object.fromEntries(
		['config.kubernetes.io', 'internal.config.kubernetes.io'].flatMap((prefix) => [
			[`${prefix}/path`, file],
			[`${prefix}/index`, '0'],
		]),
	);
	return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, ...marks } } };
}
