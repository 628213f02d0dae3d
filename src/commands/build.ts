/** `build`: manifests on stdout. */
import { lostInArgo } from '../output/argo-characters.js';
import type { Tree } from '../output/flux.js';
import { type Format, itemsOf, printManifests } from '../output/manifests.js';
import { type Problem, refuse } from '../problems.js';
import { isInArgoCD, type Settings } from '../settings.js';
import { load, type World } from './load.js';

export interface BuildOptions {
	readonly output?: Format | undefined;
	readonly outputDir?: string | undefined;
	readonly layout?: Layout;
}

/** `flat`: a folder for each namespace. `flux`: stages that kustomize-controller applies one after the other. */
export type Layout = 'flat' | 'flux';

export interface Result {
	readonly stdout: string;
	readonly warnings: readonly Problem[];
	readonly exitCode: number;
}

export async function build(
	paths: readonly string[],
	options: BuildOptions,
	settings: Settings,
	world: World,
): Promise<Result> {
	if (options.layout === 'flux') return buildFlux(paths, options, settings, world);
	if (settings.published !== undefined)
		refuse(
			'setting',
			'--published goes with --layout flux',
			'Elsewhere what was rendered before is what was applied: give --state.',
		);
	const format = options.output ?? (isInArgoCD(world.environment) ? 'argocd' : 'yaml');
	const loaded = await load(paths, settings, world, format === 'argocd' ? lostInArgo : undefined);
	const { warnings } = loaded;
	if (options.outputDir !== undefined) {
		const { flatTree } = await import('../output/flat.js');
		await write(flatTree(loaded), options.outputDir, 'flat');
		return { stdout: '', warnings, exitCode: 0 };
	}
	const items = itemsOf(loaded.rendered, loaded.foreign, loaded.tombstones);
	return { stdout: printManifests(items, format), warnings, exitCode: 0 };
}

async function buildFlux(
	paths: readonly string[],
	{ outputDir, output }: BuildOptions,
	settings: Settings,
	world: World,
): Promise<Result> {
	if (outputDir === undefined || output !== undefined)
		refuse('setting', '--layout flux writes a tree of files', 'Give --output-dir, and no --output.');
	if (settings.published === undefined)
		refuse(
			'no-published',
			'--published is missing: where is the last tree that was published? Flux may not have applied it yet',
			'Give the folder of that tree (`flux pull artifact`), or --published none before the first.',
		);
	const { fluxOptions } = await import('./flux-options.js');
	const { encryptedNames, fluxTree } = await import('../output/flux.js');
	const options = fluxOptions(settings);
	const loaded = await load(paths, settings, world);
	await write(fluxTree(loaded, options), outputDir as string, 'flux');
	const encrypted = options.decryption ? [] : encryptedNames(loaded.foreign);
	const which = encrypted.length > 3 ? `${encrypted.slice(0, 3).join(', ')}, ...` : encrypted.join(', ');
	const warning: Problem = {
		code: 'not-decrypted',
		severity: 'warning',
		message: `SOPS encrypted ${which}, and Flux is not told to decrypt: it would apply the encrypted text and report it as ready`,
		hint: 'Give --flux-decryption sops, or sops/NAME with the Secret that holds the keys.',
	};
	return { stdout: '', warnings: [...loaded.warnings, ...(encrypted.length > 0 ? [warning] : [])], exitCode: 0 };
}

async function write(tree: Tree, folder: string, layout: Layout): Promise<void> {
	const { writeTree } = await import('../output/folder.js');
	try {
		writeTree(tree, folder, layout);
	} catch (error) {
		const { code, path = folder } = error as NodeJS.ErrnoException;
		if (!code) throw error;
		refuse('unwritable', `it cannot be written: ${code}`, 'What else was written is not complete.', path);
	}
}
