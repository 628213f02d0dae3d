import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';
import type { Application } from '../application.js';
import { cpu, postgres } from '../databases.js';
import { annotation, applied, committed, created, failed, mended, messageOf, replicas, succeeded } from '../steps.js';
import { story } from '../story.js';

/** A database whose HorizontalScaling has failed, with KubeDB able to do it by now. */
async function failedScaling(app: Application): Promise<void> {
	await created(app);
	app.kubedb.fails.add('HorizontalScaling');
	const seen = failed(await applied(app, { [replicas]: 5, [cpu]: '700m' }));
	assert.match(
		messageOf(seen, 'PostgresOpsRequest'),
		/Failed: the stand-in was told to fail HorizontalScaling -> raise the annotation kubedb-render\/retry or revert the commit, then sync/,
	);
	assert.deepEqual(await app.summary(), ['VerticalScaling Successful', 'HorizontalScaling Failed']);
	app.kubedb.fails.clear();
}

story('a failed operation, then its commit is reverted', async (app) => {
	await failedScaling(app);
	succeeded(await applied(app, {}));
	assert.equal(await app.field(['spec', 'replicas']), 3);
	assert.equal((await app.operations()).at(-1)?.type, 'VerticalScaling');
});

story('a failed operation, then a retry token', async (app) => {
	await failedScaling(app);
	succeeded(await applied(app, { [replicas]: 5, [cpu]: '700m', [annotation('retry')]: '1' }));
	assert.equal(await app.field(['spec', 'replicas']), 5);
	assert.deepEqual((await app.summary()).sort(), [
		'HorizontalScaling Failed',
		'HorizontalScaling Successful',
		'VerticalScaling Successful',
	]);
});

story('a failed operation, then another commit: fails at the same request, until a token', async (app) => {
	await failedScaling(app);
	const more = { [replicas]: 5, [cpu]: '900m' };
	const seen = failed(await applied(app, more));
	assert.match(messageOf(seen, 'PostgresOpsRequest'), /raise the annotation kubedb-render\/retry/);
	succeeded(await applied(app, { ...more, [annotation('retry')]: '1' }));
	assert.equal(await app.field(['spec', 'replicas']), 5);
});

story("an operation that KubeDB skips for an autoscaler's newer one is planned anew", async (app) => {
	await created(app);
	const request = (name: string, spec: JsonObject) =>
		app.kube.create(`/apis/ops.kubedb.com/v1alpha1/namespaces/${app.name}/postgresopsrequests`, {
			apiVersion: 'ops.kubedb.com/v1alpha1',
			kind: 'PostgresOpsRequest',
			metadata: { name, namespace: app.name },
			spec: { databaseRef: { name: 'pg' }, ...spec },
		});
	app.kubedb.held = true;
	await request('by-hand', { type: 'Restart' });
	await app.waitForOperation('Progressing');
	await committed(app, { [cpu]: '700m' });
	await app.startSync();
	await app.waitForOperation('waiting');
	await app.pause(1100);
	const resources = { requests: { cpu: '500m', memory: '2Gi' }, limits: { memory: '2Gi' } };
	await request('autoscaler', { type: 'VerticalScaling', verticalScaling: { postgres: { resources } } });
	app.kubedb.held = false;
	const seen = failed(await app.syncEnds());
	assert.match(
		messageOf(seen, 'PostgresOpsRequest'),
		/Skipped: .* hard-refresh and sync: what is still missing is planned anew/,
	);
	await app.waitForOperation('Successful', 2);
	succeeded(await mended(app));
	assert.equal((await app.operations()).at(-1)?.phase, 'Successful');
	const containers = (await app.field(['spec', 'podTemplate', 'spec', 'containers'])) as JsonObject[];
	assert.equal(getAt(containers[0], ['resources', 'requests', 'cpu']), '700m');
});

story('two databases in one Application: one that fails holds up both, and no other', async (app) => {
	const second = (changes: Record<string, unknown> = {}) => postgres(changes, 'other');
	await app.commit({ 'other.yaml': second() });
	await created(app);
	app.kubedb.failsFor.add('other');
	await app.commit({ 'other.yaml': second({ [cpu]: '700m' }) });
	failed(await applied(app, { [cpu]: '700m', [replicas]: 5 }));
	app.kubedb.failsFor.clear();
	await app.commit({ 'other.yaml': second({ [cpu]: '700m', [annotation('retry')]: '1' }) });
	await app.refresh();
	succeeded(await app.sync());
	assert.equal(await app.field(['spec', 'replicas']), 5);
});
