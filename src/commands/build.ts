/** `build`: manifests on stdout. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lostInArgo } from '../output/argo-characters.js';
import { type Format, itemsOf, printManifests, yamlStream } from '../output/manifests.js';
import { toYaml } from '../output/yaml.js';
import type { Problem } from '../problems.js';
import { getAt } from '../render/path.js';
import { isInArgoCD, type Settings } from '../settings.js';
import { type Loaded, load, type World } from './load.js';

export interface BuildOptions {
	readonly output?: Format | undefined;
	readonly outputDir?: string | undefined;
}

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
	const format = options.output ?? (isInArgoCD(world.environment) ? 'argocd' : 'yaml');
	const loaded = await load(paths, settings, world, format === 'argocd' ? lostInArgo : undefined);
	const { warnings } = loaded;
	if (options.outputDir !== undefined) {
		writeFolder(loaded, options.outputDir);
		return { stdout: '', warnings, exitCode: 0 };
	}
	const items = itemsOf(loaded.rendered, loaded.foreign, loaded.tombstones);
	return { stdout: printManifests(items, format), warnings, exitCode: 0 };
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
