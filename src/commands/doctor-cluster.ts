/** What `doctor` reads of a cluster, whichever tool applies to it. */
import { bad, type Finding, type Found } from '../hosts/findings.js';
import { isObject, type JsonObject } from '../json.js';
import type { Get } from '../memory/api.js';
import { gitopsGroup } from '../render/desired.js';
import { getAt } from '../render/path.js';

/** The items of a list, none where there is no list. */
export function itemsOf(list: Found): JsonObject[] {
	return isObject(list) && Array.isArray(list.items) ? list.items.filter(isObject) : [];
}

/** Looks up what of `wanted` the cluster has, by its name. One list each: kubectl takes its time for every call. */
export async function readAll(get: Get, wanted: readonly JsonObject[]): Promise<(object: JsonObject) => Found> {
	const found = new Map<string, Found>();
	const lists = [...new Set(wanted.map((object) => pathOf(object).replace(/\/[^/]+$/, '')))];
	await Promise.all(
		lists.map(async (path) => {
			for (const item of itemsOf(await get(path)))
				found.set(`${path}/${String(getAt(item, ['metadata', 'name']))}`, item);
		}),
	);
	return (object) => found.get(pathOf(object));
}

/** Plurals of the database kinds that the cluster serves. */
export async function servedKinds(get: Get): Promise<ReadonlySet<string>> {
	const lists = await Promise.all(['v1', 'v1alpha2'].map((version) => pluralsIn(get, `/apis/kubedb.com/${version}`)));
	return new Set(lists.flat());
}

/** gitops resources that reached the cluster: what was to render them was left out on the way. */
export async function unrendered(get: Get): Promise<Finding[]> {
	const group = `/apis/${gitopsGroup}/v1alpha1`;
	const plurals = (await pluralsIn(get, group)).filter((plural) => !plural.includes('/'));
	const lists = await Promise.all(plurals.map(async (plural) => itemsOf(await get(`${group}/${plural}`))));
	return plurals.flatMap((plural, i): Finding[] => {
		const names = (lists[i] ?? []).map(({ metadata }) =>
			['namespace', 'name'].map((key) => String(getAt(metadata, [key]))).join('/'),
		);
		if (names.length === 0) return [];
		const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
		return [
			bad(
				`${plural}.${gitopsGroup}`,
				`${names.slice(0, 3).join(', ')}${more} reached the cluster unrendered`,
				"Find what applies them without the render (docs/kustomize.md). Before you delete them, see that KubeDB's own GitOps operator does not run: it may delete their databases.",
			),
		];
	});
}

async function pluralsIn(get: Get, path: string): Promise<string[]> {
	const list = await get(path);
	const resources = list && Array.isArray(list.resources) ? list.resources : [];
	return resources.map((each) => String(getAt(each, ['name'])));
}

function pathOf(object: JsonObject): string {
	const { name, namespace } = object.metadata as { name: string; namespace?: string };
	const plural = `${String(object.kind).toLowerCase().replace(/y$/, 'ie')}s`;
	return `/apis/${String(object.apiVersion)}${namespace ? `/namespaces/${namespace}` : ''}/${plural}/${name}`;
}
