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
			const objects = await list(get, path);
			// Every API server has ConfigMaps, and an empty list of them for a namespace that it does not know.
			if (!objects) return refuse('cluster-unreadable', noApi(path), 'Check the address of the API server.');
			for (const object of objects) configMaps.set(`${namespace}/${nameOf(object)}`, contentOf(object));
		}),
	);
	const contentFor = (id: Identity, role: 'plan' | 'state') =>
		configMaps.get(`${id.namespace}/${configMapName(id, role)}`);

	// OpsRequests before databases, see above.
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
		const [objects, others] = [live.get(collection), requests.get(collection)];
		if ((!objects || !others) && (plan || state)) {
			const group = kind.facts.database.split('/')[0];
			const missing = objects ? `${kind.facts.opsRequestPlural}.ops.kubedb.com` : `${kind.facts.plural}.${group}`;
			const hint = 'Check that this is the right cluster, and that KubeDB is installed.';
			refuse('no-kubedb', `${keyOf(id)} was rendered before, but the cluster has no ${missing}`, hint);
		}
		const object = objects?.find((each) => nameOf(each) === id.name);
		const found = object ? liveOf(kind, id, object) : 'absent';
		if (plan && !(state?.digest === plan.digest && typeof found === 'object' && found.plan === plan.digest))
			isUnsettled = true;
		const own = requestsOf(kind, id, others ?? []);
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
		const found = answer.items;
		if (!Array.isArray(found) || !found.every((item): item is JsonObject => isObject(item) && nameOf(item) !== ''))
			return refuse(
				'cluster-unreadable',
				`${unreadable}: the answer is no list of objects (GET ${path.split('?')[0]})`,
			);
		items.push(...found);
		const next = getAt(answer, ['metadata', 'continue']);
		token = next === undefined || next === '' ? undefined : next;
	}
	return items;
}

const unreadable = 'what was rendered before cannot be read from the cluster';

function noApi(path: string): string {
	return `${unreadable}: what answers knows nothing of ${path.split('?')[0]}`;
}

function nameOf(object: JsonObject): string {
	return String(getAt(object, ['metadata', 'name']) ?? '');
}

/** Whether the Application has an operation in progress; `unknown` where there is no Application to ask. */
async function isInProgress(get: Get, application: ApplicationName | undefined): Promise<boolean | 'unknown'> {
	if (!application) return 'unknown';
	const [namespace, name] = [application.namespace, application.name].map(encodeURIComponent);
	const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications/${name}`;
	const object = await get(path);
	if (!object) return 'unknown';
	if (object.kind !== 'Application')
		return refuse('cluster-unreadable', `${unreadable}: the answer is no Application (GET ${path})`);
	// A requested operation stands in `.operation` for a while before the status shows it.
	if (object.operation !== undefined) return true;
	const phase = getAt(object, ['status', 'operationState', 'phase']);
	return phase === 'Running' || phase === 'Terminating';
}
