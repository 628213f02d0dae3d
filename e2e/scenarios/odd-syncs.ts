import assert from 'node:assert/strict';
import { getAt } from '../../src/render/path.js';
import { cpu, postgres } from '../databases.js';
import { applied, automated, committed, created, failed, mended, messageOf, replicas, succeeded } from '../steps.js';
import { story } from '../story.js';

const database = { group: 'kubedb.com', kind: 'Postgres', name: 'pg' };
const map = (role: string) => ({ kind: 'ConfigMap', name: `pg-postgres-${role}` });

story('a partial sync of the database CR alone is refused by the fence', async (app) => {
	await created(app);
	await committed(app, { [replicas]: 5 });
	const seen = failed(await app.sync({ resources: [database] }));
	assert.match(messageOf(seen, 'Postgres'), /spec\.replicas is changed by KubeDB alone.*sync all of it/s);
	assert.equal(await app.field(['spec', 'replicas']), 3);
	succeeded(await app.sync());
});

for (const roles of [['plan'], ['state'], ['plan', 'state']])
	story(`a partial sync of ${roles.join(' and ')} alone is not taken for done`, async (app) => {
		await created(app);
		await committed(app, { [replicas]: 5 });
		await app.sync({ resources: roles.map(map) });
		succeeded(await mended(app));
		assert.equal(await app.field(['spec', 'replicas']), 5);
		assert.deepEqual(await app.summary(), ['HorizontalScaling Successful']);
	});

story('ApplyOutOfSyncOnly after a terminated sync skips the running operation: the fence stops it', async (app) => {
	await created(app);
	app.kubedb.held = true;
	await committed(app, { [replicas]: 5 });
	await app.startSync();
	await app.waitForOperation('Progressing');
	failed(await app.terminate());
	await app.refresh();
	const seen = failed(await app.sync({ syncOptions: ['ApplyOutOfSyncOnly=true'] }));
	assert.match(messageOf(seen, 'Postgres'), /spec\.replicas is changed by KubeDB alone/);
	app.kubedb.held = false;
	await app.waitForOperation('Successful');
	succeeded(await mended(app));
	assert.deepEqual(await app.summary(), ['HorizontalScaling Successful']);
});

story(
	'Replace would take away what KubeDB wrote: refused; Replace with Force does not delete the database',
	async (app) => {
		await created(app);
		const uid = await app.field(['metadata', 'uid']);
		await committed(app, { [replicas]: 5 });
		const replaced = failed(await app.sync({ syncOptions: ['Replace=true'] }));
		assert.match(messageOf(replaced, 'Postgres'), /spec\.authSecret\.name is changed by KubeDB alone/);
		succeeded(await mended(app));
		assert.equal(await app.field(['spec', 'replicas']), 5);
		await committed(app, { [replicas]: 5, [cpu]: '700m' });
		const seen = failed(await app.sync({ syncOptions: ['Replace=true'], force: true }));
		assert.match(JSON.stringify(seen.results), /may not be deleted to be replaced/);
		succeeded(await mended(app));
		assert.equal(await app.field(['metadata', 'uid']), uid, 'the database is the same');
	},
	{ real: true },
);

story(
	'a hand-edited replica count: Argo CD does not fight it, and git wins when it is asked to',
	async (app) => {
		await automated(app, await app.commit({ 'pg.yaml': postgres() }));
		await app.kube.patch(app.databasePath(), { spec: { replicas: 5 } });
		const seen = await app.refresh();
		assert.equal(seen.sync, 'Synced', JSON.stringify(seen));
		await app.refresh('hard');
		assert.equal(await app.field(['spec', 'replicas']), 5);
		await automated(app, await committed(app, { 'metadata.annotations.kubedb-render/drift': 'repair' }));
		assert.equal(await app.field(['spec', 'replicas']), 3);
		assert.deepEqual(await app.summary(), ['HorizontalScaling Successful']);
	},
	{ automated: true },
);

story("an autoscaler's own OpsRequest, then an unrelated commit: its value stays", async (app) => {
	await created(app);
	await app.kube.create(`/apis/ops.kubedb.com/v1alpha1/namespaces/${app.name}/postgresopsrequests`, {
		apiVersion: 'ops.kubedb.com/v1alpha1',
		kind: 'PostgresOpsRequest',
		metadata: { name: 'autoscaler', namespace: app.name },
		spec: {
			type: 'VerticalScaling',
			databaseRef: { name: 'pg' },
			verticalScaling: {
				postgres: { resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '4Gi' } } },
			},
		},
	});
	await app.waitForOperation('Successful');
	await app.refresh();
	succeeded(await applied(app, { 'spec.deletionPolicy': 'Delete' }));
	const [first] = (await app.field(['spec', 'podTemplate', 'spec', 'containers'])) as never[];
	assert.equal(getAt(first, ['resources', 'requests', 'memory']), '4Gi');
	succeeded(await applied(app, { 'spec.deletionPolicy': 'Delete', [replicas]: 5 }));
	assert.deepEqual(await app.summary(), ['VerticalScaling Successful', 'HorizontalScaling Successful']);
});
