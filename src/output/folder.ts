/** A folder that belongs to the render: what an earlier run wrote there goes, and nothing else does. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject, type Json, parseJson } from '../json.js';
import { refuse } from '../problems.js';
import type { Tree } from './flux.js';

/** Names the files of a tree, so that the next run knows which are its own. */
export const indexName = 'kubedb-render.json';
/** Where `kubectl apply` may read the folder, it must not take it for a manifest. */
const flatIndexName = '.kubedb-render';

type Layout = 'flat' | 'flux';

/**
 * Writes a tree and removes what the last one had besides. Refuses a folder with files that no run of ours wrote, unless
 * one did write there: then they stay, and only a file in the way of one of ours is refused.
 */
export function writeTree(tree: Tree, folder: string, layout: Layout): void {
	const index = join(folder, layout === 'flux' ? indexName : flatIndexName);
	const before = filesIn(index);
	if (!before && existsSync(folder) && readdirSync(folder).length > 0)
		refuse(
			'foreign-folder',
			'the output folder holds files that kubedb-render did not write',
			'Name an empty folder, or one of an earlier run.',
			folder,
		);
	const own = new Set(before);
	for (const path of tree.keys()) {
		refuseLinks(folder, path);
		if (!own.has(path) && existsSync(join(folder, path)))
			refuse(
				'foreign-file',
				'the file is in the way, and was not written by kubedb-render',
				'Move it away.',
				join(folder, path),
			);
	}
	mkdirSync(folder, { recursive: true });
	// Both, until all is done: a run that is cut short leaves nothing that the next one does not know.
	writeIndex(index, layout, new Set([...own, ...tree.keys()]));
	for (const [path, text] of tree) {
		const place = join(folder, path);
		mkdirSync(dirname(place), { recursive: true });
		if (!existsSync(place) || readFileSync(place, 'utf8') !== text) writeFileSync(place, text);
	}
	for (const path of own) if (!tree.has(path)) removeFile(folder, path);
	writeIndex(index, layout, new Set(tree.keys()));
}

/** The files of a tree of stages that stands in a folder, or undefined where none does. */
export function filesOf(folder: string): string[] | undefined {
	return filesIn(join(folder, indexName));
}

/** The files that an index names, or undefined where there is none. */
function filesIn(path: string): string[] | undefined {
	if (!existsSync(path)) return undefined;
	let value: Json;
	try {
		value = parseJson(readFileSync(path, 'utf8'));
	} catch {
		value = null;
	}
	const files = isObject(value) ? value.files : undefined;
	// The tree may have been pulled from anywhere: a path that leads out of it must not be removed.
	const isOwn = (each: Json): each is string =>
		typeof each === 'string' &&
		each !== '' &&
		each.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
	if (!Array.isArray(files) || !files.every(isOwn))
		refuse(
			'damaged-index',
			'it does not list the files of a tree',
			'Remove the folder, and render into a new one.',
			path,
		);
	return files as string[];
}

function writeIndex(path: string, layout: Layout, files: ReadonlySet<string>): void {
	const text = `${JSON.stringify({ layout, files: [...files].sort() }, undefined, 1)}\n`;
	if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

/** A symbolic link inside the folder would lead a write or a removal out of it. */
function refuseLinks(folder: string, path: string): void {
	const parts = path.split('/');
	for (let depth = 1; depth <= parts.length; depth++) {
		const place = join(folder, ...parts.slice(0, depth));
		if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink())
			refuse('symlink', 'a symbolic link stands where a file of the tree belongs', 'Remove it.', place);
	}
}

/** Removes a file, and the folders that are empty without it. */
function removeFile(folder: string, path: string): void {
	refuseLinks(folder, path);
	rmSync(join(folder, path), { force: true });
	for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
		const place = join(folder, parent);
		if (!existsSync(place)) continue;
		if (readdirSync(place).length > 0) return;
		rmdirSync(place);
	}
}
