/** A cluster that answers `kubectl get --raw PATH` from a table, and says of all else that it is not there. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/json.js';

export type Cluster = Readonly<Record<string, JsonObject>>;

export interface FakeKubectl {
	/** The environment with which the program finds this kubectl; `cluster` is what it answers from now on. */
	environment(cluster: Cluster): Record<string, string>;
	remove(): void;
}

export function fakeKubectl(): FakeKubectl {
	const folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
	const script = `#!${process.execPath}
const path = process.argv.at(-1).split('?')[0];
const found = require('${folder}/cluster.json')[path];
if (found) console.log(JSON.stringify(found));
else { console.error('Error from server (NotFound): the server could not find the requested resource'); process.exit(1); }
`;
	writeFileSync(join(folder, 'kubectl'), script);
	chmodSync(join(folder, 'kubectl'), 0o755);
	return {
		environment(cluster) {
			writeFileSync(join(folder, 'cluster.json'), JSON.stringify(cluster));
			return { PATH: `${folder}:${process.env.PATH}` };
		},
		remove: () => rmSync(folder, { recursive: true }),
	};
}

/** The lists, by path, in which a cluster shows these objects. */
export function listed(objects: readonly JsonObject[]): Cluster {
	const lists: Record<string, { items: JsonObject[] }> = {};
	for (const object of objects) {
		const { namespace } = object.metadata as { namespace?: string };
		const plural = `${String(object.kind).toLowerCase().replace(/y$/, 'ie')}s`;
		const path = `/apis/${object.apiVersion}${namespace ? `/namespaces/${namespace}` : ''}/${plural}`;
		lists[path] = { items: [...(lists[path]?.items ?? []), object] };
	}
	return lists as unknown as Cluster;
}
