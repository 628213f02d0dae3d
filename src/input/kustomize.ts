/** Folders with a kustomization, built by the user's own kustomize, or by the one in kubectl where there is none. */
import { spawnSync } from 'node:child_process';
import { refuse } from '../problems.js';
import { decode } from './files.js';
import type { Source } from './stream.js';

/** What `kustomize build FOLDER` prints. Its own error is shown whole where it fails. */
export function buildKustomization(folder: string, kustomize: string): Source {
	const name = `${folder} (kustomize build)`;
	const path = folder.startsWith('-') ? `./${folder}` : folder;
	const first = run(kustomize, ['build', path]);
	const tried = first === undefined && kustomize === 'kustomize' ? run('kubectl', ['kustomize', path]) : first;
	if (!tried)
		return refuse(
			'no-kustomize',
			`the folder holds a kustomization, and ${kustomize} cannot be run`,
			'Install kustomize (or kubectl), or build it first and pipe the result in.',
			folder,
		);
	if (tried.failed !== undefined) refuse('kustomize', `kustomize build failed: ${tried.failed}`, undefined, folder);
	return { name, text: decode(tried.stdout, name) };
}

/** What a command prints, or why it failed; undefined where there is no such command. */
function run(command: string, args: string[]): { stdout: Uint8Array; failed: string | undefined } | undefined {
	const { status, signal, stdout, stderr, error } = spawnSync(command, args, { maxBuffer: 256 * 1024 * 1024 });
	if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined;
	if (error) return { stdout, failed: error.message };
	if (status === 0) return { stdout, failed: undefined };
	return { stdout, failed: stderr.toString().trim() || (signal ? `ended by ${signal}` : `exit status ${status}`) };
}
