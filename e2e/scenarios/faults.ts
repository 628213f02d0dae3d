/** What is broken around the renderer shows as one clear line, changes nothing, and is over when it is mended. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { sleep } from '../cluster/process.js';
import { cpu, postgres } from '../databases.js';
import { applied, bare, committed, created, mended, refusedWith, replicas, succeeded, whileBroken } from '../steps.js';
import { story } from '../story.js';

story("a database outside the Application's own namespace is refused", async (app, world) => {
	await created(app);
	const other = postgres({ 'metadata.namespace': 'kubedb' }, 'stolen');
	await app.commit({ 'other.yaml': other });
	await refusedWith(
		app,
		/error\[other-namespace\]: Postgres kubedb\/stolen is not in the Application's destination namespace, s\d+/,
	);
	await app.commit({ 'other.yaml': undefined });
	succeeded(await mended(app));
	assert.equal(await world.kubernetes.admin.get('/apis/kubedb.com/v1/namespaces/kubedb/postgreses/stolen'), undefined);
});

story(
	'guards or health rules are missing: operations are refused, a settled render is not',
	async (app) => {
		await created(app);
		const cm = '/api/v1/namespaces/argocd/configmaps/argocd-cm';
		const rules = (await app.kube.get(cm))?.data as Record<string, string>;
		const key = 'resource.customizations';
		await app.kube.patch(cm, { data: { [key]: null } });
		try {
			await app.refresh('hard');
			await committed(app, { [cpu]: '700m' });
			await refusedWith(
				app,
				/error\[not-installed\]: there are operations to be carried out, but the cluster lacks the health rule for ops\.kubedb\.com\/PostgresOpsRequest/,
			);
		} finally {
			await app.kube.patch(cm, { data: { [key]: rules[key] as string } });
		}
		succeeded(await mended(app));
		const binding = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/kubedb-render-chain';
		const kept = await bare(app, binding);
		await app.kube.delete(binding);
		try {
			await committed(app, { [cpu]: '900m' });
			await refusedWith(app, /but the cluster lacks validatingadmissionpolicybindings kubedb-render-chain/);
		} finally {
			await app.kube.apply(binding, kept);
			await sleep(3000);
		}
		succeeded(await mended(app));
	},
	{ alone: true },
);

story(
	'the renderer is missing, or killed: one clear line, and all goes on afterwards',
	async (app, world) => {
		await created(app);
		const { renderer } = world.argocd;
		const whole = readFileSync(renderer);
		const broken = async (content: string, line: RegExp, count: number) =>
			whileBroken(
				() => writeFileSync(renderer, content),
				() => writeFileSync(renderer, whole),
				async () => {
					await committed(app, { [replicas]: count });
					await refusedWith(app, line);
				},
			);
		await broken('process.kill(process.pid, "SIGKILL")', /error generating manifests.*signal: killed/s, 5);
		await broken('process.exit(3)', /error generating manifests.*failed exit status 3/s, 7);
		succeeded(await mended(app));
		assert.deepEqual(await app.summary(), ['HorizontalScaling Successful']);
	},
	{ alone: true },
);

story(
	'the sidecar restarts in the middle of a sync: each operation runs once',
	async (app, world) => {
		await created(app);
		app.kubedb.held = true;
		await committed(app, { [replicas]: 5, [cpu]: '700m' });
		await app.startSync();
		await app.waitForOperation('Progressing');
		await world.argocd.cmpServer.restart();
		await sleep(2000);
		app.kubedb.held = false;
		const seen = await app.syncEnds();
		if (seen.phase !== 'Succeeded') succeeded(await mended(app));
		assert.deepEqual(await app.summary(), ['VerticalScaling Successful', 'HorizontalScaling Successful']);
	},
	{ alone: true },
);

story(
	'the renderer is upgraded in the middle of a plan: what was planned is carried out word for word',
	async (app, world) => {
		await created(app);
		app.kubedb.held = true;
		await committed(app, { 'spec.storage.storageClassName': 'fast', [replicas]: 5 });
		await app.startSync();
		await app.waitForOperation('Progressing');
		const names = (await app.operations()).map(({ name }) => name);
		const { renderer } = world.argocd;
		const whole = readFileSync(renderer, 'utf8');
		// A new version gives storage migrations another timeout.
		assert.ok(whole.includes('6h'));
		writeFileSync(renderer, whole.replaceAll('6h', '7h'));
		try {
			await app.refresh('hard');
			await app.terminate();
			await app.refresh('hard');
			app.kubedb.held = false;
			const seen = await app.sync();
			if (seen.phase !== 'Succeeded') succeeded(await mended(app));
			assert.deepEqual(await app.summary(), ['StorageMigration Successful', 'HorizontalScaling Successful']);
			assert.equal((await app.operations())[0]?.name, names[0]);
			succeeded(await applied(app, { 'spec.storage.storageClassName': 'slow', [replicas]: 5 }));
			const timeouts = (await app.operations()).map(({ object }) => (object.spec as Record<string, unknown>).timeout);
			assert.deepEqual(timeouts.filter(Boolean), ['6h', '7h']);
		} finally {
			writeFileSync(renderer, whole);
		}
	},
	{ alone: true },
);
