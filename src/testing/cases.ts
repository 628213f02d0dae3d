/**
 * Snapshot cases: a folder of numbered steps, each with its input and what is expected of it. A step is rendered after
 * the steps before it, whose output counts as applied unless the step says otherwise:
 *
 *   1-create/input.yaml        or input/, a folder, which is built if it holds a kustomization
 *   1-create/expected.yaml     the manifests; plan.txt beside it, what `plan` shows
 *   2-shrink/refused.txt       instead of both: the exact text of the refusal
 *   3-.../step.yaml            `plan` and `state`: the step whose ConfigMap stands in the cluster (default: the one
 *                              before), or none; `operationInProgress`: true or false; `expect: nothing` for a step
 *                              that only leads up to others: it has to render, and what it gives is not compared
 *   3-.../cluster.yaml         what else stands there: the database CR, OpsRequests with their status. An object that
 *                              the step before rendered is written as a merge patch over it; an OpsRequest without a
 *                              name is the one of its type. `kind: Postgres, spec: {}` is the database as rendered.
 *   3-.../memory.yaml          the ConfigMaps of plan and state as they are read, instead of those of steps before
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Kind, kindOf } from '../catalog/catalog.js';
import { isKustomization, readSources } from '../input/files.js';
import { buildKustomization } from '../input/kustomize.js';
import { type Source, splitStream } from '../input/stream.js';
import { parseChunk } from '../input/yaml.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { type FileMemory, memoryFrom } from '../memory/files.js';
import type { Identity } from '../memory/memory.js';
import { itemsOf, printManifests } from '../output/manifests.js';
import { reportOf } from '../output/plan-report.js';
import { planText } from '../output/plan-text.js';
import { Refusal, refuse, showProblem } from '../problems.js';
import { liveOf, requestsOf } from '../render/live.js';
import { getAt } from '../render/path.js';
import { renderAll } from '../render/render-all.js';
import type { Memory } from '../render/situation.js';
import { takeApart } from '../render/source.js';

export interface Step {
	readonly name: string;
	readonly folder: string;
	/** What the render gives now, by file name: `expected.yaml` and `plan.txt`, or `refused.txt`. */
	readonly actual: Readonly<Record<string, string>>;
	/** Which of these are held to what is expected. */
	readonly compared: readonly string[];
}

const resultFiles = ['expected.yaml', 'plan.txt', 'refused.txt'];

/** Renders the steps of a case one after the other. */
export function runCase(folder: string): Step[] {
	const outputs = new Map<string, string>();
	const steps: Step[] = [];
	for (const name of stepNames(folder)) {
		const path = join(folder, name);
		const actual = runStep(path, name, outputs);
		const number = numberOf(name);
		// A refused step leaves things as they were.
		const before = outputs.get(String(number - 1));
		const output = actual['expected.yaml'] ?? before;
		if (output !== undefined) outputs.set(String(number), output);
		const compared = stepFile(path)?.expect === 'nothing' ? ['refused.txt'] : resultFiles;
		steps.push({ name, folder: path, actual, compared });
	}
	return steps;
}

export function stepNames(folder: string): string[] {
	const names = readdirSync(folder).filter((name) => /^\d+/.test(name) && statSync(join(folder, name)).isDirectory());
	return names.sort((a, b) => numberOf(a) - numberOf(b));
}

function numberOf(name: string): number {
	return Number.parseInt(name, 10);
}

function runStep(folder: string, name: string, outputs: ReadonlyMap<string, string>): Record<string, string> {
	try {
		const parts = takeApart(sourcesOf(folder).flatMap(splitStream), undefined);
		const { rendered } = renderAll(parts, memoryFor(folder, name, outputs));
		return {
			'expected.yaml': printManifests(itemsOf(rendered, parts.foreign), 'yaml'),
			'plan.txt': planText(rendered.map(reportOf)),
		};
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return { 'refused.txt': `${error.problems.map((problem) => showProblem(problem)).join('\n')}\n` };
	}
}

/** The sources of a step, named as they are called within it, so that expectations do not depend on where the case lies. */
export function sourcesOf(folder: string): Source[] {
	const path = [join(folder, 'input'), join(folder, 'input.yaml')].find(existsSync) ?? join(folder, 'input.yaml');
	const isFolder = statSync(path).isDirectory();
	if (isFolder && isKustomization(path)) return [{ ...buildKustomization(path, 'kustomize'), name: 'input' }];
	return readSources(path).map(({ name, text }) => ({
		name: isFolder ? `input/${basename(name)}` : 'input.yaml',
		text,
	}));
}

interface StepSettings {
	readonly plan: string;
	readonly state: string;
	readonly inProgress: boolean | 'unknown';
	readonly cluster: readonly JsonObject[] | undefined;
}

function settingsOf(folder: string, name: string): StepSettings {
	const before = String(numberOf(name) - 1);
	const step = stepFile(folder);
	const clusterFile = join(folder, 'cluster.yaml');
	const inProgress = step?.operationInProgress;
	return {
		plan: String(step?.plan ?? before),
		state: String(step?.state ?? before),
		inProgress: typeof inProgress === 'boolean' ? inProgress : 'unknown',
		cluster: existsSync(clusterFile) ? objectsIn(clusterFile) : undefined,
	};
}

const stepKeys = ['plan', 'state', 'operationInProgress', 'expect'];

/** What step.yaml says. Refuses a word that it does not know: the step would be another than was meant. */
function stepFile(folder: string): JsonObject | undefined {
	const path = join(folder, 'step.yaml');
	const [step] = objectsIn(path);
	const unknown = Object.keys(step ?? {}).find((key) => !stepKeys.includes(key));
	if (unknown !== undefined)
		refuse('step-file', `there is no ${unknown} in it`, `There are: ${stepKeys.join(', ')}.`, path);
	const isKnown = step?.expect === undefined || step.expect === 'nothing';
	if (!isKnown)
		refuse('step-file', 'expect can only be nothing', 'Leave it out, and write what is expected with --update.', path);
	return step;
}

function objectsIn(path: string): JsonObject[] {
	if (!existsSync(path)) return [];
	return objectsOf({ name: basename(path), text: readFileSync(path, 'utf8') });
}

function objectsOf(source: Source): JsonObject[] {
	return splitStream(source)
		.map((chunk) => parseChunk(chunk).value)
		.filter(isObject);
}

function memoryFor(folder: string, name: string, outputs: ReadonlyMap<string, string>): (id: Identity) => Memory {
	const { plan, state, inProgress, cluster } = settingsOf(folder, name);
	const given = join(folder, 'memory.yaml');
	const read = (step: string): FileMemory | undefined => {
		if (existsSync(given)) return memoryFrom(splitStream({ name: 'memory.yaml', text: readFileSync(given, 'utf8') }));
		const text = outputs.get(step);
		return text === undefined ? undefined : memoryFrom(splitStream({ name: `step ${step}`, text }));
	};
	const [plans, states] = [read(plan), read(state)];
	return (id) => ({
		plan: plans?.of(id).plan,
		state: states?.of(id).state,
		...(cluster
			? seenIn(appliedTo(outputs.get(plan) ?? outputs.get(String(numberOf(name) - 1)), cluster), id)
			: ({ live: 'unknown', requests: 'unknown' } as const)),
		inProgress,
	});
}

/** The objects of cluster.yaml, each laid over the one that was rendered. */
function appliedTo(rendered: string | undefined, cluster: readonly JsonObject[]): JsonObject[] {
	const objects = rendered === undefined ? [] : objectsOf({ name: 'rendered', text: rendered });
	return cluster.map((patch) => {
		const base = objects.find(
			(object) =>
				object.kind === patch.kind &&
				[undefined, getAt(object, ['metadata', 'name'])].includes(getAt(patch, ['metadata', 'name'])) &&
				[undefined, getAt(object, ['spec', 'type'])].includes(getAt(patch, ['spec', 'type'])),
		);
		return base ? (mergePatch(base, patch) as JsonObject) : patch;
	});
}

/** RFC 7386. Keyed lists are replaced as a whole. */
function mergePatch(base: Json | undefined, patch: Json): Json {
	if (!isObject(patch)) return patch;
	const merged = { ...(isObject(base) ? base : {}) };
	for (const [key, value] of Object.entries(patch)) {
		if (value === null) delete merged[key];
		else merged[key] = mergePatch(merged[key], value);
	}
	return merged;
}

function seenIn(cluster: readonly JsonObject[], id: Identity): Pick<Memory, 'live' | 'requests'> {
	const kind = kindOf(id.kind) as Kind;
	const database = cluster.find(
		(object) =>
			object.apiVersion === kind.facts.database &&
			object.kind === id.kind &&
			getAt(object, ['metadata', 'name']) === id.name,
	);
	const requests = cluster.filter((object) => object.kind === kind.facts.opsRequest);
	return { live: database ? liveOf(kind, id, database) : 'absent', requests: requestsOf(kind, id, requests) };
}
