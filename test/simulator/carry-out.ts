/**
 * What an OpsRequest does to a database, written by hand from KubeDB's documentation and not from the catalog: the
 * catalog is what is on trial.
 */
import { isObject, type Json, type JsonObject } from '../../src/json.js';
import { deleteAt, getAt, parsePath, setAt } from '../../src/render/path.js';

/** Changes a spec (`{spec}`) in place. Returns the paths that it set or removed. */
export function carryOut(kind: string, root: JsonObject, request: JsonObject): string[] {
	const changed: string[] = [];
	const spec = request.spec as JsonObject;
	const from = (path: string): Json | undefined => getAt(spec, parsePath(path));
	const set = (path: string, value: Json | undefined) => {
		if (value === undefined) return;
		setAt(root, parsePath(path), structuredClone(value));
		changed.push(path);
	};
	const drop = (path: string) => {
		deleteAt(root, parsePath(path));
		changed.push(path);
	};
	const container = (template: string, name: string) => `${template}.spec.containers[name=${name}].resources`;
	switch (spec.type) {
		case 'UpdateVersion':
			set('spec.version', from('updateVersion.targetVersion'));
			break;
		case 'HorizontalScaling':
			set('spec.replicas', from('horizontalScaling.replicas'));
			if (from('horizontalScaling.maxscale') === true)
				set('spec.topology.maxscale.replicas', from('horizontalScaling.member'));
			else set('spec.replicas', from('horizontalScaling.member'));
			for (const group of items(from('horizontalScaling.readReplicas'))) {
				const path = `spec.readReplicas[name=${String(group.name)}]`;
				if (group.remove === true) drop(path);
				else for (const [key, value] of Object.entries(group)) set(`${path}.${key}`, value);
			}
			break;
		case 'VerticalScaling':
			set(container('spec.podTemplate', 'postgres'), from('verticalScaling.postgres.resources'));
			set(container('spec.podTemplate', 'mariadb'), from('verticalScaling.mariadb.resources'));
			set(
				container('spec.podTemplate', kind === 'Postgres' ? 'pg-coordinator' : 'md-coordinator'),
				from('verticalScaling.coordinator.resources'),
			);
			set(container('spec.topology.maxscale.podTemplate', 'maxscale'), from('verticalScaling.maxscale.resources'));
			set('spec.monitor.prometheus.exporter.resources', from('verticalScaling.exporter.resources'));
			set('spec.arbiter.resources', from('verticalScaling.arbiter.resources'));
			for (const group of items(from('verticalScaling.readReplicas')))
				set(`spec.readReplicas[name=${String(group.name)}].resources`, getAt(group, ['postgres', 'resources']));
			break;
		case 'VolumeExpansion':
			set(
				'spec.storage.resources.requests.storage',
				from('volumeExpansion.postgres') ?? from('volumeExpansion.mariadb'),
			);
			set('spec.arbiter.resources.requests.storage', from('volumeExpansion.arbiter'));
			set('spec.topology.maxscale.storage.resources.requests.storage', from('volumeExpansion.maxscale'));
			break;
		case 'StorageMigration':
			if (from('migration.maxscale') === true)
				set('spec.topology.maxscale.storage.storageClassName', from('migration.storageClassName'));
			else set('spec.storage.storageClassName', from('migration.storageClassName'));
			break;
		case 'Reconfigure':
			if (from('configuration.removeCustomConfig') === true)
				for (const part of ['secretName', 'inline']) drop(`spec.configuration.${part}`);
			set('spec.configuration.secretName', from('configuration.configSecret.name'));
			for (const [key, value] of entries(from('configuration.applyConfig'))) {
				setAt(root, ['spec', 'configuration', 'inline', key], value);
				changed.push('spec.configuration.inline');
			}
			if (from('configuration.tuning') !== undefined) {
				const off = from('configuration.tuning.disableAutoTune') === true;
				if (off) drop('spec.configuration.tuning');
				else set('spec.configuration.tuning', from('configuration.tuning'));
			}
			break;
		case 'ReconfigureTLS':
			if (from('tls.rotateCertificates') === true) break;
			if (from('tls.remove') === true) {
				drop('spec.tls');
				if (kind === 'Postgres') set('spec.sslMode', 'disable');
				else drop('spec.requireSSL');
				set('spec.clientAuthMode', from('tls.clientAuthMode'));
				break;
			}
			for (const part of ['issuerRef', 'certificates']) set(`spec.tls.${part}`, from(`tls.${part}`));
			for (const part of ['sslMode', 'clientAuthMode', 'requireSSL']) set(`spec.${part}`, from(`tls.${part}`));
			break;
		case 'RotateAuth': {
			const reference = from('authentication.secretRef');
			for (const [key, value] of entries(reference)) set(`spec.authSecret.${key}`, value);
			break;
		}
	}
	return [...new Set(changed)];
}

function items(value: Json | undefined): JsonObject[] {
	return Array.isArray(value) ? value.filter(isObject) : [];
}

function entries(value: Json | undefined): [string, Json][] {
	return isObject(value) ? Object.entries(value) : [];
}
