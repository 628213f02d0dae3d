/** Holds the steps of cases to what is expected of them, or writes what is expected. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { Refusal, refuse, showProblem } from '../problems.js';
import { runCase, type Step, stepNames } from './cases.js';

export interface StepResult {
	readonly name: string;
	/** What is wrong, for people; empty where the step is as expected. */
	readonly failures: readonly string[];
}

export interface CaseResult {
	/** The folder, as it was named. */
	readonly name: string;
	readonly steps: readonly StepResult[];
	/** Why the case could not be run at all. */
	readonly error?: string;
	/** Files that were written or removed. */
	readonly updated: readonly string[];
}

export function isFailed({ steps, error }: CaseResult): boolean {
	return error !== undefined || steps.some(({ failures }) => failures.length > 0);
}

/** The folders of cases at or below a folder: those with numbered steps. Refuses a folder without any. */
export function casesAt(folder: string): string[] {
	if (!existsSync(folder)) refuse('not-found', 'there is no such folder', undefined, folder);
	const found = casesBelow(folder);
	if (found.length === 0)
		refuse(
			'no-cases',
			'it holds no cases: folders with numbered steps, such as 1-create/input.yaml',
			'`kubedb-render test init FOLDER` makes the first one.',
			folder,
		);
	return found;
}

function casesBelow(folder: string): string[] {
	if (!statSync(folder).isDirectory()) return [];
	if (stepNames(folder).length > 0) return [folder];
	const names = readdirSync(folder).filter((name) => !name.startsWith('.') && name !== 'node_modules');
	return names.sort().flatMap((name) => casesBelow(join(folder, name)));
}

export function checkCase(folder: string, update: boolean): CaseResult {
	let steps: readonly Step[];
	try {
		for (const name of stepNames(folder)) refuseWithoutInput(join(folder, name));
		steps = runCase(folder);
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		const text = error.problems.map((problem) => showProblem(problem)).join('\n');
		return { name: folder, steps: [], error: text, updated: [] };
	}
	if (update) {
		const updated = steps.flatMap(updateStep);
		return { name: folder, steps: steps.map(({ name }) => ({ name, failures: [] })), updated };
	}
	return {
		name: folder,
		steps: steps.map(({ name, ...step }) => ({ name, failures: failuresOf({ name, ...step }) })),
		updated: [],
	};
}

/** A forgotten input is no refusal to expect. */
function refuseWithoutInput(step: string): void {
	if (['input.yaml', 'input'].some((name) => existsSync(join(step, name)))) return;
	refuse('no-input', 'the step has no input', 'Put the manifests into input.yaml, or into a folder input/.', step);
}

function failuresOf({ folder, actual, compared }: Step): string[] {
	return compared.flatMap((file) => {
		const path = join(folder, file);
		const expected = existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : undefined;
		const now = actual[file];
		if (expected === now) return [];
		if (expected === undefined) return [`${path} is missing; now it would be:\n${indented(now as string)}`];
		if (now === undefined) return [`${path} is expected, but ${insteadOf(actual)}`];
		return [differenceOf(path, expected, now)];
	});
}

function insteadOf(actual: Step['actual']): string {
	const refused = actual['refused.txt'];
	return refused === undefined ? 'the step is not refused any more' : `the step is refused:\n${indented(refused)}`;
}

/** As `diff -u` shows it, with enough around each change to find it. */
function differenceOf(path: string, expected: string, now: string): string {
	const patch = createTwoFilesPatch(path, 'now', expected, now, undefined, undefined, { context: 3 });
	return patch.slice(patch.indexOf('---')).trimEnd();
}

function indented(text: string): string {
	return text.trimEnd().replace(/^/gm, '   ');
}

function updateStep({ folder, actual, compared }: Step): string[] {
	return compared.flatMap((file) => {
		const path = join(folder, file);
		const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
		const now = actual[file];
		if (before === now) return [];
		if (now === undefined) rmSync(path);
		else writeFileSync(path, now);
		return [path];
	});
}
