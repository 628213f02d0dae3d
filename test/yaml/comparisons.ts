/** What is compared with kubectl: our reading of YAML, and its reading of what we write. */
import type fc from 'fast-check';
import { disagreement, readPlain } from '../../src/input/scalars.js';
import { splitStream } from '../../src/input/stream.js';
import { parseChunk } from '../../src/input/yaml.js';
import { canonicalJson, isObject, type Json, type JsonObject } from '../../src/json.js';
import { type Format, printManifests } from '../../src/output/manifests.js';
import { Refusal } from '../../src/problems.js';
import { nameOf, type Outcome, readThroughKustomize, readWithKubectl, withHeader } from './kubectl.js';
import { hardObject } from './random-json.js';
import { plainText } from './random-scalars.js';
import { yamlDocuments } from './random-yaml.js';

/** A text goes to kubectl; what comes back is judged. */
export interface Comparison {
	readonly random: fc.Arbitrary<unknown>;
	text(value: unknown, index: number): string;
	/** Why the two readings differ, `''` where we refuse what kubectl reads, undefined where they agree. */
	judge(value: unknown, theirs: Outcome): string | undefined;
	readonly read: (documents: readonly string[]) => Outcome[];
}

export type Ours = { readonly value: JsonObject } | { readonly codes: readonly string[] };

/** How we read a document, without what stands in its header. */
export function readOurselves(document: string): Ours {
	try {
		const chunks = splitStream({ name: 'document', text: document });
		const values = chunks.map((chunk) => parseChunk(chunk).value);
		if (values.length !== 1 || !isObject(values[0])) return { codes: ['stream'] };
		const { apiVersion, kind, metadata, ...value } = values[0];
		return { value };
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return { codes: error.problems.map(({ code }) => code) };
	}
}

export function unequal(ours: Json, theirs: Json): string | undefined {
	const [own, other] = [canonicalJson(ours), canonicalJson(theirs)];
	return own === other ? undefined : `it is       ${own}\nkubectl has ${other}`;
}

const reading: Comparison = {
	random: yamlDocuments,
	text: (fields, index) => withHeader(index, String(fields)),
	judge(fields, theirs) {
		const ours = readOurselves(withHeader(0, String(fields)));
		if ('codes' in ours) return 'value' in theirs ? '' : undefined;
		return 'error' in theirs ? `kubectl refuses it: ${theirs.error}` : unequal(ours.value, theirs.value);
	},
	read: readWithKubectl,
};

/** What is printed in a format is read back, by kubectl and by ourselves, as what it was. */
const writing = (format: Format, read = readWithKubectl): Comparison => ({
	random: hardObject.filter((value) => isPrintable(value, format)),
	text: (value, index) => print(value, format, index),
	judge(value, theirs) {
		if ('error' in theirs) return `kubectl refuses it: ${theirs.error}`;
		const ours = readOurselves(print(value, format, 0));
		if ('codes' in ours) return `we refuse it: ${ours.codes}`;
		return unequal({ v: value as Json }, theirs.value) ?? unequal({ v: value as Json }, ours.value);
	},
	read,
});

function print(value: unknown, format: Format, index: number): string {
	const object = { apiVersion: 'v1', kind: 'Thing', metadata: { name: nameOf(index) }, v: value as Json };
	return printManifests([{ object }], format);
}

function isPrintable(value: JsonObject, format: Format): boolean {
	try {
		return print(value, format, 0) !== '';
	} catch (error) {
		if (error instanceof Refusal) return false;
		throw error;
	}
}

/** Where kustomize makes something else of a plain scalar than kubectl, a reader is warned. */
const warning: Comparison = {
	random: plainText.filter((text) => /^[\w.+~<](?:[\w.+:~<-]*[\w.+~<-])?$/.test(text) && readPlain(text) !== undefined),
	text: (text, index) => withHeader(index, `v: ${text}\n`),
	judge(text, theirs) {
		const plain = readPlain(String(text)) as Json;
		const difference = 'value' in theirs ? unequal({ v: plain }, theirs.value) : theirs.error;
		return difference && disagreement(String(text)) === undefined ? difference : undefined;
	},
	read: readThroughKustomize,
};

/** What kustomize itself cannot write: the string `<<`, and characters that YAML knows for others or not at all. */
const lostInKustomize = /"<<"|\\u00|[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;
const forKustomize: Comparison = {
	...writing('yaml', readThroughKustomize),
	random: hardObject.filter((value) => !lostInKustomize.test(canonicalJson(value))),
};

export const comparisons: Readonly<Record<string, Comparison>> = {
	reading,
	'writing yaml': writing('yaml'),
	'writing json': writing('json'),
	'writing argocd': writing('argocd'),
	'writing for kustomize': forKustomize,
	warning,
};
