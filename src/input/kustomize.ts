/** Folders with a kustomization, built by the user's own kustomize, or by the one in kubectl where there is none. */
import { spawnSync } from 'node:child_process';
import { refuse } from '../problems.js';
import { decode } from './files.js';
import type { Source } from './stream.js';

/** What `kustomize build FOLDER` prints. Its own error is shown whole where it fails. */
export function buildKustomization(folder: string, kustomize: string): Source {
	const name = `${folder} (kustomize build)`;
	const first = run(kustomize, ['build', folder]);
	const tried = first === undefined && kustomize === 'kustomize' ? run('kubectl', ['kustomize', folder]) : first;
	if (!tried)
		return refuse(
			'no-kustomize',
			`the folder holds a kustomization, and ${kustomize} cannot be run`,
			'Install kustomize (or kubectl), or build it first and pipe the result in.',
			folder,
		);
	if (tried.status !== 0)
		refuse(
			'kustomize',
			`kustomize build failed: ${tried.stderr.trim() || `exit status ${tried.status}`}`,
			undefined,
			folder,
		);
	return { name, text: decode(tried.stdout, name) };
}

function run(
	command: string,
	args: string[],
): { status: number | null; stdout: Uint8Array; stderr: string } | undefined {
	const { status, stdout, stderr, error } = spawnSync(command, args, { maxBuffer: 256 * 1024 * 1024 });
	if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined;
	return { status: error ? null : status, stdout, stderr: error ? String(error.message) : stderr.toString() };
}
