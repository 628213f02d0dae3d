/** `state acknowledge`: turns a published tree whose application was confirmed into the next state. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, readSources } from '../input/files.js';
import { splitStream } from '../input/stream.js';
import { parseChunk } from '../input/yaml.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { type FileMemory, memoryFrom } from '../memory/files.js';
import { type Identity, type State, stateContent } from '../memory/memory.js';
import { appliedStates, type Confirmation } from '../output/applied-states.js';
import { filesOf } from '../output/folder.js';
import { forFlux } from '../output/stages.js';
import { toYaml } from '../output/yaml.js';
import { type Problem, refuse } from '../problems.js';
import { memoryObject } from '../render/render.js';
import type { Result } from './build.js';
import { stdin, type World } from './load.js';

export interface AcknowledgeOptions {
	/** The file that holds what is acknowledged: read first, then written. Without it the result is printed. */
	readonly into?: string | undefined;
	/** `namespace/name` of the databases that were applied; all of the tree's where none is named. */
	readonly databases: readonly string[];
	/** A list of Flux Kustomizations, as `kubectl get -o json` prints it: only what it confirms is acknowledged. */
	readonly applied?: string | undefined;
}

export function acknowledge(tree: string, { into, databases, applied }: AcknowledgeOptions, world: World): Result {
	const files = filesOf(tree);
	if (!files)
		return refuse(
			'no-tree',
			'this is no tree that `build --layout flux` wrote',
			'Name its folder, with its kubedb-render.json.',
			tree,
		);
	const read = (paths: readonly string[]) =>
		paths.flatMap((path) => readSources(join(tree, path))).flatMap(splitStream);
	const rendered = memoryFrom(read(files.filter((path) => path.endsWith('/90-state/objects.yaml'))));
	const before =
		into !== undefined && existsSync(into) ? memoryFrom(readSources(into).flatMap(splitStream)) : undefined;

	const chosen = choose(rendered.databases, databases, tree);
	const stages = read(files.filter((path) => path.startsWith('flux/'))).map((chunk) => parseChunk(chunk).value);
	const confirmations: readonly Confirmation[] =
		applied === undefined
			? chosen.map((id) => ({ id, isApplied: true, why: '' }))
			: appliedStates(chosen, stages.filter(isObject), kustomizationsIn(applied, world));
	const confirmed = confirmations.filter(({ isApplied }) => isApplied).map(({ id }) => id);
	for (const id of confirmed) refuseOlder(id, rendered, before, tree);

	const states = new Map<string, JsonObject>();
	const keep = (id: Identity, state: State | undefined) => {
		if (state) states.set(keyOf(id), forFlux(memoryObject(id, 'state', stateContent(id, state))));
	};
	for (const id of before?.databases ?? []) keep(id, before?.of(id).state);
	for (const id of confirmed) keep(id, rendered.of(id).state);
	const text = [...states]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([, object]) => `---\n${toYaml(object)}`)
		.join('');
	if (into !== undefined) writeWhole(into, text);
	return { stdout: into === undefined ? text : '', warnings: confirmations.flatMap(warningOf), exitCode: 0 };
}

/** Another process may read the file at any moment. */
function writeWhole(path: string, text: string): void {
	const unfinished = `${path}.${process.pid}`;
	writeFileSync(unfinished, text);
	renameSync(unfinished, path);
}

function keyOf({ kind, namespace, name }: Identity): string {
	return `${namespace}/${name} ${kind}`;
}

function choose(all: readonly Identity[], wanted: readonly string[], tree: string): readonly Identity[] {
	if (wanted.length === 0) return all;
	const names = all.map(({ namespace, name }) => `${namespace}/${name}`);
	const missing = wanted.find((each) => !names.includes(each));
	if (missing !== undefined)
		refuse('not-found', `there is no database ${missing} in the tree`, `There are: ${names.join(', ')}.`, tree);
	return all.filter(({ namespace, name }) => wanted.includes(`${namespace}/${name}`));
}

/** A tree that was overtaken says nothing about what is done now. */
function refuseOlder(id: Identity, rendered: FileMemory, before: FileMemory | undefined, tree: string): void {
	const [now, then] = [rendered.of(id).state, before?.of(id).state];
	if (!now || !then || now.digest === then.digest || now.generation > then.generation) return;
	refuse(
		'older-tree',
		`${id.kind} ${id.namespace}/${id.name}: generation ${then.generation} is acknowledged already, the tree has generation ${now.generation}`,
		'Acknowledge the tree that was published last.',
		tree,
	);
}

function kustomizationsIn(where: string, world: World): readonly JsonObject[] {
	const text = where === '-' ? stdin(world, 'the list of Kustomizations').text : decode(readFileSync(where), where);
	const name = where === '-' ? '<stdin>' : where;
	const values = splitStream({ name, text }).map((chunk) => parseChunk(chunk).value);
	const items = values.flatMap((value): Json[] =>
		isObject(value) && Array.isArray(value.items) ? value.items : [value],
	);
	const found = items.filter(isObject).filter(({ kind }) => kind === 'Kustomization');
	if (found.length === 0)
		refuse(
			'no-kustomizations',
			'it holds no Kustomizations',
			'Give what `kubectl get kustomizations.kustomize.toolkit.fluxcd.io -A -o json` prints.',
			name,
		);
	return found;
}

function warningOf({ id, isApplied, why }: Confirmation): Problem[] {
	if (isApplied) return [];
	const resource = `${id.kind} ${id.namespace}/${id.name}`;
	return [{ code: 'not-applied', severity: 'warning', resource, message: `not acknowledged: ${why}` }];
}
