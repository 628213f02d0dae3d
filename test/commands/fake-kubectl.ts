/** A cluster that answers `kubectl get --raw PATH` from a table, and says of all else that it is not there. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
	// A file for each answer, because a program in Node would take longer to start than all else.
	const script = `#!/bin/sh
for path; do :; done
path=\${path%%\\?*}
while :; do case $path in */*) path=\${path%%/*}_\${path#*/} ;; *) break ;; esac; done
if [ -f "${folder}/answers/$path" ]; then exec cat "${folder}/answers/$path"; fi
echo 'Error from server (NotFound): the server could not find the requested resource' >&2
exit 1
`;
	writeFileSync(join(folder, 'kubectl'), script);
	chmodSync(join(folder, 'kubectl'), 0o755);
	return {
		environment(cluster) {
			rmSync(join(folder, 'answers'), { recursive: true, force: true });
			mkdirSync(join(folder, 'answers'));
			for (const [path, answer] of Object.entries(cluster))
				writeFileSync(join(folder, 'answers', path.replaceAll('/', '_')), JSON.stringify(answer));
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
