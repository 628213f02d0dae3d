/** The table of what kubectl reads (fixtures/yaml), as data. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A plain scalar; `kubectl` and `kustomize` are JSON, or `refused: WHY`, or `=` where kustomize reads as kubectl does. */
export interface ScalarRow {
	readonly text: string;
	readonly kubectl: string;
	readonly kustomize: string;
}

/** Fields of an object. `refused` is the code of our refusal, where we refuse them. */
export interface DocumentRow {
	readonly name: string;
	readonly text: string;
	readonly kubectl: string;
	readonly refused?: string;
}

export interface StreamRow {
	readonly name: string;
	readonly text: string;
	readonly names: readonly string[];
	readonly error?: string;
	readonly refused?: string;
}

export const refused = 'refused: ';

/** Lines of a section's title begin with `# `, which no plain scalar does. */
export function scalarRows(root: string): ScalarRow[] {
	return linesOf(root)
		.filter((line) => !isTitle(line))
		.map((line) => {
			const [text = '', kubectl = '', kustomize = ''] = line.split('\t');
			return { text, kubectl, kustomize };
		});
}

export const documentRows = (root: string): DocumentRow[] =>
	parse(readFileSync(fileAt(root, 'documents.yaml'), 'utf8'));

/** `NAME(a)` in a stream stands for an object of that name. */
export function streamRows(root: string): StreamRow[] {
	const rows: StreamRow[] = parse(readFileSync(fileAt(root, 'streams.yaml'), 'utf8'));
	return rows.map((row) => ({
		...row,
		text: row.text.replace(/NAME\((.)\)/g, 'apiVersion: v1\nkind: Thing\nmetadata: {name: $1}'),
	}));
}

export function writeScalars(root: string, rows: ReadonlyMap<string, ScalarRow>): void {
	const lines = linesOf(root).map((line) => {
		const row = rows.get(line.split('\t')[0] as string);
		return isTitle(line) || !row ? line : [row.text, row.kubectl, row.kustomize].join('\t');
	});
	writeFileSync(fileAt(root, 'scalars.tsv'), `${['text\tkubectl\tkustomize', ...lines].join('\n')}\n`);
}

/** Writes members of rows, each on a line of its own behind the others, and leaves the rest of the file as it is. */
export function writeRows(
	root: string,
	file: string,
	rows: ReadonlyMap<string, Readonly<Record<string, string | readonly string[] | undefined>>>,
): void {
	const path = fileAt(root, file);
	const text = readFileSync(path, 'utf8').replace(
		/^- name: (.*)\n(?: {2}.*\n| *\n(?= {2}| *\n {2}))*/gm,
		(row, name) => {
			const members = Object.entries(rows.get(name) ?? {});
			const keys = members.map(([key]) => key).join('|');
			const kept = row.replace(new RegExp(`^  (?:${keys}): .*\\n`, 'gm'), '');
			const added = members
				.filter(([, value]) => value !== undefined)
				.map(([key, value]) => `  ${key}: ${inline(value)}\n`);
			return kept + added.join('');
		},
	);
	writeFileSync(path, text);
}

function inline(value: string | readonly string[] | undefined): string {
	if (typeof value !== 'string') return `[${value?.join(', ')}]`;
	return `'${value.replaceAll("'", "''")}'`;
}

function linesOf(root: string): string[] {
	const lines = readFileSync(fileAt(root, 'scalars.tsv'), 'utf8').split('\n').slice(1);
	return lines.filter((line) => line !== '');
}

const isTitle = (line: string) => line.startsWith('# ');
const fileAt = (root: string, name: string) => join(root, 'fixtures/yaml', name);
