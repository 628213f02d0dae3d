/** What a render reads is not to be had, or not to be trusted: one clear line, nothing changes, and it is over when it is mended. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/json.js';
import { sleep, until } from '../cluster/process.js';
import type { Fault } from '../cluster/proxy.js';
import { cpu, postgres } from '../databases.js';
import { bare, committed, created, mended, refusedWith, replicas, succeeded, whileBroken } from '../steps.js';
import { story } from '../story.js';

story(
	'the token is refused, or RBAC is missing: nothing is applied, and all goes on afterwards',
	async (app, world) => {
		await created(app);
		const file = join(world.folder, 'account/token');
		const token = readFileSync(file, 'utf8');
		await whileBroken(
			() => writeFileSync(file, 'expired'),
			() => writeFileSync(file, token),
			async () => {
				await committed(app, { [replicas]: 5 });
				await refusedWith(app, /error\[cluster-unreadable\]: .*does not accept the token \(401\)/);
			},
		);
		succeeded(await mended(app));
		const role = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/kubedb-render';
		const kept = await bare(app, role);
		await whileBroken(
			() => app.kube.delete(role),
			() => app.kube.apply(role, kept),
			async () => {
				await sleep(500);
				await committed(app, { [replicas]: 7 });
				await refusedWith(app, /error\[forbidden\]: .*is forbidden.*A Role must allow/s);
			},
		);
		await sleep(1000);
		succeeded(await mended(app));
		assert.equal(await app.field(['spec', 'replicas']), 7);
	},
	{ alone: true },
);

story(
	'the API server is away while Argo CD renders: nothing is applied, and all goes on afterwards',
	async (app, world) => {
		await created(app);
		app.kubedb.held = true;
		await committed(app, { [replicas]: 5, [cpu]: '700m' });
		await app.startSync();
		await app.waitForOperation('Progressing');
		await world.kubernetes.apiServer.stop();
		await sleep(4000);
		world.kubernetes.apiServer.start();
		await until('the API server is back', 60, () => app.object().then(Boolean, () => false));
		app.kubedb.held = false;
		const seen = await app.syncEnds(180);
		if (seen.phase !== 'Succeeded') succeeded(await mended(app));
		assert.deepEqual(await app.summary(), ['VerticalScaling Successful', 'HorizontalScaling Successful']);
	},
	{ alone: true },
);

story(
	'the API server is slow, does not answer, or answers 500 while a render reads from it',
	async (app, { proxy }) => {
		await created(app);
		const while_ = (fault: Fault, tell: () => Promise<unknown>) =>
			whileBroken(
				() => Object.assign(proxy, { fault, requests: 0 }),
				() => Object.assign(proxy, { fault: {} }),
				tell,
			);
		// Slow is slow and no more: the render waits.
		await while_({ seconds: 1 }, async () => {
			await committed(app, { [replicas]: 5 });
			succeeded(await app.sync());
			assert.ok(proxy.requests > 0, 'the render reads through the proxy');
		});
		for (const [fault, line] of [
			[{ status: 500 }, /error\[cluster-unreadable\]: .*the API server answered 500: etcd is on fire/],
			[{ seconds: 60 }, /error\[cluster-unreadable\]: .*no answer within 5 s/],
		] as const)
			await while_(fault, async () => {
				await committed(app, { [replicas]: 7 });
				await refusedWith(app, line);
			});
		assert.equal(await app.field(['spec', 'replicas']), 5);
		succeeded(await mended(app));
		assert.deepEqual(await app.summary(), ['HorizontalScaling Successful', 'HorizontalScaling Successful']);
	},
	{ alone: true },
);

story(
	'links that leave the checkout are refused, and kustomize runs without plugins and without helm',
	async (app, { folder }) => {
		await created(app);
		const outside = join(folder, 'outside.yaml');
		writeFileSync(outside, JSON.stringify(postgres({}, 'stolen')));
		symlinkSync(outside, join(app.folder, 'link.yaml'));
		await app.commit({});
		await refusedWith(app, /out-of-bounds symlink/);
		await app.commit({ 'link.yaml': undefined });
		const kustomization = (more: object) => ({ resources: ['pg.yaml'], namespace: app.name, ...more }) as JsonObject;
		const chart = { helmCharts: [{ name: 'x', repo: `file://${folder}`, version: '1.0.0' }] };
		await app.commit({ 'kustomization.yaml': kustomization(chart) });
		await refusedWith(app, /error\[kustomize\]: kustomize build failed: .*--enable-helm/s);
		const touched = join(folder, 'a-plugin-ran');
		writeFileSync(join(app.folder, 'plugin.sh'), `#!/bin/sh\ntouch ${touched}\ncat\n`, { mode: 0o755 });
		await app.commit({
			'plugin.yaml': {
				apiVersion: 'example.org/v1',
				kind: 'Plugin',
				metadata: {
					name: 'x',
					annotations: { 'config.kubernetes.io/function': 'exec: { path: ./plugin.sh }' },
				},
			},
			'kustomization.yaml': kustomization({ transformers: ['plugin.yaml'] }),
		});
		const seen = await app.refresh('hard');
		assert.match(seen.conditions.join('\n'), /error\[kustomize\]: kustomize build failed/);
		assert.ok(!existsSync(touched), 'a plugin of the repository ran');
		await app.commit({ 'plugin.yaml': undefined, 'plugin.sh': undefined, 'kustomization.yaml': kustomization({}) });
		succeeded(await mended(app));
		assert.deepEqual(await app.summary(), []);
	},
	{ real: true },
);
