/** `build`: manifests on stdout. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lostInArgo } from '../output/argo-characters.js';
import { type Format, itemsOf, printManifests, yamlStream } from '../output/manifests.js';
import { toYaml } from '../output/yaml.js';
import { type Problem, refuse } from '../problems.js';
import { getAt } from '../render/path.js';
import { isInArgoCD, type Settings } from '../settings.js';
import { type Loaded, load, type World } from './load.js';

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
		const { outputDir } = options;
		try {
			writeFolder(loaded, outputDir);
		} catch (error) {
			const { code, path = outputDir } = error as NodeJS.ErrnoException;
			if (!code) throw error;
			refuse('unwritable', `it cannot be written: ${code}`, 'What was written besides is not complete.', path);
		}
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
	const { fluxTree, isEncrypted } = await import('../output/flux.js');
	const { writeTree } = await import('../output/folder.js');
	const options = fluxOptions(settings);
	const loaded = await load(paths, settings, world);
	writeTree(fluxTree(loaded, options), outputDir as string);
	const encrypted = loaded.foreign.some(isEncrypted) && !options.decryption;
	const warning: Problem = {
		code: 'not-decrypted',
		severity: 'warning',
		message:
			'a Secret is encrypted by SOPS, and Flux is not told to decrypt it: it would apply the encrypted text and report it as ready',
		hint: 'Give --flux-decryption sops, or sops/NAME with the Secret that holds the keys.',
	};
	return { stdout: '', warnings: [...loaded.warnings, ...(encrypted ? [warning] : [])], exitCode: 0 };
}

/** One file for each object of ours, `<kind>-<name>.yaml` in a folder of its namespace, and one for all that passed through. */
function writeFolder({ rendered, foreign, tombstones }: Loaded, folder: string): void {
	mkdirSync(folder, { recursive: true });
	for (const { object } of [...rendered.flatMap(({ objects }) => objects), ...tombstones]) {
		const [namespace, name] = ['namespace', 'name'].map((key) => String(getAt(object, ['metadata', key]) ?? ''));
		const place = join(folder, namespace as string);
		mkdirSync(place, { recursive: true });
		writeFileSync(join(place, `${String(object.kind).toLowerCase()}-${name}.yaml`), toYaml(object));
	}
	if (foreign.length > 0) writeFileSync(join(folder, 'passed-through.yaml'), yamlStream(foreign, toYaml));
}
