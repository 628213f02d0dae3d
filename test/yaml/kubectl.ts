/** The oracle: what the real kubectl reads. No cluster is asked. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isObject, type JsonObject, parseJson } from '../../src/json.js';

/** What a document means to kubectl: the fields of its object but for the header's, or why it is refused. */
export type Outcome = { readonly value: JsonObject } | { readonly error: string };

/** A document of nothing but fields becomes an object; `readWithKubectl` tells objects apart by their names. */
export const withHeader = (index: number, fields: string) =>
	`apiVersion: v1\nkind: Thing\nmetadata: {name: ${nameOf(index)}}\n${fields}`;

export const nameOf = (index: number) => `d${index}`;

/** How kubectl reads documents, all of them in one run, because starting it is what takes the time. */
export function readWithKubectl(documents: readonly string[]): Outcome[] {
	return inFolder((folder) => {
		for (const [i, text] of documents.entries()) writeFileSync(join(folder, `${nameOf(i)}.yaml`), text);
		const { stdout, stderr } = kubectl(['label', '--local', '-f', folder, 'a=b', '-o', 'json']);
		const values = byName(stdout);
		const errors = new Map([...stderr.matchAll(/([^/\s"]+)\.yaml"?: (.*)/g)].map(([, name, why]) => [name, why]));
		return documents.map((_, i) => {
			const [value, error] = [values.get(nameOf(i)), errors.get(nameOf(i))];
			if (value !== undefined) return { value };
			if (error !== undefined) return { error };
			throw new Error(`kubectl says nothing of document ${i}: ${stderr.slice(0, 2000)}`);
		});
	});
}

/** How kubectl reads what `kubectl kustomize` prints of documents; that one reads all of them or none. */
export function readThroughKustomize(documents: readonly string[]): Outcome[] {
	const built = inFolder((folder) => {
		writeFileSync(join(folder, 'all.yaml'), documents.join('\n---\n'));
		writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [all.yaml]\n');
		return kubectl(['kustomize', folder]);
	});
	if (built.status !== 0) {
		if (documents.length === 1) return [{ error: built.stderr }];
		const half = Math.ceil(documents.length / 2);
		return [...readThroughKustomize(documents.slice(0, half)), ...readThroughKustomize(documents.slice(half))];
	}
	const read = kubectl(['label', '--local', '-f', '-', 'a=b', '-o', 'json'], built.stdout);
	if (read.status !== 0) throw new Error(`kubectl cannot read what kustomize printed: ${read.stderr}`);
	const values = byName(read.stdout);
	return documents.map((text) => {
		const [, name = ''] = /\bname"?: *"?(d\d+)/.exec(text) ?? [];
		return { value: values.get(name) as JsonObject };
	});
}

/** The objects that kubectl reads in a stream, and why it refuses the rest of it. */
export function readStreamWithKubectl(stream: string): { names: string[]; error: string | undefined } {
	const { status, stdout, stderr } = kubectl(['label', '--local', '-f', '-', 'a=b', '-o', 'json'], stream);
	return { names: [...byName(stdout).keys()], error: status === 0 ? undefined : stderr.trim() };
}

function kubectl(args: readonly string[], input = '') {
	const { error, ...result } = spawnSync('kubectl', args, { input, encoding: 'utf8', maxBuffer: 2 ** 30 });
	if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
		throw new Error('there is no kubectl on the PATH, and it is what our reading is compared with');
	if (error) throw error;
	return result;
}

function inFolder<T>(use: (folder: string) => T): T {
	const folder = mkdtempSync(join(tmpdir(), 'kubedb-render-yaml-'));
	try {
		return use(folder);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** kubectl prints objects one after another, each over several lines of which only the last begins with `}`. */
function byName(text: string): Map<string, JsonObject> {
	const texts = text.split(/(?<=^\})\n/m).filter((each) => each.trim() !== '');
	return new Map(
		texts.map((each) => {
			const { apiVersion, kind, metadata, ...fields } = parseJson(each) as JsonObject;
			return [isObject(metadata) ? String(metadata.name) : '', fields];
		}),
	);
}
