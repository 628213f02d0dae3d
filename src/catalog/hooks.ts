/**
 * The few payloads that data cannot say. A row of the catalog names one by `hook`; it makes the value of the row's `to`
 * from the value that git gives the field.
 */
import type { Json } from '../json.js';
import type { Situation } from './condition.js';

export interface HookInput {
	readonly situation: Situation;
}

/** Undefined where the request is not to speak of the field. */
export type Hook = (value: Json | undefined, input: HookInput) => Json | undefined;

export const hooks: Readonly<Record<string, Hook>> = {
	/** A switch that the request spells the other way round: MSSQLServer's clientTLS goes off by `remove: true`. */
	not: (value) => value !== true,
};

/** Throws for a name that is none. */
export function hookFor(name: string): Hook {
	const hook = hooks[name];
	if (!hook) throw new Error(`the catalog has no hook ${name}`);
	return hook;
}
