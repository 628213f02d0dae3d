/** Everything that Argo CD and its cluster need once, in the three forms in which Argo CD itself is installed. */
import type { JsonObject } from '../json.js';
import { toYaml } from '../output/yaml.js';
import { guards } from './guards.js';
import { rbacObjects } from './rbac.js';
import {
	argocdCm,
	argocdCmdParams,
	repoServerEnvironment,
	type SidecarOptions,
	sidecarContainer,
	sidecarVolumes,
} from './sidecar.js';

export interface InstallOptions extends SidecarOptions {
	/** Namespace that Argo CD runs in. */
	readonly namespace: string;
	/** ServiceAccounts of the controllers that the guards bind, in that namespace or as `<namespace>/<name>`. */
	readonly controllers: readonly string[];
	/** Namespaces that hold databases; every one where there are none. */
	readonly databaseNamespaces: readonly string[];
	readonly withGuards: boolean;
}

/** User names of ServiceAccounts. */
export function accountsOf({ namespace, controllers }: Pick<InstallOptions, 'namespace' | 'controllers'>): string[] {
	return controllers.map((each) => {
		const [own, name] = each.includes('/') ? each.split('/') : [namespace, each];
		return `system:serviceaccount:${own}:${name}`;
	});
}

/**
 * What another cluster needs that Argo CD deploys to: guards for the account that Argo CD uses there, and a read-only
 * account for the sidecar, to be put into its kubeconfig.
 */
export function destinationObjects(options: InstallOptions): JsonObject[] {
	const { namespace } = options;
	const labels = { 'app.kubernetes.io/part-of': 'kubedb-render' };
	const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'kubedb-render', namespace, labels } };
	const rbac = rbacObjects({ ...options, serviceAccount: 'kubedb-render' });
	const isArgoCDs = ({ metadata, kind }: JsonObject) =>
		(metadata as JsonObject).namespace === namespace &&
		(kind === 'Role' || (metadata as JsonObject).name === 'kubedb-render-application');
	return [
		...(options.withGuards ? guards(accountsOf(options)) : []),
		account,
		...rbac.filter((object) => !isArgoCDs(object)),
	];
}

/** Guards and RBAC: objects of their own, whichever way Argo CD is installed. */
export function clusterObjects(options: InstallOptions): JsonObject[] {
	const rbac = rbacObjects({ ...options, serviceAccount: 'argocd-repo-server' });
	return [...(options.withGuards ? guards(accountsOf(options)) : []), ...rbac];
}

/** For `kubectl apply --server-side`, which adds to Argo CD's own objects what these name. */
export function manifests(options: InstallOptions): JsonObject[] {
	return [...clusterObjects(options), ...patches(options)];
}

function patches(options: InstallOptions): JsonObject[] {
	const { namespace } = options;
	const settings = (name: string, data: Readonly<Record<string, string>>) => ({
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: { name, namespace, labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'argocd' } },
		data: { ...data },
	});
	return [
		settings('argocd-cm', argocdCm()),
		settings('argocd-cmd-params-cm', argocdCmdParams),
		{
			apiVersion: 'apps/v1',
			kind: 'Deployment',
			metadata: { name: 'argocd-repo-server', namespace },
			spec: {
				template: {
					spec: {
						containers: [{ name: 'argocd-repo-server', env: [...repoServerEnvironment] }, sidecarContainer(options)],
						volumes: sidecarVolumes(),
					},
				},
			},
		},
	];
}

/** Files of a kustomize Component over Argo CD's own manifests. */
export function component(options: InstallOptions): Record<string, string> {
	// A patch names no namespace: kustomize gives it that of the overlay.
	const named = patches(options).map((patch) => {
		const { namespace: _, ...metadata } = patch.metadata as JsonObject;
		return { ...patch, metadata };
	});
	const names = ['argocd-cm.yaml', 'argocd-cmd-params-cm.yaml', 'argocd-repo-server.yaml'];
	const kustomization = {
		apiVersion: 'kustomize.config.k8s.io/v1alpha1',
		kind: 'Component',
		resources: ['cluster.yaml'],
		patches: names.map((path) => ({ path })),
	};
	return {
		'kustomization.yaml': toYaml(kustomization),
		'cluster.yaml': stream(clusterObjects(options)),
		...Object.fromEntries(names.map((name, i) => [name, toYaml(named[i] as JsonObject)])),
	};
}

/** Values for the argo-cd chart of argo-helm. */
export function helmValues(options: InstallOptions): string {
	return toYaml({
		configs: { cm: argocdCm(), params: { ...argocdCmdParams } },
		repoServer: {
			env: [...repoServerEnvironment],
			extraContainers: [sidecarContainer(options)],
			volumes: sidecarVolumes(),
		},
		extraObjects: clusterObjects(options),
	});
}

export function stream(objects: readonly JsonObject[]): string {
	return objects.map((object) => `---\n${toYaml(object)}`).join('');
}
