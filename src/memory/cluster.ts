/** Memory from the cluster: plan, state, OpsRequests and database CRs, in that order, one list for all of a kind. */
import type { Kind } from '../catalog/catalog.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { refuse } from '../problems.js';
import { liveOf, requestsOf } from '../render/live.js';
import { getAt } from '../render/path.js';
import type { Memory } from '../render/situation.js';
import type { Get } from './api.js';
import { contentOf, remembered } from './files.js';
import { type ConfigMapContent, configMapName, type Identity } from './memory.js';

export interface ApplicationName {
	readonly namespace: string;
	readonly name: string;
}

interface Database {
	readonly id: Identity;
	readonly kind: Kind;
}

const PAGE = 500;

/**
 * Reads the memory of databases. Requests are read before the databases: one that ends in between is then seen as
 * running, with its value there already, and not as done with the old value still there.
 */
export async function readCluster(
	databases: readonly Database[],
	get: Get,
	application: ApplicationName | undefined,
): Promise<(id: Identity) => Memory> {
	const namespaces = [...new Set(databases.map(({ id }) => id.namespace))].sort();
	const configMaps = new Map<string, ConfigMapContent>();
	await Promise.all(
		namespaces.map(async (namespace) => {
			const path = `/api/v1/namespaces/${namespace}/configmaps?labelSelector=kubedb-render%2Frole`;
			for (const object of (await list(get, path)) ?? [])
				configMaps.set(`${namespace}/${String(getAt(object, ['metadata', 'name']))}`, contentOf(object));
		}),
	);
	const contentFor = (id: Identity, role: 'plan' | 'state') =>
		configMaps.get(`${id.namespace}/${configMapName(id, role)}`);

	const collections = new Map(databases.map((each) => [`${each.id.namespace} ${each.id.kind}`, each] as const));
	const requests = await readEach(collections, ({ id, kind }) =>
		list(get, `/apis/ops.kubedb.com/v1alpha1/namespaces/${id.namespace}/${kind.facts.opsRequestPlural}`),
	);
	const live = await readEach(collections, ({ id, kind }) =>
		list(get, `/apis/${kind.facts.database}/namespaces/${id.namespace}/${kind.facts.plural}`),
	);

	const memories = new Map<string, Omit<Memory, 'inProgress'>>();
	let isUnsettled = false;
	for (const { id, kind } of databases) {
		const collection = `${id.namespace} ${id.kind}`;
		const { plan, state } = remembered(id, contentFor(id, 'plan'), contentFor(id, 'state'));
		const objects = live.get(collection);
		if (!objects && (plan || state)) {
			const hint = 'Check that this is the right cluster, and that KubeDB is installed.';
			refuse(
				'no-kubedb',
				`${id.kind} ${id.namespace}/${id.name} was rendered before, but the cluster has no ${kind.facts.plural}.${kind.facts.database.split('/')[0]}`,
				hint,
			);
		}
		const object = objects?.find((each) => getAt(each, ['metadata', 'name']) === id.name);
		const found = object ? liveOf(kind, id, object) : 'absent';
		if (plan && !(state?.digest === plan.digest && typeof found === 'object' && found.plan === plan.digest))
			isUnsettled = true;
		const own = requestsOf(kind, id, requests.get(collection) ?? []);
		memories.set(keyOf(id), { plan, state, live: found, requests: own });
	}
	const inProgress = isUnsettled ? await isInProgress(get, application) : 'unknown';
	return (id) => ({ ...(memories.get(keyOf(id)) as Omit<Memory, 'inProgress'>), inProgress });
}

function keyOf({ kind, namespace, name }: Identity): string {
	return `${kind} ${namespace}/${name}`;
}

async function readEach<T>(
	collections: ReadonlyMap<string, Database>,
	read: (of: Database) => Promise<T>,
): Promise<Map<string, T>> {
	const entries = [...collections].map(async ([key, of]) => [key, await read(of)] as const);
	return new Map(await Promise.all(entries));
}

/** All items of a list, or undefined where the API server does not know the resource. */
async function list(get: Get, path: string): Promise<JsonObject[] | undefined> {
	const items: JsonObject[] = [];
	for (let token: Json | undefined = ''; token !== undefined; ) {
		const page: string = `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}${token ? `&continue=${encodeURIComponent(String(token))}` : ''}`;
		const answer = await get(page);
		if (!answer) return undefined;
		if (!Array.isArray(answer.items))
			refuse(
				'cluster-unreadable',
				`what was rendered before cannot be read from the cluster: the answer is no list (GET ${path.split('?')[0]})`,
			);
		items.push(...(answer.items as Json[]).filter(isObject));
		const next = getAt(answer, ['metadata', 'continue']);
		token = next === undefined || next === '' ? undefined : next;
	}
	return items;
}

/** Whether the Application has an operation in progress; `unknown` where there is no Application to ask. */
async function isInProgress(get: Get, application: ApplicationName | undefined): Promise<boolean | 'unknown'> {
	if (!application) return 'unknown';
	const { namespace, name } = application;
	const object = await get(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications/${name}`);
	if (!object) return 'unknown';
	// A requested operation stands in `.operation` for a while before the status shows it.
	if (object.operation !== undefined) return true;
	const phase = getAt(object, ['status', 'operationState', 'phase']);
	return phase === 'Running' || phase === 'Terminating';
}
