/** What `install argocd` prints, applied with the command of docs/argocd.md. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kubernetes } from './kubernetes.js';
import { run, sleep } from './process.js';

declare const PROJECT_ROOT: string;

export interface Installed {
	readonly pluginYaml: string;
	/** Of the account that the sidecar runs under. */
	readonly token: string;
}

export const bundle = join(PROJECT_ROOT, 'dist/kubedb-render.cjs');

export async function install({ kubeconfig, tokenOf }: Kubernetes, kubectl: string): Promise<Installed> {
	const flags = ['--image', 'registry.example.org/kubedb-render:0.1.0', '--all-namespaces'];
	const input = await run([process.execPath, bundle, 'install', 'argocd', ...flags]);
	// A field manager of its own: under Argo CD's, what this does not name would be taken away.
	const apply = ['apply', '--server-side', '--field-manager=kubedb-render', '-f', '-'];
	await run([kubectl, `--kubeconfig=${kubeconfig}`, ...apply], { input });
	// Policies take effect some two seconds after they were applied.
	await sleep(2500);
	return { pluginYaml: pluginYaml(), token: await tokenOf('argocd', 'argocd-repo-server') };
}

function pluginYaml(): string {
	const file = join(PROJECT_ROOT, 'plugin.yaml');
	if (existsSync(file)) return readFileSync(file, 'utf8');
	const command = ['node', '/usr/local/lib/kubedb-render/kubedb-render.cjs', 'build'];
	return JSON.stringify({
		apiVersion: 'argoproj.io/v1alpha1',
		kind: 'ConfigManagementPlugin',
		metadata: { name: 'kubedb-render' },
		spec: { generate: { command } },
	});
}
