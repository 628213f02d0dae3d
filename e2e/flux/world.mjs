/** One API server, one kustomize-controller, one stand-in for KubeDB, and a source that the stories publish to. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { kindOf } from '../../src/catalog/catalog.ts';
import { client } from '../cluster/client.ts';
import { startKubernetes } from '../cluster/kubernetes.ts';
import { freePort, sleep, start } from '../cluster/process.ts';
import { startOperator } from '../operator/operator.ts';
import { applyCrds } from '../world.ts';

const bundle = join(PROJECT_ROOT, 'dist/kubedb-render.cjs');
const controllerArguments = ['--requeue-dependency=1s'];

export async function startWorld(parts, folder, logs, say) {
	const kubernetes = await startKubernetes(parts.binaries, folder, logs);
	const { admin } = kubernetes;
	say('the API server runs');
	const kinds = [kindOf('Postgres').facts];
	await applyCrds(kubernetes, parts.crds, kinds);
	for (const crds of parts.fluxCrds)
		for (const file of readdirSync(crds)) {
			const text = readFileSync(join(crds, file), 'utf8');
			const name = /^ {2}name: (\S+)$/m.exec(text)[1];
			await admin.apply(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`, text);
		}
	const token = async (namespace, name) => {
		await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
		await admin.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
			apiVersion: 'v1',
			kind: 'ServiceAccount',
			metadata: { name },
		});
		await admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
			apiVersion: 'rbac.authorization.k8s.io/v1',
			kind: 'ClusterRoleBinding',
			metadata: { name },
			roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
			subjects: [{ kind: 'ServiceAccount', name, namespace }],
		});
		return kubernetes.tokenOf(namespace, name);
	};
	const operator = startOperator(
		client(kubernetes.endpoint, await token('kubedb', 'kubedb-ops-manager'), 'kubedb-ops-manager'),
		kinds,
	);
	const kubeconfig = kubernetes.kubeconfigFor(
		'flux',
		await token('flux-system', 'kustomize-controller'),
		'flux-system',
	);
	const removeGuards = await install(parts.binaries.kubectl, kubernetes);
	const temporary = join(folder, 'tmp');
	mkdirSync(temporary);
	const [metrics, health] = [await freePort(), await freePort()];
	start(
		'kustomize-controller',
		logs,
		[
			parts.kustomizeController,
			...controllerArguments,
			`--metrics-addr=127.0.0.1:${metrics}`,
			`--health-addr=127.0.0.1:${health}`,
			'--events-addr=',
			'--watch-all-namespaces=true',
			'--concurrent=8',
			'--http-retry=1',
		],
		{ KUBECONFIG: kubeconfig, RUNTIME_NAMESPACE: 'flux-system', TMPDIR: temporary, HOME: folder },
	);
	const source = await startSource(admin);
	await sleep(2500);
	say('kustomize-controller runs');
	return { kubernetes, admin, operator, source, folder, removeGuards, binaries: parts.binaries };
}

/** What `install flux` prints, by the command of its page; and the Deployment that kustomize-controller has elsewhere. */
async function install(kubectl, { admin, kubeconfig }) {
	const kubectlApply = (text) =>
		execFileSync(kubectl, ['--kubeconfig', kubeconfig, 'apply', '--server-side', '-f', '-'], {
			input: text,
			stdio: 'pipe',
		});
	kubectlApply(execFileSync(process.execPath, [bundle, 'install', 'flux'], { encoding: 'utf8' }));
	const labels = { app: 'kustomize-controller' };
	const image = 'ghcr.io/fluxcd/kustomize-controller:v1.9.5';
	const deployment = {
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: { name: 'kustomize-controller', namespace: 'flux-system' },
		spec: {
			selector: { matchLabels: labels },
			template: {
				metadata: { labels },
				spec: { containers: [{ name: 'manager', image, args: controllerArguments }] },
			},
		},
	};
	const path = '/apis/apps/v1/namespaces/flux-system/deployments';
	await admin.create(path, deployment);
	await admin.patch(`${path}/kustomize-controller/status`, { status: { replicas: 1, readyReplicas: 1 } });
	/** The API server takes a moment to forget policies. */
	return async () => {
		const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
		for (const { metadata } of await admin.list(policies)) await admin.delete(`${policies}/${metadata.name}`);
		await sleep(4000);
	};
}

/** Plays the registry and source-controller: serves a tree as tar.gz, and says so in the status of an OCIRepository. */
async function startSource(admin) {
	const blobs = new Map();
	const port = await freePort();
	const server = createServer((request, response) => {
		const blob = blobs.get(request.url);
		response.statusCode = blob ? 200 : 404;
		response.end(blob);
	}).listen(port, '127.0.0.1');
	server.unref();
	const path = (name) => `/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/ocirepositories/${name}`;
	const root = (name) => `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/${name}`;
	return {
		/** Makes a tree what Flux fetches next. Returns its tar.gz, which can be published again: a tag moved back. */
		async publish(name, tree) {
			const blob = Buffer.isBuffer(tree)
				? tree
				: execFileSync('tar', ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '-C', tree, '-czf', '-', '.']);
			const sha = createHash('sha256').update(blob).digest('hex');
			blobs.set(`/${sha}.tar.gz`, blob);
			const sourceRef = { kind: 'OCIRepository', name };
			const metadata = { name, namespace: 'flux-system' };
			if (!(await admin.get(path(name))))
				await admin.apply(path(name), {
					apiVersion: 'source.toolkit.fluxcd.io/v1',
					kind: 'OCIRepository',
					metadata,
					spec: { interval: '1m', url: 'oci://registry.example.com/kubedb', ref: { tag: 'prod' } },
				});
			const now = new Date().toISOString().replace(/\.\d+/, '');
			await admin.patch(`${path(name)}/status`, {
				status: {
					artifact: {
						path: `${sha}.tar.gz`,
						url: `http://127.0.0.1:${port}/${sha}.tar.gz`,
						revision: `prod@sha256:${sha}`,
						digest: `sha256:${sha}`,
						lastUpdateTime: now,
						size: blob.length,
					},
					conditions: [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: 'ok', lastTransitionTime: now }],
				},
			});
			if (!(await admin.get(root(name))))
				await admin.apply(root(name), {
					apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
					kind: 'Kustomization',
					metadata,
					spec: { sourceRef, path: './', interval: '1m', retryInterval: '2s', prune: true },
				});
			return blob;
		},
	};
}
