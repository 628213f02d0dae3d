/** One database as a render sees it: what is desired, what is remembered, what is there. */
import type { Kind } from '../catalog/catalog.js';
import type { Chunk } from '../input/stream.js';
import type { Json, JsonObject } from '../json.js';
import type { Identity, Plan, State, Tokens } from '../memory/memory.js';
import type { Problem } from '../problems.js';
import type { Live, Surroundings } from './live.js';
import type { Leaves } from './normalise.js';
import type { Path } from './path.js';

/** The database that the source asks for. */
export interface Desired {
	readonly id: Identity;
	readonly kind: Kind;
	readonly object: JsonObject;
	/** `{spec}` in stored form. */
	readonly root: JsonObject;
	/** The same with secrets replaced by digests: what plan and state remember. */
	readonly spec: JsonObject;
	readonly leaves: Leaves;
	readonly tokens: Tokens;
	/** kubedb-render's annotations on the gitops CR, without the prefix. */
	readonly options: Readonly<Record<string, string>>;
	readonly origin: Origin;
}

/** Where the database stands in the source. */
export interface Origin {
	readonly chunk: Chunk;
	/** Path of the object in the chunk's value: empty, or that of an item of a List. */
	readonly path: readonly (string | number)[];
	/** `Kind namespace/name`, as far as it is known. */
	readonly subject: string;
}

export interface Memory extends Surroundings {
	readonly plan: Plan | undefined;
	readonly state: State | undefined;
	/** The plan is the last that was published, and nobody knows whether it was applied: the state alone is known to be done. */
	readonly published?: boolean;
	/** With a published plan: the database as it was seen. Only what cannot be undone counts, because it goes on meanwhile. */
	readonly seen?: Live | undefined;
}

/** Collects what is wrong with a database; the place is looked up from the field path. */
export type Report = (problem: {
	code: string;
	message: string;
	/** `{written}` in the texts stands for this value as the source spells it: `13.10`, which is the number 13.1. */
	value?: Json | undefined;
	path?: Path;
	/** Whether the caret stands below the key instead of the value. */
	at?: 'key' | 'value';
	hint?: string;
	proposed?: string;
	/** The value may be a secret: the line of the source is not shown. */
	secret?: boolean;
	severity?: Problem['severity'];
}) => void;
