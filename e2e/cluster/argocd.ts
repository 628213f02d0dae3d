/** Argo CD as plain processes: redis, a cmp-server with the bundled renderer, repo-server, application-controller. */
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/json.js';
import type { Kubernetes } from './kubernetes.js';
import { freePort, type Running, run, start, until } from './process.js';
import type { ApiProxy } from './proxy.js';

declare const PROJECT_ROOT: string;

export interface ArgoCD {
	readonly cmpServer: Running;
	readonly repoServer: Running;
	readonly controller: Running;
	readonly redis: Running;
	readonly redisPort: number;
	/** The file that the cmp-server runs: a story may put another in its place. */
	readonly renderer: string;
}

const namespace = 'argocd';

/** Argo CD as it is published: the manifests of its Go module, which are those of its release. */
export async function prepareArgoCD({ admin, kubeconfig }: Kubernetes, kubectl: string, module: string): Promise<void> {
	await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
	const apply = [kubectl, `--kubeconfig=${kubeconfig}`, 'apply', '--server-side', '-n', namespace, '-f'];
	await run([...apply, join(module, 'manifests/install.yaml')]);
	const own = `/api/v1/namespaces/${namespace}`;
	await admin.patch(`${own}/configmaps/argocd-cm`, { data: { 'timeout.reconciliation': '10s' } });
	// Argo CD's own server makes these two when it starts, and there is none here.
	await admin.patch(`${own}/secrets/argocd-secret`, { stringData: { 'server.secretkey': 'e2e' } });
	const projects = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/appprojects`;
	await until('AppProjects are served', 30, () => admin.list(projects).catch(() => undefined));
	await admin.create(projects, {
		apiVersion: 'argoproj.io/v1alpha1',
		kind: 'AppProject',
		metadata: { name: 'default' },
		spec: {
			sourceRepos: ['*'],
			destinations: [{ server: '*', namespace: '*' }],
			clusterResourceWhitelist: [{ group: '*', kind: '*' }],
		} as JsonObject,
	});
}

export interface ArgoCDOptions {
	/** Argo CD's multi-call binary, and kubectl. */
	readonly binaries: Record<string, string>;
	/** Folder of Argo CD's Go module. */
	readonly module: string;
	readonly pluginYaml: string;
	/** A token of the repo-server's account, as it is projected into the sidecar. */
	readonly pluginToken: string;
	/** What the sidecar takes for the API server. */
	readonly proxy: ApiProxy;
	readonly folder: string;
	readonly logs: string;
}

export async function startArgoCD(kubernetes: Kubernetes, options: ArgoCDOptions): Promise<ArgoCD> {
	const { binaries, module, pluginYaml, pluginToken, proxy, folder, logs } = options;
	const binary = binaries.argocd as string;
	const at = (...names: string[]) => {
		const path = join(folder, ...names);
		mkdirSync(path, { recursive: true });
		return path;
	};
	const [redisPort, repoPort, repoMetrics, controllerMetrics] = await Promise.all([1, 2, 3, 4].map(freePort));
	const bin = at('bin');
	const renderer = join(bin, 'kubedb-render');
	copyFileSync(join(PROJECT_ROOT, 'dist/kubedb-render.cjs'), renderer);
	chmodSync(renderer, 0o755);
	copyFileSync(join(module, 'hack/git-verify-wrapper.sh'), join(bin, 'git-verify-wrapper.sh'));
	chmodSync(join(bin, 'git-verify-wrapper.sh'), 0o755);
	// In the image stands kustomize; kubectl has the same one built in.
	symlinkSync(binaries.kubectl as string, join(bin, 'kubectl'));
	const PATH = `${bin}:${process.env.PATH}`;

	const redis = start('redis', logs, [
		'redis-server',
		'--save',
		'',
		'--appendonly',
		'no',
		'--bind',
		'127.0.0.1',
		'--port',
		String(redisPort),
	]);

	// What a pod has: the plugin's definition, a projected token with the CA, and the address of the API server.
	writeFileSync(
		join(at('plugin'), 'plugin.yaml'),
		pluginYaml.replace('/usr/local/lib/kubedb-render/kubedb-render.cjs', renderer),
	);
	const account = at('account');
	writeFileSync(join(account, 'token'), pluginToken);
	copyFileSync(kubernetes.caFile, join(account, 'ca.crt'));
	writeFileSync(join(account, 'namespace'), namespace);
	const sockets = at('s');
	const cmpServer = start(
		'argocd-cmp-server',
		logs,
		[binary, '--config-dir-path', at('plugin'), '--loglevel', 'debug'],
		{
			PATH,
			ARGOCD_BINARY_NAME: 'argocd-cmp-server',
			ARGOCD_PLUGINSOCKFILEPATH: sockets,
			ARGOCD_CMP_WORKDIR: at('cmp'),
			TMPDIR: at('cmp-tmp'),
			KUBERNETES_SERVICE_HOST: kubernetes.endpoint.host,
			KUBERNETES_SERVICE_PORT: String(proxy.port),
			KUBEDB_RENDER_SERVICE_ACCOUNT: account,
			KUBEDB_RENDER_ARGOCD_NAMESPACE: namespace,
			// Stories need not wait as long as people do for an API server that does not answer.
			KUBEDB_RENDER_REQUEST_TIMEOUT: '5',
			// As in the sidecar's image.
			NODE_COMPILE_CACHE: at('compile-cache'),
			// Not there until a story about a second cluster makes it.
			KUBEDB_RENDER_KUBECONFIG: join(folder, 'clusters.yaml'),
		},
	);

	const gnupg = at('gnupg');
	chmodSync(gnupg, 0o700);
	const certificates = { ARGOCD_TLS_DATA_PATH: at('tls'), ARGOCD_SSH_DATA_PATH: at('ssh') };
	const adminConfig = { KUBECONFIG: kubernetes.kubeconfigFor('repo-server', 'admin-token', namespace) };
	const repoServer = start(
		'argocd-repo-server',
		logs,
		[
			binary,
			'--loglevel=info',
			'--address=127.0.0.1',
			`--port=${repoPort}`,
			'--metrics-address=127.0.0.1',
			`--metrics-port=${repoMetrics}`,
			`--redis=127.0.0.1:${redisPort}`,
			'--disable-tls',
			'--client-ca-path=',
		],
		{
			PATH,
			...adminConfig,
			...certificates,
			ARGOCD_BINARY_NAME: 'argocd-repo-server',
			ARGOCD_FAKE_IN_CLUSTER: 'true',
			ARGOCD_PLUGINSOCKFILEPATH: sockets,
			TMPDIR: at('repo-tmp'),
			ARGOCD_PAUSE_GEN_AFTER_FAILED_ATTEMPTS: '0',
			ARGOCD_ASK_PASS_SOCK: join(folder, 'ask.sock'),
			ARGOCD_GPG_ENABLED: 'false',
			ARGOCD_GNUPGHOME: gnupg,
			ARGOCD_GPG_DATA_PATH: at('gpg'),
			ARGOCD_RECONCILIATION_TIMEOUT: '10s',
		},
	);
	await until('the repo-server is healthy', 60, () =>
		fetch(`http://127.0.0.1:${repoMetrics}/healthz`).then(
			({ ok }) => ok,
			() => false,
		),
	);
	const token = await kubernetes.tokenOf(namespace, 'argocd-application-controller');
	const controller = start(
		'argocd-application-controller',
		logs,
		[
			binary,
			`--namespace=${namespace}`,
			'--loglevel=info',
			`--redis=127.0.0.1:${redisPort}`,
			`--repo-server=127.0.0.1:${repoPort}`,
			'--repo-server-plaintext',
			'--app-resync=10',
			'--app-resync-jitter=0',
			`--metrics-port=${controllerMetrics}`,
		],
		{
			PATH,
			...certificates,
			KUBECONFIG: kubernetes.kubeconfigFor('application-controller', token, namespace),
			ARGOCD_BINARY_NAME: 'argocd-application-controller',
			ARGOCD_FAKE_IN_CLUSTER: 'true',
			ARGOCD_APPLICATION_CONTROLLER_SERVER_SIDE_DIFF: 'true',
			ARGOCD_SYNC_WAVE_DELAY: '0',
			HOSTNAME: 'argocd-application-controller-0',
		},
	);
	return { cmpServer, repoServer, controller, redis, redisPort: redisPort as number, renderer };
}
