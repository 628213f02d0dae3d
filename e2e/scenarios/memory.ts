import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';
import { until } from '../cluster/process.js';
import { cpu, postgres } from '../databases.js';
import { applied, committed, created, failed, mended, replicas, succeeded } from '../steps.js';
import { story } from '../story.js';

const adopted = async (database: JsonObject, app: Parameters<Parameters<typeof story>[1]>[0]) => {
	await app.kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: app.name } });
	const folder = `/apis/kubedb.com/v1/namespaces/${app.name}/postgreses`;
	await app.kube.create(folder, { ...database, apiVersion: 'kubedb.com/v1' });
	await until('the database is Ready', 30, async () => (await app.field(['status', 'phase'])) === 'Ready');
};

story('a running database that equals git is adopted without an operation, and not written to', async (app) => {
	await adopted(postgres(), app);
	const before = await app.field(['spec']);
	await created(app);
	assert.deepEqual(await app.summary(), []);
	assert.deepEqual(await app.field(['spec']), before);
	succeeded(await applied(app, { [replicas]: 5 }));
	assert.deepEqual(await app.summary(), ['HorizontalScaling Successful']);
});

story('a running database that differs from git is adopted by the operations that are missing', async (app) => {
	await adopted(postgres({ [replicas]: 5 }), app);
	await created(app, postgres({ [cpu]: '700m' }));
	assert.deepEqual((await app.summary()).sort(), ['HorizontalScaling Successful', 'VerticalScaling Successful']);
});

for (const roles of [['plan'], ['state'], ['plan', 'state']] as const)
	story(`${roles.join(' and ')} deleted by hand: recovered, and the next change is one operation`, async (app) => {
		await created(app);
		succeeded(await applied(app, { [replicas]: 5 }));
		for (const role of roles) await app.kube.delete(`/api/v1/namespaces/${app.name}/configmaps/pg-postgres-${role}`);
		succeeded(await mended(app));
		assert.deepEqual(await app.summary(), ['HorizontalScaling Successful']);
		succeeded(await applied(app, { [replicas]: 5, [cpu]: '700m' }));
		assert.equal((await app.summary()).length, 2);
	});

story('a state that was edited by hand is refused with a clear line, and nothing is applied', async (app) => {
	await created(app);
	const path = `/api/v1/namespaces/${app.name}/configmaps/pg-postgres-state`;
	const whole = (await app.kube.get(path)) as JsonObject;
	await app.kube.patch(path, { data: { spec: '{"spec":{"replicas":9}}' } });
	await committed(app, { [replicas]: 5 });
	const seen = await app.refresh('hard');
	assert.match(
		seen.conditions.join('\n'),
		/ComparisonError.*error\[memory-damaged\].*pg-postgres-state.*its digest does not match its content/s,
	);
	assert.deepEqual(await app.summary(), []);
	await app.kube.patch(path, { data: (whole.data ?? {}) as JsonObject });
	succeeded(await mended(app));
});

story(
	"a database leaves git, is pruned on a person's word, and comes back under its old name: its operations run anew",
	async (app) => {
		await created(app);
		succeeded(await applied(app, { [replicas]: 5 }));
		const [first] = await app.operations();
		// A source without documents would be refused.
		await app.commit({
			'pg.yaml': undefined,
			'note.yaml': { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'note' }, data: {} },
		});
		await app.refresh();
		await app.startSync({ prune: true });
		await app.pause(3000);
		assert.ok(await app.database(), "nothing is deleted without a person's word");
		await app.patch({
			metadata: {
				annotations: { 'argocd.argoproj.io/deletion-approved': new Date().toISOString().replace(/\.\d+/, '') },
			},
		});
		succeeded(await app.syncEnds());
		await until('the database is gone', 30, async () => !(await app.database()));
		assert.equal((await app.operations())[0]?.name, first?.name, 'finished requests stay');

		await created(app);
		succeeded(await applied(app, { [replicas]: 5 }));
		assert.equal(await app.field(['spec', 'replicas']), 5);
		assert.equal((await app.summary()).length, 2);
	},
	{ mayDelete: true },
);

story('a database deleted by hand is created again, and its old requests count for nothing', async (app) => {
	await created(app);
	succeeded(await applied(app, { [replicas]: 5 }));
	await app.kube.delete(app.databasePath());
	await until('the database is gone', 30, async () => !(await app.database()));
	succeeded(await mended(app));
	assert.equal(await app.field(['spec', 'replicas']), 5);
	succeeded(await applied(app, {}));
	assert.equal(await app.field(['spec', 'replicas']), 3);
});

story(
	"deletion of the Application deletes no database without a person's word",
	async (app) => {
		await created(app);
		await app.patch({ metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] } });
		await app.kube.delete(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${app.name}`);
		await app.pause(4000);
		assert.equal(getAt(await app.database(), ['metadata', 'deletionTimestamp']), undefined);
		assert.ok(await app.memory('state'));
		await app.patch({
			metadata: {
				annotations: { 'argocd.argoproj.io/deletion-approved': new Date().toISOString().replace(/\.\d+/, '') },
			},
		});
		await until('the Application is gone', 60, async () => !(await app.object()));
		assert.equal(await app.database(), undefined);
	},
	{ ends: 'open', mayDelete: true, real: true },
);

story(
	'bad input: the user reads one clear line, and nothing is applied',
	async (app) => {
		await created(app);
		const before = await app.fingerprint();
		const wrong = postgres({ 'spec.storage.resources.requests.storage': '512Mi' });
		await app.commit({ 'pg.yaml': wrong });
		const seen = await app.refresh();
		assert.match(
			seen.conditions.join('\n'),
			/failed exit status 1: pg\.yaml:\d+:\d+: error\[volume-shrinks\]: Postgres pg: .*1Gi to 512Mi/,
		);
		failed(await app.sync());
		assert.equal(await app.fingerprint(), before);
		await app.commit({ 'pg.yaml': postgres({ 'spec.replcas': 3 }) });
		assert.match((await app.refresh()).conditions.join('\n'), /error\[[a-z-]+\]: Postgres pg: .*replcas/);
		await app.commit({ 'pg.yaml': postgres() });
		succeeded(await mended(app));
	},
	{ real: true },
);
