import assert from 'node:assert/strict';
import { cpu, postgres, storage } from '../databases.js';
import { applied, automated, committed, created, failed, mended, messageOf, replicas, succeeded } from '../steps.js';
import { story } from '../story.js';

story('a rollback to a cached older revision is refused in its first wave, and nothing is touched', async (app) => {
	await created(app);
	const old = await app.head();
	succeeded(await applied(app, { [replicas]: 5 }));
	const before = await app.fingerprint();
	const seen = failed(await app.sync({ revision: old }));
	assert.match(
		messageOf(seen, 'ConfigMap'),
		/stale plan refused, nothing was changed.*Hard-refresh the Application and sync again/s,
	);
	assert.equal(await app.fingerprint(), before);
	succeeded(await mended(app));
});

story('a tag is moved back: refused while its old render is cached, then carried out by operations', async (app) => {
	await created(app);
	await app.git('tag', 'live');
	await app.patch({ spec: { source: { targetRevision: 'live' } } });
	await app.refresh();
	const first = await app.head();
	const second = await app.commit({ 'pg.yaml': postgres({ [replicas]: 5 }) });
	await app.git('tag', '-f', 'live');
	await app.refresh();
	succeeded(await app.sync({ revision: second }));
	await app.git('tag', '-f', 'live', first);
	await app.refresh();
	const seen = failed(await app.sync({ revision: first }));
	assert.match(messageOf(seen, 'ConfigMap'), /stale plan refused/);
	await app.refresh('hard');
	succeeded(await app.sync({ revision: first }));
	assert.equal(await app.field(['spec', 'replicas']), 3);
	assert.deepEqual(await app.summary(), ['HorizontalScaling Successful', 'HorizontalScaling Successful']);
});

for (const [what, changes] of [
	['a full revert', {}],
	['a partial revert', { [cpu]: '700m' }],
	['more changes', { [replicas]: 5, [cpu]: '700m', [storage]: '2Gi' }],
	['another value', { [replicas]: 7, [cpu]: '700m' }],
] as const)
	story(`${what} is pushed while operations run: rendered meanwhile, and settled by syncs`, async (app) => {
		await created(app);
		app.kubedb.held = true;
		await committed(app, { [replicas]: 5, [cpu]: '700m' });
		await app.startSync();
		await app.waitForOperation('Progressing');
		// Argo CD renders the new revision, and keeps what it rendered, while the old one is under way.
		await committed(app, changes);
		app.kubedb.held = false;
		succeeded(await app.syncEnds());
		const seen = await app.sync();
		if (seen.phase !== 'Succeeded') {
			assert.match(messageOf(seen, 'ConfigMap'), /stale plan refused/);
			succeeded(await mended(app));
		}
		assert.equal(await app.field(['spec', 'replicas']), (changes as Record<string, unknown>)[replicas] ?? 3);
	});

story(
	'a commit is pushed while operations run, with auto-sync and self-heal',
	async (app) => {
		await automated(app, await app.commit({ 'pg.yaml': postgres() }));
		app.kubedb.held = true;
		await committed(app, { [replicas]: 5, [cpu]: '700m' });
		await app.waitForOperation('Progressing');
		const last = await committed(app, { [replicas]: 3, [cpu]: '700m' });
		app.kubedb.held = false;
		await automated(app, last);
		assert.equal(await app.field(['spec', 'replicas']), 3);
	},
	{ automated: true },
);

story('a sync is terminated in the middle, then the same revision is synced', async (app) => {
	await created(app);
	app.kubedb.held = true;
	await committed(app, { [replicas]: 5, [cpu]: '700m' });
	await app.startSync();
	await app.waitForOperation('Progressing');
	failed(await app.terminate());
	app.kubedb.held = false;
	await app.refresh();
	const seen = await app.sync();
	if (seen.phase !== 'Succeeded') succeeded(await mended(app));
	assert.deepEqual(await app.summary(), ['VerticalScaling Successful', 'HorizontalScaling Successful']);
});

story('a sync is terminated in the middle, then the commit is reverted', async (app) => {
	await created(app);
	app.kubedb.held = true;
	await committed(app, { [replicas]: 5, [cpu]: '700m' });
	await app.startSync();
	await app.waitForOperation('Progressing');
	failed(await app.terminate());
	app.kubedb.held = false;
	const seen = await applied(app, {});
	if (seen.phase !== 'Succeeded') succeeded(await mended(app));
	assert.equal(await app.field(['spec', 'replicas']), 3);
});

story(
	'the cache is lost and the Application hard-refreshed in the middle of a sync: each operation runs once',
	async (app, world) => {
		await created(app);
		app.kubedb.held = true;
		await committed(app, { [replicas]: 5, [cpu]: '700m' });
		await app.startSync();
		await app.waitForOperation('Progressing');
		await world.loseCache();
		await app.refresh('hard');
		app.kubedb.held = false;
		await app.waitForOperation('Successful');
		await app.refresh('hard');
		succeeded(await app.syncEnds());
		assert.deepEqual(await app.summary(), ['VerticalScaling Successful', 'HorizontalScaling Successful']);
	},
	{ alone: true },
);
