/** All databases of a source, or none: a host must never take a part for the whole. */
import type { Identity } from '../memory/memory.js';
import { type Problem, Refusal } from '../problems.js';
import { type RenderedDatabase, render } from './render.js';
import type { Memory } from './situation.js';
import type { SourceParts } from './source.js';

export interface RenderedAll {
	readonly rendered: readonly RenderedDatabase[];
	readonly warnings: readonly Problem[];
}

/** Throws a Refusal with all problems of all databases where one of them is an error. */
export function renderAll({ databases, problems }: SourceParts, memoryOf: (id: Identity) => Memory): RenderedAll {
	const rendered = databases.map((desired) => render(desired, memoryOf(desired.id)));
	const all = [...problems, ...rendered.flatMap((each) => each.problems)];
	refuseErrors(all);
	return { rendered, warnings: all };
}

/** Throws all problems if one of them is an error, errors first: the first line is what Argo CD shows. */
export function refuseErrors(problems: readonly Problem[]): void {
	const errors = problems.filter(({ severity }) => severity === 'error');
	if (errors.length > 0) throw new Refusal([...errors, ...problems.filter(({ severity }) => severity !== 'error')]);
}
