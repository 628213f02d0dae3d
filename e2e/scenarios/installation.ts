import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Finding } from '../../src/hosts/findings.js';
import { rbacObjects } from '../../src/hosts/rbac.js';
import type { JsonObject } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';
import { type Client, client } from '../cluster/client.js';
import { bundle } from '../cluster/install.js';
import { run, until } from '../cluster/process.js';
import { postgres } from '../databases.js';
import { applied, created, failed, mended, replicas, succeeded } from '../steps.js';
import { story } from '../story.js';
import type { World } from '../world.js';

const open = { ends: 'open', mayChange: true } as const;

story(
	'install: the kustomize Component builds over the manifests that Argo CD publishes, and the API server accepts the result',
	async (_, { binaries, kubernetes, argocdModule, folder }) => {
		const place = join(folder, 'overlay');
		const flags = [
			'--form',
			'component',
			'--output-dir',
			join(place, 'kubedb-render'),
			'--image',
			'registry.example.org/kubedb-render:0.1.0',
		];
		await run([process.execPath, bundle, 'install', 'argocd', ...flags, '--all-namespaces']);
		writeFileSync(
			join(place, 'kustomization.yaml'),
			JSON.stringify({
				apiVersion: 'kustomize.config.k8s.io/v1beta1',
				kind: 'Kustomization',
				namespace: 'argocd',
				resources: [relative(place, join(argocdModule, 'manifests/cluster-install'))],
				components: ['kubedb-render'],
			}),
		);
		const kubectl = binaries.kubectl as string;
		const input = await run([kubectl, 'kustomize', place]);
		for (const expected of [
			'name: kubedb-render-token',
			'readOnlyRootFilesystem: true',
			'ARGOCD_PAUSE_GEN_AFTER_FAILED_ATTEMPTS',
			'kubedb-render-fence-postgreses',
			'ops.kubedb.com/*',
		])
			assert.ok(input.includes(expected), expected);
		assert.equal(
			input.match(/automountServiceAccountToken: false/g)?.length,
			1,
			'the repo-server itself mounts no token',
		);
		const apply = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'];
		const output = await run([kubectl, `--kubeconfig=${kubernetes.kubeconfig}`, ...apply], { input });
		assert.match(output, /deployment\.apps\/argocd-repo-server serverside-applied \(server dry run\)/);
		assert.match(output, /validatingadmissionpolicy\S*\/kubedb-render-chain/);
	},
	open,
);

async function may(account: Client, attributes: JsonObject): Promise<boolean> {
	const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
	const review = {
		apiVersion: 'authorization.k8s.io/v1',
		kind: 'SelfSubjectAccessReview',
		spec: { resourceAttributes: attributes },
	};
	return getAt(await account.create(path, review), ['status', 'allowed']) === true;
}

story(
	"RBAC: the sidecar's token reads what a render needs, and nothing else",
	async (app, { kubernetes }) => {
		const account = client(kubernetes.endpoint, await kubernetes.tokenOf('argocd', 'argocd-repo-server'), 'sidecar');
		const rule = (verb: string, group: string, resource: string, namespace = app.name, name = '') => ({
			verb,
			group,
			resource,
			namespace,
			name,
		});
		const needed = [
			rule('list', '', 'configmaps'),
			rule('list', 'kubedb.com', 'postgreses'),
			rule('list', 'ops.kubedb.com', 'mariadbopsrequests'),
			rule('get', 'argoproj.io', 'applications', 'argocd', 'x'),
			rule('get', '', 'configmaps', 'argocd', 'argocd-cm'),
			rule('get', 'admissionregistration.k8s.io', 'validatingadmissionpolicies', '', 'kubedb-render-chain'),
		];
		for (const each of needed) assert.ok(await may(account, each), JSON.stringify(each));
		const refused = [
			...['get', 'list', 'watch', 'create'].flatMap((verb) =>
				['', 'argocd', app.name].map((namespace) => rule(verb, '', 'secrets', namespace)),
			),
			...['create', 'update', 'patch', 'delete'].flatMap((verb) => [
				rule(verb, '', 'configmaps'),
				rule(verb, 'kubedb.com', 'postgreses'),
				rule(verb, 'ops.kubedb.com', 'postgresopsrequests'),
				rule(verb, 'argoproj.io', 'applications', 'argocd'),
				rule(verb, 'admissionregistration.k8s.io', 'validatingadmissionpolicies', ''),
			]),
			rule('list', 'argoproj.io', 'applications', 'argocd'),
			rule('list', '', 'pods'),
			rule('list', '', 'nodes', ''),
			rule('impersonate', '', 'serviceaccounts'),
			rule('create', '', 'pods/exec'),
			rule('*', '*', '*', ''),
		];
		for (const each of refused) assert.ok(!(await may(account, each)), `allowed: ${JSON.stringify(each)}`);
	},
	open,
);

story(
	'RBAC: bound in the namespaces that hold databases, it reads there and nowhere else',
	async (app, { kubernetes }) => {
		const { admin } = kubernetes;
		const namespace = `${app.name}-argocd`;
		for (const name of [app.name, namespace])
			await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
		await admin.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
			apiVersion: 'v1',
			kind: 'ServiceAccount',
			metadata: { name: 'argocd-repo-server' },
		});
		const objects = rbacObjects({ namespace, serviceAccount: 'argocd-repo-server', databaseNamespaces: [app.name] });
		for (const object of objects.filter(({ kind }) => kind === 'RoleBinding' || kind === 'Role')) {
			const { name, namespace: within } = object.metadata as { name: string; namespace: string };
			await admin.apply(
				`/apis/rbac.authorization.k8s.io/v1/namespaces/${within}/${String(object.kind).toLowerCase()}s/${name}`,
				object,
			);
		}
		assert.ok(
			!objects.some(
				({ kind, metadata }) => kind === 'ClusterRoleBinding' && (metadata as JsonObject).name === 'kubedb-render',
			),
		);
		const account = client(kubernetes.endpoint, await kubernetes.tokenOf(namespace, 'argocd-repo-server'), 'sidecar');
		const list = { verb: 'list', group: 'kubedb.com', resource: 'postgreses' };
		await until('RBAC is in force', 10, () => may(account, { ...list, namespace: app.name }));
		for (const other of ['default', 'argocd', 's01', ''])
			assert.ok(!(await may(account, { ...list, namespace: other })), other);
	},
	open,
);

async function doctor({ kubernetes, binaries }: World, output: 'json' | 'text' = 'json') {
	const PATH = `${dirname(binaries.kubectl as string)}:${process.env.PATH}`;
	const command = [process.execPath, bundle, 'doctor', '--kubeconfig', kubernetes.kubeconfig];
	const one = async (more: string[]) => {
		try {
			return { code: 0, stdout: await run([...command, ...more], { env: { ...process.env, PATH } }) };
		} catch (error) {
			return error as { code: number; stdout: string };
		}
	};
	if (output === 'text') return { ...(await one(['--color', 'never'])), findings: [] };
	const { code, stdout } = await one(['-o', 'json']);
	return { code, stdout, findings: (JSON.parse(stdout) as { findings: Finding[] }).findings };
}

story(
	'doctor: finds each part of the installation that is missing or broken, and why the last sync failed',
	async (app, world) => {
		const { admin } = world.kubernetes;
		await created(app);
		const pods = '/api/v1/namespaces/argocd/pods';
		await admin.create(pods, {
			apiVersion: 'v1',
			kind: 'Pod',
			metadata: { name: 'argocd-repo-server', labels: { 'app.kubernetes.io/name': 'argocd-repo-server' } },
			spec: { containers: [{ name: 'kubedb-render', image: 'x' }] },
		});
		const status = (ready: boolean) =>
			admin.patch(`${pods}/argocd-repo-server/status`, {
				status: { containerStatuses: [{ name: 'kubedb-render', ready, image: 'x', imageID: '', restartCount: 0 }] },
			});
		await status(true);
		const own = `Application argocd/${app.name}`;
		const badOnes = async () => {
			const { code, findings } = await doctor(world);
			// Other stories leave Applications behind.
			const found = findings.filter(
				(each) => each.status === 'bad' && (!each.check.startsWith('Application ') || each.check === own),
			);
			assert.equal(code, findings.some((each) => each.status === 'bad') ? 1 : 0);
			for (const { mend } of found) assert.ok(mend, 'each has its mend');
			return found.map(({ check, message }) => `${check}: ${message}`);
		};
		assert.deepEqual(await badOnes(), []);

		await status(false);
		assert.match((await badOnes()).join('\n'), /sidecar: is not ready/);
		await status(true);

		const cm = '/api/v1/namespaces/argocd/configmaps/argocd-cm';
		const rules = getAt(await admin.get(cm), ['data', 'resource.customizations']) ?? '';
		await admin.patch(cm, { data: { 'resource.customizations': null } });
		assert.match((await badOnes()).join('\n'), /health rule for ops\.kubedb\.com\/\*: argocd-cm has none/);
		await admin.patch(cm, { data: { 'resource.customizations': rules } });

		const binding =
			'/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/kubedb-render-fence-postgreses';
		await admin.patch(binding, { spec: { validationActions: ['Warn'] } });
		assert.deepEqual(await badOnes(), ['kubedb-render-fence-postgreses: its binding does not deny']);
		await admin.patch(binding, { spec: { validationActions: ['Deny'] } });

		await app.patch({ spec: { syncPolicy: { syncOptions: ['ApplyOutOfSyncOnly=true', 'CreateNamespace=true'] } } });
		assert.match(
			(await badOnes()).join('\n'),
			/the sync option ApplyOutOfSyncOnly=true does not wait for an operation/,
		);
		await app.patch({ spec: { syncPolicy: null } });

		app.kubedb.fails.add('HorizontalScaling');
		failed(await applied(app, { [replicas]: 5 }));
		app.kubedb.fails.clear();
		assert.match(
			(await badOnes()).join('\n'),
			/its last sync failed: PostgresOpsRequest pg-horizontalscaling-\w+: Failed: the stand-in was told to fail/,
		);
		await app.commit({ 'pg.yaml': postgres() });
		succeeded(await mended(app));
		assert.deepEqual(await badOnes(), []);
		assert.match((await doctor(world, 'text')).stdout, /^ok {4}KubeDB: serves 2 of \d+ kinds$/m);
	},
	{ alone: true },
);
