/** What is broken around the renderer shows as one clear line, changes nothing, and is over when it is mended. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/json.js';
import type { Application, Seen } from '../application.js';
import { sleep, until } from '../cluster/process.js';
import type { Fault } from '../cluster/proxy.js';
import { cpu, postgres } from '../databases.js';
import { applied, committed, created, failed, mended, replicas, succeeded } from '../steps.js';
import { story } from '../story.js';

/** A sync fails with a line, and leaves everything as it was. */
async function refusedWith(app: Application, line: RegExp): Promise<Seen> {
	const before = await app.fingerprint();
	const seen = await app.refresh('hard');
	assert.match(seen.conditions.join('\n'), line);
	failed(await app.sync());
	assert.equal(await app.fingerprint(), before);
	return seen;
}

/** Breaks something for as long as a part of a story takes. */
async function whileBroken(breakIt: () => unknown, mend: () => unknown, tell: () => Promise<unknown>): Promise<void> {
	await breakIt();
	try {
		await tell();
	} finally {
		await mend();
	}
}

/** An object as it is to be applied again. */
async function bare({ kube }: Application, path: string): Promise<JsonObject> {
	const { metadata, ...rest } = (await kube.get(path)) as JsonObject;
	return { ...rest, metadata: { name: (metadata as JsonObject).name ?? '' } };
}

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
