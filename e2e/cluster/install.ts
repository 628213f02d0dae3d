/** What `install argocd` prints, applied with the very command of docs/argocd.md. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Kubernetes } from './kubernetes.js';
import { run, sleep } from './process.js';

declare const PROJECT_ROOT: string;

export interface Installed {
	readonly pluginYaml: string;
	/** Of the account that the sidecar runs under. */
	readonly token: string;
}

export const bundle = join(PROJECT_ROOT, 'dist/kubedb-render.cjs');

export async function install({ kubeconfig, admin, tokenOf }: Kubernetes, kubectl: string): Promise<Installed> {
	await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } });
	const PATH = `${dirname(kubectl)}:${process.env.PATH}`;
	const command = documented();
	// Once to the letter, and once more for the namespaces of all stories, as an upgrade does it.
	for (const line of [command, command.replace('--database-namespace demo', '--all-namespaces')])
		await run(['bash', '-o', 'pipefail', '-c', line], {
			cwd: PROJECT_ROOT,
			env: { ...process.env, PATH, KUBECONFIG: kubeconfig },
		});
	// Policies take effect some two seconds after they were applied.
	await sleep(2500);
	const pluginYaml = readFileSync(join(PROJECT_ROOT, 'plugin.yaml'), 'utf8');
	return { pluginYaml, token: await tokenOf('argocd', 'argocd-repo-server') };
}

/** The command of the page that installs everything. */
function documented(): string {
	const page = readFileSync(join(PROJECT_ROOT, 'docs/argocd.md'), 'utf8');
	const found = /^node dist\/kubedb-render\.cjs install argocd [^\n]*\|\n[^\n]*kubectl apply [^\n]*$/m.exec(page)?.[0];
	if (!found?.includes('--database-namespace demo')) throw new Error('docs/argocd.md has no command that installs');
	return found;
}
