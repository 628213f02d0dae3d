/** The installation, by the very commands of the README. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
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

/** `folder` gets what a person has on PATH: kubedb-render and kubectl. */
export async function install(kubernetes: Kubernetes, kubectl: string, folder: string): Promise<Installed> {
	const { kubeconfig, admin, tokenOf } = kubernetes;
	await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } });
	const bin = join(folder, 'path');
	mkdirSync(bin, { recursive: true });
	copyFileSync(bundle, join(bin, 'kubedb-render'));
	chmodSync(join(bin, 'kubedb-render'), 0o755);
	const PATH = `${bin}:${dirname(kubectl)}:${process.env.PATH}`;
	const commands = documented();
	const [first = ''] = commands;
	// Once to the letter, and once more for the namespaces of all stories, as an upgrade does it.
	for (const line of [...commands, first.replace('--database-namespace demo', '--all-namespaces')])
		await run(['bash', '-o', 'pipefail', '-c', line], {
			cwd: folder,
			env: { ...process.env, PATH, KUBECONFIG: kubeconfig },
		});
	// Policies take effect some two seconds after they were applied.
	await sleep(2500);
	const pluginYaml = readFileSync(join(PROJECT_ROOT, 'plugin.yaml'), 'utf8');
	return { pluginYaml, token: await tokenOf('argocd', 'argocd-repo-server') };
}

/** The README's commands that install; docs/argocd.md has the same ones. Its doctor has a story. */
function documented(): string[] {
	const [readme = '', page = ''] = ['README.md', 'docs/argocd.md'].map((name) =>
		readFileSync(join(PROJECT_ROOT, name), 'utf8').replaceAll('node dist/kubedb-render.cjs', 'kubedb-render'),
	);
	const block = /^## Install in Argo CD$.*?^```sh\n(.*?)^```$/ms.exec(readme)?.[1] ?? '';
	if (!page.includes(block)) throw new Error("docs/argocd.md does not have the README's commands");
	const commands = block.split(/(?<![|\\])\n/).filter((line) => line !== '' && line !== 'kubedb-render doctor');
	if (!commands[0]?.includes('--database-namespace demo')) throw new Error('the README has no command that installs');
	return commands;
}
