/** Everything that runs: one API server, one Argo CD, one stand-in for KubeDB. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindNames, kindOf } from '../src/catalog/catalog.js';
import type { KindFacts } from '../src/catalog/types.js';
import { type ArgoCD, prepareArgoCD, startArgoCD } from './cluster/argocd.js';
import { client } from './cluster/client.js';
import { install } from './cluster/install.js';
import { type Kubernetes, startKubernetes } from './cluster/kubernetes.js';
import { inTurns, run, until } from './cluster/process.js';
import { type ApiProxy, startProxy } from './cluster/proxy.js';
import { type Operator, startOperator } from './operator/operator.js';
import { startWebhooks } from './webhooks/webhooks.js';

export interface World {
	readonly kubernetes: Kubernetes;
	readonly argocd: ArgoCD;
	readonly operator: Operator;
	/** Between the sidecar and the API server. */
	readonly proxy: ApiProxy;
	readonly folder: string;
	readonly binaries: Record<string, string>;
	/** Folder of Argo CD's Go module. */
	readonly argocdModule: string;
	/** Folder of KubeDB's CRDs. */
	readonly crds: string;
	/** Empties Argo CD's cache. */
	loseCache(): Promise<void>;
	/** Lets the operator end what a story left held. */
	behaviourAtEnd(namespace: string): void;
	/** Stops what runs in this process. */
	stop(): Promise<void>;
}

export interface Parts {
	readonly binaries: Record<string, string>;
	readonly argocdModule: string;
	/** Folder of KubeDB's CRDs. */
	readonly crds: string;
}

/** The kinds that stories are about. */
export const toldKinds = ['Postgres', 'MariaDB'];

export async function startWorld(
	parts: Parts,
	folder: string,
	logs: string,
	say: (text: string) => void,
): Promise<World> {
	const { binaries, argocdModule, crds } = parts;
	const kubernetes = await startKubernetes(binaries, folder, logs);
	const { admin } = kubernetes;
	say('the API server runs');
	const kinds = kindNames()
		.filter((name) => toldKinds.includes(name))
		.map((name) => kindOf(name)?.facts as KindFacts);
	await applyCrds(kubernetes, crds, kinds);
	await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kubedb' } });
	await admin.create('/api/v1/namespaces/kubedb/serviceaccounts', {
		apiVersion: 'v1',
		kind: 'ServiceAccount',
		metadata: { name: 'kubedb-ops-manager' },
	});
	await admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
		apiVersion: 'rbac.authorization.k8s.io/v1',
		kind: 'ClusterRoleBinding',
		metadata: { name: 'kubedb-ops-manager' },
		roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
		subjects: [{ kind: 'ServiceAccount', name: 'kubedb-ops-manager', namespace: 'kubedb' }],
	});
	await prepareArgoCD(kubernetes, binaries.kubectl as string, argocdModule);
	const installed = await install(kubernetes, binaries.kubectl as string, folder);
	const webhook = await kubernetes.certificate('webhook');
	const stopWebhooks = await startWebhooks(kinds, webhook, readFileSync(kubernetes.caFile, 'utf8'), admin);
	const token = await kubernetes.tokenOf('kubedb', 'kubedb-ops-manager');
	const operator = startOperator(client(kubernetes.endpoint, token, 'kubedb-ops-manager'), kinds);
	const proxy = await startProxy(kubernetes);
	const argocd = await startArgoCD(kubernetes, {
		binaries,
		module: argocdModule,
		pluginYaml: installed.pluginYaml,
		pluginToken: installed.token,
		proxy,
		folder,
		logs,
	});
	say('Argo CD runs');
	return {
		kubernetes,
		argocd,
		operator,
		proxy,
		folder,
		binaries,
		argocdModule,
		crds,
		async loseCache() {
			await run(['redis-cli', '-p', String(argocd.redisPort), 'flushall']);
		},
		behaviourAtEnd(namespace) {
			operator.behaviour(namespace).held = false;
		},
		async stop() {
			stopWebhooks();
			proxy.stop();
			await operator.stop();
		},
	};
}

/** Applies KubeDB's CRDs of some kinds, and waits until they are served. */
export async function applyCrds(
	{ admin }: Kubernetes,
	folder: string,
	kinds: readonly KindFacts[],
	groups: readonly string[] = ['kubedb.com', 'ops.kubedb.com'],
): Promise<void> {
	const one = async ({ group, database, plural, opsRequestPlural }: KindFacts & { group: string }) => {
		const [resource, version] =
			group === 'kubedb.com' ? [plural, database] : [opsRequestPlural, 'ops.kubedb.com/v1alpha1'];
		const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${resource}.${group}`;
		await admin.apply(path, readFileSync(join(folder, `${group}_${resource}.yaml`), 'utf8'));
		// A list says it for less than the definition, which has a megabyte.
		await until(`${resource}.${group} is served`, 60, () => {
			return admin.list(`/apis/${version}/namespaces/default/${resource}`).catch(() => undefined);
		});
	};
	// All at once are more than an API server that has other work answers in time.
	const all = kinds.flatMap((facts) => groups.map((group) => ({ ...facts, group })));
	await inTurns(all, 4, one);
}
