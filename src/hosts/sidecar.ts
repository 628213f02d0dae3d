/** The sidecar of Argo CD's repo-server that runs the plugin, and what Argo CD's own ConfigMaps need for it. */
import type { JsonObject } from '../json.js';
import { healthCustomizations } from './health.js';
import { ignoreDifferences } from './ignore-differences.js';

export const tokenFolder = '/var/run/secrets/kubedb-render';

export interface SidecarOptions {
	readonly image: string;
	/** Settings of the plugin, as environment variables. */
	readonly environment: Readonly<Record<string, string>>;
}

/** argocd-cm: health rules, and the managed fields that Argo CD need not compare. */
export function argocdCm(): Record<string, string> {
	return { 'resource.customizations': healthCustomizations(), ...ignoreDifferences() };
}

/** argocd-cmd-params-cm: without the server-side diff, databases are OutOfSync for ever. */
export const argocdCmdParams: Readonly<Record<string, string>> = { 'controller.diff.server.side': 'true' };

/** For the repo-server's own container: an error of the plugin would else be served from the cache for an hour. */
export const repoServerEnvironment: readonly JsonObject[] = [
	{ name: 'ARGOCD_PAUSE_GEN_AFTER_FAILED_ATTEMPTS', value: '0' },
];

/** argocd-cmp-server in the plugin's image, which holds plugin.yaml at the place where it looks. */
export function sidecarContainer({ image, environment }: SidecarOptions): JsonObject {
	const settings = { KUBEDB_RENDER_SERVICE_ACCOUNT: tokenFolder, ...environment };
	return {
		name: 'kubedb-render',
		image,
		command: ['/var/run/argocd/argocd-cmp-server'],
		env: [
			...Object.entries(settings).map(([name, value]) => ({ name, value })),
			{ name: 'KUBEDB_RENDER_ARGOCD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
		],
		securityContext: {
			runAsNonRoot: true,
			runAsUser: 999,
			readOnlyRootFilesystem: true,
			allowPrivilegeEscalation: false,
			capabilities: { drop: ['ALL'] },
			seccompProfile: { type: 'RuntimeDefault' },
		},
		resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
		volumeMounts: [
			{ name: 'var-files', mountPath: '/var/run/argocd' },
			{ name: 'plugins', mountPath: '/home/argocd/cmp-server/plugins' },
			{ name: 'kubedb-render-tmp', mountPath: '/tmp' },
			{ name: 'kubedb-render-token', mountPath: tokenFolder, readOnly: true },
		],
	};
}

/** A /tmp of its own, and a token for this container alone: Argo CD's manifests mount none into the repo-server. */
export function sidecarVolumes(): JsonObject[] {
	return [
		{ name: 'kubedb-render-tmp', emptyDir: {} },
		{
			name: 'kubedb-render-token',
			projected: {
				sources: [
					{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
					{ configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
				],
			},
		},
	];
}
