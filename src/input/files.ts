/** Files and folders as sources. */
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Refusal, refuse } from '../problems.js';
import type { Source } from './stream.js';

/** What Argo CD transfers at most is 100 MB for all files together. */
const FILE_LIMIT = 64 * 1024 * 1024;

const kustomizations = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export function isKustomization(folder: string): boolean {
	return entriesOf(folder).some((name) => kustomizations.includes(name));
}

/** Reads a file, or the YAML and JSON files of a folder in the order of their names; hidden ones are left out. */
export function readSources(path: string, recursive = false): Source[] {
	return filesAt(path, recursive).map(readSource);
}

/** Paths of the files at a path. Refuses what is not there, holds no manifests, or leads around in a circle. */
export function filesAt(path: string, recursive: boolean): string[] {
	const status = statusOf(path);
	// A shell gives a pipe for <(command).
	if (status.isFile() || status.isFIFO()) return [path];
	if (!status.isDirectory()) refuse('not-a-file', 'it is neither a file nor a folder', undefined, path);
	const files = walk(path, recursive, []);
	if (files.length === 0) {
		const below = !recursive && hasFilesBelow(path);
		const hint = below ? 'There are some in folders below: name one of them, or give --recursive.' : undefined;
		refuse('no-manifests', 'the folder has no .yaml, .yml or .json files', hint, path);
	}
	return files;
}

function hasFilesBelow(folder: string): boolean {
	try {
		return walk(folder, true, []).length > 0;
	} catch (error) {
		if (error instanceof Refusal) return false;
		throw error;
	}
}

function walk(folder: string, recursive: boolean, above: readonly string[]): string[] {
	const real = realpathSync(folder);
	if (above.includes(real))
		refuse('symlink-loop', `the folder leads back to ${real}`, 'Remove the symbolic link.', folder);
	const files: string[] = [];
	for (const name of entriesOf(folder)) {
		if (name.startsWith('.')) continue;
		const path = join(folder, name);
		if (isFolder(path)) {
			if (recursive) files.push(...walk(path, recursive, [...above, real]));
		} else if (/\.(?:ya?ml|json)$/.test(name) && statusOf(path).isFile()) files.push(path);
	}
	return files;
}

function entriesOf(folder: string): string[] {
	try {
		return readdirSync(folder).sort((a, b) => (a < b ? -1 : 1));
	} catch (error) {
		return unreadable(folder, error);
	}
}

/** Whether there is a folder at a path. */
export function isFolder(path: string): boolean {
	try {
		return statSync(path).isDirectory();
	} catch {
		return false;
	}
}

const reasons: Record<string, string> = {
	EACCES: 'permission denied',
	ENOTDIR: 'a part of the path is a file',
	ENAMETOOLONG: 'the path is too long',
};

function unreadable(path: string, error: unknown): never {
	const { code = '', message } = error as NodeJS.ErrnoException;
	return refuse('unreadable', `it cannot be read: ${reasons[code] ?? message}`, undefined, path);
}

function statusOf(path: string) {
	try {
		return statSync(path);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ELOOP') return refuse('symlink-loop', 'the symbolic link leads to itself', 'Remove it.', path);
		if (code === 'ENOENT' && isLink(path))
			return refuse('not-found', 'the symbolic link leads nowhere', undefined, path);
		if (code === 'ENOENT') return refuse('not-found', 'there is no such file or folder', undefined, path);
		return unreadable(path, error);
	}
}

function isLink(path: string): boolean {
	return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function readSource(path: string): Source {
	const { size } = statusOf(path);
	if (size > FILE_LIMIT) {
		const hint = 'Split it into several files.';
		refuse('file-too-large', `the file has ${size} bytes, the limit is ${FILE_LIMIT}`, hint, path);
	}
	const inside = relative('', path);
	const name = inside === '' || inside.startsWith('..') ? path : inside;
	let bytes: Uint8Array;
	try {
		bytes = readFileSync(path);
	} catch (error) {
		return unreadable(path, error);
	}
	return { name, text: decode(bytes, name) };
}

/** Text of UTF-8 bytes; anything else is refused. With zero bytes it is UTF-16, or no text at all. */
export function decode(bytes: Uint8Array, name: string): string {
	try {
		const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
		if (!text.includes('\0')) return text;
	} catch {
		// Refused below.
	}
	return refuse('not-utf8', 'it is not UTF-8', 'Save it in the encoding UTF-8.', name);
}
