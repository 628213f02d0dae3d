/**
 * The form of `kinds/<plural>.yaml`: which field of a kind is carried out by which operation, and what KubeDB refuses.
 * Paths are field paths of the database CR (`from`) or of the OpsRequest (`to`); `[name=*]` stands for any list item.
 */
import type { Json } from '../json.js';

/**
 * What a value must be: `set`, `unset`, a literal, or one of the forms below. All of them fail on an unset value but
 * `unset`, `absent` and `isNot`. An empty map or list is unset, but not absent: `topology: {}` is a pointer that is not nil in Go.
 */
export type Test =
	| string
	| number
	| boolean
	| { atLeast: number }
	| { atMost: number }
	/** A list of values that it may be, or may not be. */
	| { in: Json[] }
	| { not: Json[] }
	/** Another value, or none. */
	| { isNot: Json }
	/** Older than this version; a version that does not begin with a number is never older. */
	| { below: string }
	/** At least as large as the number in another field. */
	| { atLeastField: string }
	/** The value of another field, or not that value; differs, if the other is unset. */
	| { equalsField: string }
	| { differsFromField: string }
	/** A list that has another number of items than the number in another field. */
	| { lengthDiffersFromField: string }
	/** A text that does not match the regular expression, or a list with one that does not. */
	| { unlike: string }
	/** A path of files that is one of these or lies below one; slashes at the ends do not count. */
	| { beneath: string[] }
	/** Of a path with a wildcard: the sum over the items, in which an unset one counts as its default. */
	| { totalAtMost: number };

/** `grown` and `shrunk` are said of numbers and quantities, an unset one counting as its default. */
export type Change = 'added' | 'changed' | 'removed' | 'grown' | 'shrunk';

/** All that is named must hold. Of a row or a check with wildcards, those in the paths stand for the item that it is about. */
export interface Condition {
	desired?: Record<string, Test>;
	/** Holds at a creation only if all tests are `unset`. */
	previous?: Record<string, Test>;
	/** Never holds where no live database is seen. */
	live?: Record<string, Test>;
	/** How a field differs between what was rendered before and the desired database. */
	changes?: Record<string, Change[]>;
	/** What the list item that a wildcard row is about is: new, existing, or removed. */
	item?: ItemState | ItemState[];
	any?: Condition[];
}

export type ItemState = 'new' | 'existing' | 'removed';

/** Whether KubeDB writes the value into the database CR when the operation succeeds. */
export type WrittenBack = boolean | 'when-set';

export interface FieldRow {
	/** A field, or with `[name=*]` or `[*]` each item of a list that has a key (lists.yaml), with `.*` each key of a map. */
	from: string;
	/**
	 * Where the value goes; without it the operation carries the field without naming it. Wildcards are those of `from`,
	 * in their order. An item wildcard at the end is for the item as a whole, also in a list of texts.
	 */
	to?: string;
	/** Topologies in which the row applies, before and after the change. */
	topology?: string | string[];
	/** The payload has one value for all items, and for all rows with the same `to`: git has to give them all the same. */
	oneValue?: boolean;
	/** Where an item that left is named: by its key in a list of texts, or, with an item wildcard at the end, as an item. */
	removedTo?: string;
	/** The payload's value is computed: see hooks.ts. */
	hook?: string;
	when?: Condition;
	/** Fields with different labels need separate OpsRequests. */
	request?: string;
	/** Constants that the request carries besides. */
	set?: Record<string, Json>;
	/** Goes along with other fields of its request where the row applies, asks for none by itself, and is not managed by it. */
	companion?: boolean;
	/** Fields whose unchanged values have to go along with this one: those of all items, where a path has a wildcard. */
	with?: string[];
	/** Payload when the field is removed. */
	onRemove?: Record<string, Json>;
	/** What is sent where the database names no value. */
	default?: Json;
	/** What is sent where the field was removed. */
	absent?: Json;
	/** Sent although the whole of the operation's root is removed. */
	sentOnRemoval?: boolean;
	/** The bounds that KubeDB's admission sets. */
	limits?: { min?: number; max?: number };
	/** The only keys that a map may have. */
	keys?: string[];
	writtenBack?: WrittenBack;
	/** Although not written back: what the live database does not have is not there, so its removal has nothing to do. */
	absentLiveIsDone?: boolean;
	/** The live database must have a value here, or at all of these paths, or KubeDB's admission refuses the request. */
	needsLive?: boolean | string[];
	/** The number may only become larger (volumes never become smaller anyway). */
	grows?: boolean;
	/** The field names a Secret whose content counts too. */
	secret?: 'config' | 'auth';
	note?: string;
	doubt?: string;
}

export interface PayloadOption {
	path: string;
	values?: string[];
	/** The annotation on the gitops CR (without its prefix) that sets it. */
	annotation: string;
	default?: string;
}

export interface Removal {
	root: string;
	/** `gone`: the whole root left, the request carries `set` alone. `any`: something below left, `set` goes with all that stays. */
	when: 'gone' | 'any';
	set: Record<string, Json>;
	/** Parts that it does not speak of: they have a way back of their own, or none. */
	except?: string[];
	/** Topologies in which it applies. */
	topology?: string | string[];
}

export interface Refusal {
	/** What the request carries, and in which situation; both must hold. */
	payload?: Record<string, Test>;
	when?: Condition;
	because: string;
	hint?: string;
}

export interface Operation {
	fields?: FieldRow[];
	options?: PayloadOption[];
	/** `all`: every row goes along once one has changed. Default: the changed rows only. */
	send?: 'all';
	removal?: Removal[];
	/** What the rotation token asks for: this payload, in a request of its own. */
	rotate?: Record<string, Json>;
	/** The field without which there is nothing to rotate. */
	rotates?: string;
	/** What KubeDB's admission refuses of a request, beyond bounds and companions. */
	refuse?: Refusal[];
	note?: string;
}

/** Spellings of one thing: an old field that KubeDB moves, or a value that it writes out because others imply it. */
export type Spelling =
	| { old: string; new: string; unless: string | string[] }
	| { path: string; implied: Json; when: Condition };

/** A path, where need be only under a condition. */
export type Claim = string | { path: string; when: Condition };

export interface Check {
	/** With wildcards, the check is made for each item, or key, that there is. */
	path: string;
	refuse: Condition;
	because: string;
	hint?: string;
}

export interface NameLimit {
	/** Characters. */
	max: number;
	/** What must not be longer, where it is not the name itself: `{name}-shard0`. `{namespace}` and fields are replaced too. */
	of?: string;
	when?: Condition;
	because: string;
}

export interface MadeUp {
	/** A field within an item of a list. */
	path: string;
	/** Topologies in which it is there. */
	topology?: string | string[];
	/** How a value for a new database is made: see hooks.ts. */
	invented: string;
	because: string;
}

export interface Unsupported {
	paths: string[];
	when?: Condition;
	/** Where it holds, no longer path has a say, and it is reported once: a topology that comes or goes as a whole. */
	whole?: boolean;
	because: string;
}

export interface KindFacts {
	kind: string;
	plural: string;
	shortNames: string[];
	/** apiVersion of the database CR. */
	database: string;
	opsRequest: string;
	opsRequestPlural: string;
	/** Where an OpsRequest names its database. */
	reference?: string;
	/**
	 * Words that stand in the facts as `<name>`: the item of a list that has it in its own texts or keys is repeated for
	 * each value, and so is a key of a map; one that has it only in a list of its own has that list filled up.
	 */
	each?: Record<string, string[]>;
	/** What KubeDB's webhook fills in where git says nothing, for conditions to read; never printed. */
	defaults?: Record<string, Json>;
	topologies: Record<string, Condition>;
	spellings?: Spelling[];
	operations: Record<string, Operation>;
	/**
	 * Why nothing in git asks for them: operation types, and parts of the OpsRequest (`*` is any segment, `**` any number
	 * of them). What all kinds leave unset is in operations.yaml.
	 */
	notForGitOps?: Record<string, string>;
	/** Fields of the OpsRequest that the other kinds have. */
	lacks?: string[];
	restart: { documented: Claim[]; inferred: Claim[] };
	direct: Claim[];
	immutable: { path: string; when?: Condition; because: string }[];
	unsupported: Unsupported[];
	/** What git may say at no time, creation included. */
	checks?: Check[];
	/** The longest names that KubeDB's own names of things leave room for, besides the one that holds for all kinds. */
	nameLimits?: NameLimit[];
	/** What KubeDB's webhook makes up anew whenever an apply leaves it out, although it must stay as it is. */
	madeUp?: MadeUp[];
	/** What KubeDB's admission checks against things that a render does not see. */
	clusterChecks?: string[];
	notes?: string[];
	doubts?: string[];
}

/** Names in pods that are KubeDB's own, from the point of view of one or several pod templates (reserved.yaml). */
export interface Reserved {
	readonly volumes?: string[];
	readonly mountPaths?: string[];
	readonly env?: string[];
	readonly beneath?: boolean;
	readonly init?: boolean;
	readonly container?: string;
	readonly at?: string[];
	readonly when?: Record<string, Test>;
}
