/** The tables of what Go makes of texts (fixtures/go). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `-` stands for a text that is no quantity, or no duration. */
export function goTable(root: string, name: 'quantities' | 'durations'): [text: string, stored: string][] {
	const [, ...lines] = readFileSync(join(root, 'fixtures/go', `${name}.tsv`), 'utf8')
		.trimEnd()
		.split('\n');
	return lines.map((line) => line.split('\t') as [string, string]);
}
