import assert from 'node:assert/strict';
import { cpu, mariadb, postgres, storage } from '../databases.js';
import { annotation, applied, created, inOrder, replicas, succeeded } from '../steps.js';
import { story } from '../story.js';

story('three operations of one commit run one after the other', async (app) => {
	await created(app);
	succeeded(await applied(app, { [replicas]: 5, [cpu]: '700m', [storage]: '2Gi' }));
	await inOrder(app, ['VolumeExpansion', 'VerticalScaling', 'HorizontalScaling']);
	assert.equal(await app.field(['spec', 'replicas']), 5);
	assert.equal(await app.field(['spec', 'storage', 'resources', 'requests', 'storage']), '2Gi');
});

story('each type of operation, one commit each: Postgres', async (app) => {
	await created(app);
	const secret = (name: string, content: string) => ({
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: { name },
		stringData: { 'user.conf': content, username: 'postgres', password: content },
	});
	const changes: Record<string, unknown> = {};
	const types: string[] = [];
	const next = async (type: string, more: Record<string, unknown>) => {
		Object.assign(changes, more);
		types.push(type);
		await app.commit({
			'secrets.yaml': `${JSON.stringify(secret('conf', 'a'))}\n---\n${JSON.stringify(secret('auth', 'b'))}\n`,
		});
		succeeded(await applied(app, changes));
		assert.deepEqual((await app.summary()).length, types.length, `after ${type}: ${await app.summary()}`);
	};
	await next('StorageMigration', { 'spec.storage.storageClassName': 'fast' });
	await next('VolumeExpansion', { [storage]: '3Gi' });
	await next('VerticalScaling', { [cpu]: '1' });
	await next('HorizontalScaling', { [replicas]: 5 });
	await next('UpdateVersion', { 'spec.version': '17.2' });
	await next('ReconfigureTLS', { 'spec.tls.issuerRef': { name: 'ca', kind: 'Issuer', apiGroup: 'cert-manager.io' } });
	await next('Reconfigure', { 'spec.configuration.inline': { 'user.conf': 'max_connections = 200' } });
	await next('Reconfigure', { 'spec.configuration.secretName': 'conf' });
	await next('RotateAuth', { 'spec.authSecret.name': 'auth' });
	await next('HorizontalScaling', { [replicas]: 3 });
	await next('Restart', { [annotation('restart')]: '1' });
	await inOrder(app, types);
});

story('each type of operation, one commit each: MariaDB', async (app) => {
	const resources = (cpu: string) => ({ requests: { cpu, memory: '2Gi' }, limits: { memory: '2Gi' } });
	const mariadbResources = 'spec.podTemplate.spec.containers[name=mariadb].resources';
	const changes: Record<string, unknown> = { [mariadbResources]: resources('1') };
	const types: string[] = [];
	const commit = async () => {
		await app.commit({ 'md.yaml': mariadb(changes) });
		await app.refresh();
		succeeded(await app.sync());
	};
	await commit();
	const next = async (type: string, more: Record<string, unknown>) => {
		Object.assign(changes, more);
		types.push(type);
		await commit();
		assert.deepEqual((await app.summary()).length, types.length, `after ${type}: ${await app.summary()}`);
	};
	await next('VolumeExpansion', { 'spec.topology.maxscale.storage.resources.requests.storage': '2Gi' });
	await next('VerticalScaling', { [mariadbResources]: resources('2') });
	await next('HorizontalScaling', { [replicas]: 5 });
	await next('Reconfigure', { 'spec.configuration.inline': { 'a.cnf': 'x', 'b.cnf': 'y' } });
	await next('Reconfigure', { 'spec.configuration.inline': { 'b.cnf': 'y' } });
	await inOrder(app, types);
});

story('a Secret whose content changes under its name is a Reconfigure', async (app) => {
	const secret = (content: string) => ({
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: { name: 'conf' },
		stringData: { 'user.conf': content },
	});
	await app.commit({ 'secret.yaml': secret('max_connections = 100') });
	await created(app, postgres({ 'spec.configuration.secretName': 'conf' }));
	await app.commit({ 'secret.yaml': secret('max_connections = 200') });
	await app.refresh();
	succeeded(await app.sync());
	assert.deepEqual(await app.summary(), ['Reconfigure Successful']);
});

story('direct changes and labels need no operation', async (app) => {
	await created(app);
	succeeded(await applied(app, { 'spec.deletionPolicy': 'Delete', 'metadata.labels': { team: 'x' } }));
	assert.deepEqual(await app.summary(), []);
	assert.equal(await app.field(['spec', 'deletionPolicy']), 'Delete');
	assert.equal(await app.field(['metadata', 'labels', 'team']), 'x');
});
