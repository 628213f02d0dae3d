/** Databases of the stories. */
import type { JsonObject } from '../src/json.js';
import { parsePath, setAt } from '../src/render/path.js';

/** A gitops Postgres; `changes` sets field paths. */
export function postgres(changes: Record<string, unknown> = {}, name = 'pg'): JsonObject {
	const object: JsonObject = {
		apiVersion: 'gitops.kubedb.com/v1alpha1',
		kind: 'Postgres',
		metadata: { name, annotations: {} },
		spec: {
			version: '16.6',
			replicas: 3,
			storageType: 'Durable',
			deletionPolicy: 'WipeOut',
			podTemplate: {
				spec: {
					containers: [
						{
							name: 'postgres',
							resources: { requests: { cpu: '0.5', memory: '1024Mi' }, limits: { memory: '1.2Gi' } },
						},
					],
				},
			},
			storage: {
				storageClassName: 'standard',
				accessModes: ['ReadWriteOnce'],
				resources: { requests: { storage: '1Gi' } },
			},
		},
	};
	return changed(object, changes);
}

/** A gitops MariaDB with MaxScale. */
export function mariadb(changes: Record<string, unknown> = {}, name = 'md'): JsonObject {
	const volume = () => ({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } });
	const object: JsonObject = {
		apiVersion: 'gitops.kubedb.com/v1alpha1',
		kind: 'MariaDB',
		metadata: { name, annotations: {} },
		spec: {
			version: '11.6.2',
			replicas: 3,
			storageType: 'Durable',
			deletionPolicy: 'WipeOut',
			topology: { mode: 'MariaDBReplication', maxscale: { replicas: 3, storage: volume() } },
			storage: { storageClassName: 'standard', ...volume() },
		},
	};
	return changed(object, changes);
}

function changed(object: JsonObject, changes: Record<string, unknown>): JsonObject {
	for (const [path, value] of Object.entries(changes)) setAt(object, parsePath(path), value as JsonObject);
	return object;
}

export const cpu = 'spec.podTemplate.spec.containers[name=postgres].resources.requests.cpu';
export const storage = 'spec.storage.resources.requests.storage';
