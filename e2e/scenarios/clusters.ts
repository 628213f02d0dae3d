import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf } from '../../src/catalog/catalog.js';
import type { KindFacts } from '../../src/catalog/types.js';
import type { JsonObject } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';
import { client } from '../cluster/client.js';
import { bundle } from '../cluster/install.js';
import { startKubernetes } from '../cluster/kubernetes.js';
import { run, sleep, until } from '../cluster/process.js';
import { postgres } from '../databases.js';
import { startOperator } from '../operator/operator.js';
import { failed, mended, replicas, succeeded } from '../steps.js';
import { story } from '../story.js';
import { applyCrds } from '../world.js';

story(
	'several clusters: state is read from the cluster that the Application goes to, or the render is refused',
	async (app, world) => {
		const folder = join(world.folder, 'b');
		const logs = join(folder, 'logs');
		mkdirSync(logs, { recursive: true });
		const second = await startKubernetes(world.binaries, folder, logs);
		const { admin } = second;
		const kinds = [kindOf('Postgres')?.facts as KindFacts];
		await applyCrds(second, world.crds, kinds);
		for (const name of ['kubedb', app.name, 'argocd'])
			await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
		await admin.create('/api/v1/namespaces/kube-system/serviceaccounts', {
			apiVersion: 'v1',
			kind: 'ServiceAccount',
			metadata: { name: 'argocd-manager' },
		});
		await admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
			apiVersion: 'rbac.authorization.k8s.io/v1',
			kind: 'ClusterRoleBinding',
			metadata: { name: 'argocd-manager' },
			roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
			subjects: [{ kind: 'ServiceAccount', name: 'argocd-manager', namespace: 'kube-system' }],
		});
		const flags = [
			'--form',
			'destination',
			'--database-namespace',
			app.name,
			'--controller-service-account',
			'kube-system/argocd-manager',
		];
		const input = await run([process.execPath, bundle, 'install', 'argocd', ...flags]);
		const apply = ['apply', '--server-side', '--field-manager=kubedb-render', '-f', '-'];
		await run([world.binaries.kubectl as string, `--kubeconfig=${second.kubeconfig}`, ...apply], { input });
		await sleep(2500);
		const operator = startOperator(client(second.endpoint, 'admin-token', 'kubedb'), kinds);

		// As `argocd cluster add` does it.
		const ca = Buffer.from(readFileSync(second.caFile)).toString('base64');
		await app.kube.create('/api/v1/namespaces/argocd/secrets', {
			apiVersion: 'v1',
			kind: 'Secret',
			metadata: { name: 'production', namespace: 'argocd', labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
			stringData: {
				name: 'production',
				server: second.url,
				config: JSON.stringify({
					bearerToken: await second.tokenOf('kube-system', 'argocd-manager'),
					tlsClientConfig: { caData: ca },
				}),
			},
		});
		const away = async (changes: Record<string, unknown>) => {
			await app.commit({ 'pg.yaml': postgres(changes) });
			await app.patch({ spec: { destination: { server: null, name: 'production', namespace: app.name } } });
			return app.refresh();
		};
		const file = join(world.folder, 'clusters.yaml');
		try {
			await away({});
			// Argo CD may need a moment to know a cluster that is new to it.
			const refused = await until(
				'the render is refused',
				60,
				async () => {
					const seen = await app.refresh('hard');
					return seen.conditions.some((each) => each.includes('error[other-cluster]')) ? seen : undefined;
				},
				1000,
			);
			assert.match(refused.conditions.join('\n'), /error\[other-cluster\]: .*clusters\.yaml cannot be read: ENOENT/);
			failed(await app.sync());

			const token = await second.tokenOf('argocd', 'kubedb-render');
			writeFileSync(
				file,
				JSON.stringify({
					clusters: [{ name: 'b', cluster: { server: second.url, 'certificate-authority-data': ca } }],
					users: [{ name: 'reader', user: { token } }],
					contexts: [{ name: 'production', context: { cluster: 'b', user: 'reader' } }],
				}),
			);
			succeeded(await mended(app));
			await away({ [replicas]: 5 });
			succeeded(await app.sync());
			const path = app.databasePath();
			const live = (await admin.get(path)) as JsonObject;
			assert.equal(getAt(live, ['spec', 'replicas']), 5);
			assert.equal(operator.executions(app.name).length, 1);
			assert.equal(await app.database(), undefined, 'nothing of it is in the first cluster');
			const manager = client(second.endpoint, await second.tokenOf('kube-system', 'argocd-manager'), 'x');
			await assert.rejects(manager.patch(path, { spec: { replicas: 3 } }), /is changed by KubeDB alone/);
		} finally {
			rmSync(file, { force: true });
			await app.kube.delete(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${app.name}`);
			await app.kube.delete('/api/v1/namespaces/argocd/secrets/production');
			await operator.stop();
		}
	},
	{ ends: 'open', mayChange: true, mayDelete: true, alone: true },
);

story(
	'the bundle runs as user 999 in a folder that it cannot write to',
	async (_, { folder }) => {
		const place = join(folder, 'read-only');
		mkdirSync(place, { mode: 0o755 });
		writeFileSync(
			join(place, 'pg.yaml'),
			JSON.stringify({ ...postgres(), metadata: { name: 'pg', namespace: 'demo' } }),
		);
		const isRoot = process.getuid?.() === 0;
		const copy = join(place, 'kubedb-render.cjs');
		writeFileSync(copy, readFileSync(bundle), { mode: 0o555 });
		// The folders above belong to whoever runs the stories.
		const command = isRoot ? ['setpriv', '--reuid=999', '--regid=999', '--clear-groups', 'sh', '-c'] : ['sh', '-c'];
		chmodSync(folder, 0o755);
		chmodSync(place, 0o555);
		const env = { PATH: process.env.PATH, HOME: '/nonexistent', TMPDIR: '/nonexistent' } as NodeJS.ProcessEnv;
		const line = `touch x 2>/dev/null && exit 9; exec ${process.execPath} ./kubedb-render.cjs build pg.yaml --state none`;
		const output = await run([...command, line], { cwd: place, env });
		assert.match(output, /kind: Postgres/);
		chmodSync(place, 0o755);
	},
	{ ends: 'open', mayChange: true },
);
