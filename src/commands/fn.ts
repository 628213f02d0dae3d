/**
 * `fn`: the render as a KRM function, for kustomize, kpt and `kustomize fn run`, and as kustomize's legacy exec plugin,
 * the only form that kubectl runs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type ResourceList, readResourceList } from '../input/resource-list.js';
import { splitStream } from '../input/stream.js';
import { parseChunk } from '../input/yaml.js';
import { isObject, type JsonObject, toJson } from '../json.js';
import { itemsOf, printManifests } from '../output/manifests.js';
import { outputItems, placedInSource, printResourceList, resultsOf } from '../output/resource-list.js';
import { nearest, type Problem, Refusal, refuse } from '../problems.js';
import { isGitops } from '../render/source.js';
import { configurable, resolveSettings } from '../settings.js';
import type { Result } from './build.js';
import { loadDocuments, stdin, type World } from './load.js';

export interface FnOptions {
	/** The config file that kustomize names as argument 1 of a legacy exec plugin. */
	readonly config?: string | undefined;
	/** Where results go besides stderr: a file, or `-`, a ResourceList on stdout even where there are errors. */
	readonly results?: string | undefined;
	readonly flags: Readonly<Record<string, unknown>>;
}

export async function fn(options: FnOptions, world: World): Promise<Result> {
	const source = stdin(world, 'the ResourceList');
	const chunks = splitStream(source);
	if (options.config !== undefined) return legacy(options.config, options, chunks, world);
	const list = readResourceList(chunks);
	const print = (items: readonly JsonObject[], problems: readonly Problem[]) =>
		printResourceList(list, items, resultsOf(problems, list));
	try {
		const { items, warnings } = await rendered(list, options, world);
		keepResults(options, warnings, list);
		return {
			stdout: print(items, warnings),
			warnings: warnings.map((each) => placedInSource(each, list)),
			exitCode: 0,
		};
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		const { problems } = error;
		keepResults(options, problems, list);
		const stdout = options.results === '-' ? print([], problems) : '';
		return { stdout, warnings: problems.map((each) => placedInSource(each, list)), exitCode: 1 };
	}
}

async function rendered(
	list: ResourceList,
	{ flags }: FnOptions,
	world: World,
): Promise<{ items: readonly JsonObject[]; warnings: readonly Problem[] }> {
	const config = list.functionConfig ? settingsIn(list.functionConfig, world.environment) : {};
	const settings = resolveSettings(flags, world.environment, config);
	const wanted = list.items.filter(isGitops).length;
	if (wanted === 0) return { items: list.items, warnings: list.warnings };
	const loaded = await loadDocuments([list.chunk], settings, world, true);
	if (loaded.rendered.length !== wanted)
		throw new Error(`${wanted} databases were read, ${loaded.rendered.length} rendered`);
	return { items: outputItems(list, loaded.rendered, loaded.tombstones), warnings: loaded.warnings };
}

function keepResults({ results }: FnOptions, problems: readonly Problem[], list: ResourceList): void {
	if (results === undefined || results === '-') return;
	writeFileSync(results, `${toJson({ results: resultsOf(problems, list) })}\n`);
}

/** The legacy plugin: argument 1 is a config file, stdin and stdout are streams of manifests. */
async function legacy(
	path: string,
	{ flags }: FnOptions,
	chunks: ReturnType<typeof splitStream>,
	world: World,
): Promise<Result> {
	if (chunks.length === 0)
		refuse(
			'generator',
			'there are no manifests on stdin',
			'kustomize gives none to a generator: list it under transformers: of the outermost kustomization.',
		);
	const [first] = chunks;
	const isList = first && chunks.length === 1 && first.source.text.includes('ResourceList');
	if (isList && isObject(parseChunk(first).value) && (parseChunk(first).value as JsonObject).kind === 'ResourceList')
		refuse(
			'two-configs',
			`stdin holds a ResourceList, which brings its own functionConfig, and ${path} is named besides`,
			'Leave the file out, or pipe in a stream of manifests.',
		);
	const settings = resolveSettings(flags, world.environment, settingsIn(configAt(path), world.environment));
	const { rendered: databases, foreign, tombstones, warnings } = await loadDocuments(chunks, settings, world, true);
	return { stdout: printManifests(itemsOf(databases, foreign, tombstones), 'yaml'), warnings, exitCode: 0 };
}

function configAt(path: string): JsonObject {
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch (error) {
		return refuse('no-config', `it cannot be read: ${(error as NodeJS.ErrnoException).code}`, undefined, path);
	}
	const chunks = splitStream({ name: path, text });
	const [value] = chunks.map((chunk) => parseChunk(chunk).value);
	if (chunks.length > 1)
		refuse('two-configs', 'it holds several documents; a function has one config', undefined, path);
	return isObject(value) ? value : refuse('function-config', 'it holds no map', undefined, path);
}

/** Settings by name, from `data` of a ConfigMap, as kpt writes it, or from `spec` of any other kind. */
function settingsIn(config: JsonObject, environment: NodeJS.ProcessEnv): Record<string, string> {
	const isConfigMap = config.kind === 'ConfigMap' && config.apiVersion === 'v1';
	const where = isConfigMap ? 'data' : 'spec';
	const other = isConfigMap ? 'spec' : 'data';
	if (config[other] !== undefined)
		refuse(
			'function-config',
			`the function's config has ${other}`,
			`Settings of a ${String(config.kind)} stand in ${where}.`,
		);
	const values = config[where] ?? {};
	if (!isObject(values)) return refuse('function-config', `${where} of the function's config is no map`);
	const names = configurable(environment);
	const entries = Object.entries(values).map(([name, value]) => {
		if (!names.includes(name)) {
			const near = nearest(name, names);
			const hint = `${near ? `Did you mean ${near}? ` : ''}There are: ${names.join(', ')}.`;
			refuse('setting', `there is no setting ${JSON.stringify(name)} in a function's config`, hint);
		}
		if (value === null || typeof value === 'object')
			refuse('setting', `${name} in the function's config is ${value === null ? 'empty' : 'no single value'}`);
		return [name, String(value)] as const;
	});
	return Object.fromEntries(entries);
}
