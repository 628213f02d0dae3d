/**
 * Characters that Argo CD does not carry: it reads the output as YAML and what comes of that, unescaped JSON, as YAML
 * again, however a string was escaped. U+0085 becomes a space then; DEL, the other C1 controls, U+FFFE and U+FFFF are an
 * error for the whole output, as half a surrogate pair is in the first reading. C0 controls get through when they are
 * escaped. Tried with every character on gitops-engine/pkg/utils/kube.SplitYAML as of argo-cd v3.5.7 (apimachinery
 * v0.36.1, sigs.k8s.io/yaml v1.6.0).
 */
import { type Chunk, textOf } from '../input/stream.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { lazy } from '../lazy.js';
import { isError, type Problem } from '../problems.js';
import { objectsIn } from '../render/located.js';
import { type Path, showPath } from '../render/path.js';
import { reporter } from '../render/report.js';
import type { Report } from '../render/situation.js';
import type { SourceParts } from '../render/source.js';

const lost = /[\x7f-\x9f\ufffe\uffff]|\p{Surrogate}/u;
/** What cannot stand in YAML as it is, not even in a comment. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const raw = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]|\p{Surrogate}/u;
/** How a character may be written that is lost; nearly no document has any of these. */
const suspicious = /\\(?:x[789]|N|u00[789]|u[fF]{3}[eEfF]|u[dD][89a-fA-F]|U)|!!binary|tag:yaml/;

const hint = 'Argo CD reads manifests as YAML twice. Remove it, or put the text into a Secret, as base64.';

/** Every value and key of a source that Argo CD would change or refuse, each with its place. */
export function lostInArgo({ databases, foreign }: SourceParts): Problem[] {
	const problems: Problem[] = [];
	for (const { object, origin } of databases) findLost(object, reporter(origin, problems));
	for (const each of foreign) {
		if ('object' in each) findLost(each.object, reporter(each.origin, problems));
		else findLostIn(each.chunk, problems);
	}
	return problems;
}

function findLostIn(chunk: Chunk, problems: Problem[]): void {
	const text = textOf(chunk);
	const at = text.search(raw);
	if (at >= 0) {
		const message = `the character ${codeOf(text, at)} cannot stand in a manifest`;
		const place = lazy.place().placeIn(chunk, at, at + 1);
		problems.push({ code: 'control-character', severity: 'error', message, place, hint });
	} else if (suspicious.test(text)) {
		const own: Problem[] = [];
		for (const { object, origin } of objectsIn(chunk, own)) findLost(object, reporter(origin, problems));
		problems.push(...own.filter(isError));
	}
}

function findLost(object: JsonObject, report: Report): void {
	for (const { path, at, character } of lostIn(object)) {
		const where =
			at === 'value' ? `${showPath(path)} holds` : `a key of ${showPath(path.slice(0, -1)) || 'the object'} holds`;
		const message = `${where} the character ${character}, which does not get through Argo CD`;
		report({ code: 'control-character', message, path, at, hint });
	}
}

interface Lost {
	readonly path: Path;
	readonly at: 'key' | 'value';
	/** Such as U+0085. */
	readonly character: string;
}

/** The values and keys of an object that hold a character that is lost. */
export function* lostIn(value: Json, path: Path = []): Generator<Lost> {
	if (typeof value === 'string') yield* lostOf(value, path, 'value');
	else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* lostIn(item, [...path, `[${i}]`]);
	else if (isObject(value))
		for (const [key, member] of Object.entries(value)) {
			yield* lostOf(key, [...path, key], 'key');
			yield* lostIn(member, [...path, key]);
		}
}

function* lostOf(text: string, path: Path, at: 'key' | 'value'): Generator<Lost> {
	const index = text.search(lost);
	if (index >= 0) yield { path, at, character: codeOf(text, index) };
}

function codeOf(text: string, index: number): string {
	return `U+${(text.codePointAt(index) as number).toString(16).toUpperCase().padStart(4, '0')}`;
}
