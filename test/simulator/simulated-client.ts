/** The API of Kubernetes by its paths, over the simulated API server: what stories do with a client of their own. */
import type { Client } from '../../e2e/cluster/client.js';
import { kindNames, kindOf } from '../../src/catalog/catalog.js';
import { isObject, type JsonObject } from '../../src/json.js';
import { getAt, setAt } from '../../src/render/path.js';
import { merged } from '../kind-tables.js';
import { type Api, isDatabase, keyOf } from './api.js';
import { namespace } from './commits.js';
import { mutateDatabase } from './webhooks.js';

/** A person's account: the fence does not bind it. `look` is called before each read. */
export function simulatedClient(api: Api, look: () => void): Client {
	const client: Client = {
		async get(path) {
			look();
			const key = keyAt(path);
			const found = key === undefined ? undefined : api.get(key);
			return found && structuredClone(found);
		},
		async list(path) {
			look();
			const kind = kindAt(path);
			return api
				.ofKind((each) => each === kind)
				.filter((object) => kind !== 'ConfigMap' || isObject(getAt(object, ['metadata', 'labels'])))
				.map((object) => structuredClone(object));
		},
		async create(_, object) {
			if (object.kind === 'Namespace') return object;
			const named = structuredClone(object);
			setAt(named, ['metadata', 'namespace'], namespace);
			api.apply('person', named);
			return api.get(keyOf(named)) as JsonObject;
		},
		async patch(path, patch) {
			const key = keyAt(path);
			const old = key === undefined ? undefined : api.get(key);
			if (!old) throw new Error(`not found: ${path}`);
			const next = merged(old, patch) as JsonObject;
			if (isDatabase(next)) mutateDatabase(next);
			api.objects.set(keyOf(next), next);
			return structuredClone(next);
		},
		async delete(path) {
			const key = keyAt(path);
			if (key === undefined) throw new Error(`not simulated: ${path}`);
			api.delete(key);
		},
		apply: (path) => Promise.reject(new Error(`not simulated: apply ${path}`)),
		replace: (path) => Promise.reject(new Error(`not simulated: replace ${path}`)),
		tryOut: (path) => Promise.reject(new Error(`not simulated: dry run ${path}`)),
	};
	return client;
}

function kindAt(path: string): string | undefined {
	const resource = /\/namespaces\/[^/]+\/([^/?]+)/.exec(path)?.[1];
	if (resource === 'configmaps') return 'ConfigMap';
	for (const name of kindNames()) {
		const facts = kindOf(name)?.facts;
		if (facts?.plural === resource) return name;
		if (facts?.opsRequestPlural === resource) return facts?.opsRequest;
	}
	return undefined;
}

function keyAt(path: string): string | undefined {
	const name = /\/namespaces\/[^/]+\/[^/]+\/([^/?]+)/.exec(path)?.[1];
	const kind = kindAt(path);
	return kind === undefined || name === undefined ? undefined : `${kind} ${namespace}/${name}`;
}
