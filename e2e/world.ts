/** Everything that runs: one API server, one Argo CD, one stand-in for KubeDB. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindNames, kindOf } from '../src/catalog/catalog.js';
import type { KindFacts } from '../src/catalog/types.js';
import type { JsonObject } from '../src/json.js';
import { type ArgoCD, prepareArgoCD, startArgoCD } from './cluster/argocd.js';
import { client } from './cluster/client.js';
import { install } from './cluster/install.js';
import { type Kubernetes, startKubernetes } from './cluster/kubernetes.js';
import { until } from './cluster/process.js';
import { type Operator, startOperator } from './operator/operator.js';
import { startWebhooks } from './webhooks/webhooks.js';

export interface World {
	readonly kubernetes: Kubernetes;
	readonly argocd: ArgoCD;
	readonly operator: Operator;
	readonly folder: string;
	readonly binaries: Record<string, string>;
	/** Folder of Argo CD's Go module. */
	readonly argocdModule: string;
	/** Folder of KubeDB's CRDs. */
	readonly crds: string;
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
	const installed = await install(kubernetes, binaries.kubectl as string);
	const webhook = await kubernetes.certificate('webhook');
	const stopWebhooks = await startWebhooks(kinds, webhook, readFileSync(kubernetes.caFile, 'utf8'), admin);
	const token = await kubernetes.tokenOf('kubedb', 'kubedb-ops-manager');
	const operator = startOperator(client(kubernetes.endpoint, token, 'kubedb-ops-manager'), kinds);
	const argocd = await startArgoCD(
		kubernetes,
		binaries.argocd as string,
		argocdModule,
		installed.pluginYaml,
		installed.token,
		folder,
		logs,
	);
	say('Argo CD runs');
	return {
		kubernetes,
		argocd,
		operator,
		folder,
		binaries,
		argocdModule,
		crds,
		behaviourAtEnd(namespace) {
			operator.behaviour(namespace).held = false;
		},
		async stop() {
			stopWebhooks();
			await operator.stop();
		},
	};
}

/** Gives the API server KubeDB's CRDs of some kinds, and waits until it serves them. */
export async function applyCrds({ admin }: Kubernetes, folder: string, kinds: readonly KindFacts[]): Promise<void> {
	const names = kinds.flatMap(({ plural, opsRequestPlural }) => [
		`kubedb.com_${plural}`,
		`ops.kubedb.com_${opsRequestPlural}`,
	]);
	const apply = (name: string) => {
		const crd = name.split('_').reverse().join('.');
		const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd}`;
		return admin.apply(path, readFileSync(join(folder, `${name}.yaml`), 'utf8'));
	};
	await Promise.all(names.map(apply));
	// Discovery is small, and a CRD, of which there may be 64, is not.
	const resourcesOf = async (groupVersion: string) =>
		((await admin.get(`/apis/${groupVersion}`))?.resources ?? []) as JsonObject[];
	await until(`${names.length} CRDs are served`, 180, async () => {
		const groups = [...new Set(kinds.map(({ database }) => database)), 'ops.kubedb.com/v1alpha1'];
		const served = new Set((await Promise.all(groups.map(resourcesOf))).flat().map(({ name }) => name));
		return kinds.every(({ plural, opsRequestPlural }) => served.has(plural) && served.has(opsRequestPlural));
	});
}
