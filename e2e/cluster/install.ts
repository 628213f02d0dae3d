/** What `install argocd` prints, applied as its users apply it. */

import { guards } from '../../src/hosts/guards.js';
import { healthCustomizations } from '../../src/hosts/health.js';
import { ignoreDifferences } from '../../src/hosts/ignore-differences.js';
import type { JsonObject } from '../../src/json.js';
import type { Kubernetes } from './kubernetes.js';
import { sleep } from './process.js';

export interface Installed {
	readonly pluginYaml: string;
	readonly token: string;
}

export async function install({ admin, tokenOf }: Kubernetes, _binaries: Record<string, string>): Promise<Installed> {
	const accounts = ['argocd-application-controller', 'argocd-server'].map(
		(name) => `system:serviceaccount:argocd:${name}`,
	);
	for (const object of guards(accounts)) {
		const plural = `${String(object.kind).toLowerCase().replace(/y$/, 'ie')}s`;
		await admin.apply(
			`/apis/admissionregistration.k8s.io/v1/${plural}/${String((object.metadata as JsonObject).name)}`,
			object,
		);
	}
	await admin.patch('/api/v1/namespaces/argocd/configmaps/argocd-cm', {
		data: { 'resource.customizations': healthCustomizations(), ...ignoreDifferences() },
	});
	await admin.create('/api/v1/namespaces/argocd/serviceaccounts', {
		apiVersion: 'v1',
		kind: 'ServiceAccount',
		metadata: { name: 'kubedb-render' },
	});
	await admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
		apiVersion: 'rbac.authorization.k8s.io/v1',
		kind: 'ClusterRoleBinding',
		metadata: { name: 'kubedb-render' },
		roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
		subjects: [{ kind: 'ServiceAccount', name: 'kubedb-render', namespace: 'argocd' }],
	});
	// Policies take effect some two seconds after they were applied.
	await sleep(2500);
	const pluginYaml = JSON.stringify({
		apiVersion: 'argoproj.io/v1alpha1',
		kind: 'ConfigManagementPlugin',
		metadata: { name: 'kubedb-render' },
		spec: { generate: { command: ['kubedb-render', 'build'] } },
	});
	return { pluginYaml, token: await tokenOf('argocd', 'kubedb-render') };
}
