/** Compares the table of what kubectl reads with kubectl, or asks it anew (tools/fuzz-yaml.mjs). */
import { toJson } from '../../src/json.js';
import { forYaml } from '../../src/output/yaml.js';
import { type Outcome, readStreamWithKubectl, readThroughKustomize, readWithKubectl, withHeader } from './kubectl.js';
import { documentRows, refused, type ScalarRow, scalarRows, streamRows, writeRows, writeScalars } from './table.js';

/** How many rows kubectl reads otherwise than the table has it. With `update` the table is written. */
export function compareTable(root: string, update: boolean): number {
	const scalars = scalarRows(root);
	const read = readWithKubectl(scalars.map(({ text }, i) => withHeader(i, `v: ${text}\n`)));
	const kustomized = readThroughKustomize(scalars.map(({ text }, i) => withHeader(i, `v: ${text}\n`)));
	const readScalars = scalars.map(({ text }, i): ScalarRow => {
		const [kubectl, kustomize] = [shown(read[i] as Outcome), shown(kustomized[i] as Outcome)];
		return { text, kubectl, kustomize: alike(kustomize, kubectl) ? '=' : kustomize };
	});
	const documents = documentRows(root);
	const outcomes = readWithKubectl(documents.map(({ text }, i) => withHeader(i, text)));
	const readDocuments = documents.map((row, i) => ({ ...row, kubectl: shown(outcomes[i] as Outcome, true) }));
	const streams = streamRows(root);
	const readStreams = streams.map(({ text, name }) => ({ name, ...readStreamWithKubectl(text) }));
	if (update) {
		writeScalars(root, new Map(readScalars.map((row) => [row.text, row])));
		writeRows(root, 'documents.yaml', new Map(readDocuments.map(({ name, kubectl }) => [name, { kubectl }])));
		writeRows(root, 'streams.yaml', new Map(readStreams.map(({ name, ...row }) => [name, row])));
		return 0;
	}
	return (
		differing(scalars, readScalars) +
		differing(documents, readDocuments) +
		differing(
			streams.map(({ name, names, error }) => ({ name, names, error })),
			readStreams,
		)
	);
}

type Row = Readonly<Record<string, string | readonly string[] | undefined>>;

function differing(table: readonly object[], now: readonly object[]): number {
	let count = 0;
	for (const [i, row] of table.entries()) {
		const [before, after] = [row as Row, now[i] as Row];
		if (Object.keys(after).every((key) => alike(before[key], after[key]))) continue;
		count++;
		console.log(`the table has  ${JSON.stringify(before)}\nkubectl says   ${JSON.stringify(after)}\n`);
	}
	return count;
}

/** Versions of kubectl word their errors differently. */
function alike(before: Row[string], after: Row[string]): boolean {
	if ([before, after].every((each) => typeof each === 'string' && /^(?:refused|error): /.test(each))) return true;
	return JSON.stringify(before) === JSON.stringify(after);
}

function shown(outcome: Outcome, whole = false): string {
	if ('value' in outcome) {
		const json = forYaml(toJson(whole ? outcome.value : (outcome.value.v ?? null)));
		// What looks like a space, and is none.
		return json.replace(/[\u00a0\u3000]/g, (space) => `\\u${space.charCodeAt(0).toString(16).padStart(4, '0')}`);
	}
	// kustomize's errors speak of its own insides.
	const why = outcome.error.replace(/^.*(?=yaml: |json: )/s, '').replace(/ in File: .*/s, '');
	return refused + why.replace(/line \d+: /, '').trim();
}
