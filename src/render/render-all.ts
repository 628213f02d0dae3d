/** All databases of a source, or none: a host must never take a part for the whole. */
import type { Identity } from '../memory/memory.js';
import { byPlace, isError, type Problem, Refusal } from '../problems.js';
import { ownOperations, refuseCollisions } from './collisions.js';
import { type RenderedDatabase, render } from './render.js';
import type { Memory } from './situation.js';
import type { SourceParts } from './source.js';

export interface RenderedAll {
	readonly rendered: readonly RenderedDatabase[];
	readonly warnings: readonly Problem[];
}

/** Throws a Refusal with all problems of all databases where one of them is an error. */
export function renderAll(parts: SourceParts, memoryOf: (id: Identity) => Memory): RenderedAll {
	const { databases, foreign, namespace } = parts;
	const all = [...parts.problems];
	const rendered = databases.flatMap((desired) => {
		try {
			const database = render(desired, memoryOf(desired.id));
			all.push(...database.problems);
			return [database];
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			all.push(...error.problems);
			return [];
		}
	});
	const operations = rendered.flatMap(({ desired, outcome }) => [...ownOperations(desired, outcome.operations)]);
	refuseCollisions(new Map(operations), foreign, namespace, all);
	refuseErrors(all);
	return { rendered, warnings: once(all) };
}

/** Throws all problems, each once, if one of them is an error; errors first: the first line is what Argo CD shows. */
export function refuseErrors(problems: readonly Problem[]): void {
	if (!problems.some(isError)) return;
	const sorted = once(problems).sort(byPlace);
	throw new Refusal([...sorted.filter(isError), ...sorted.filter((problem) => !isError(problem))]);
}

/** A document that is read for two reasons tells of its problems twice. */
function once(problems: readonly Problem[]): Problem[] {
	return [...new Map(problems.map((each) => [JSON.stringify([each.code, each.message, each.place]), each])).values()];
}
