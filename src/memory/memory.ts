/**
 * What is remembered of a database between two renders: the plan (the intent, written ahead) and the state (what is
 * done), each a ConfigMap. The format is docs/protocol.md's; `format` names the formula of the digests, so a renderer
 * must be able to verify every format that it ever wrote.
 */
import { canonicalJson, isObject, type Json, type JsonObject, parseJson } from '../json.js';
import { lazy } from '../lazy.js';
import { refuse } from '../problems.js';
import { digestOf } from '../render/digest.js';

export const FORMAT = '1';
/** Kubernetes refuses objects of more than 1 MiB in a ConfigMap's data; names and labels need some of it. */
const LIMIT = 1_000_000;
/** What a gzipped value may unpack to, so that a forged one does not fill the memory. */
const UNPACKED_LIMIT = 64 * LIMIT;

/** Which database a plan or state is about. */
export interface Identity {
	readonly kind: string;
	readonly namespace: string;
	readonly name: string;
}

/** Values that ask for operations without being fields: annotations, and digests of Secrets as `secret/NAME`. */
export type Tokens = Readonly<Record<string, string>>;

export interface Plan {
	readonly generation: number;
	/** Digest of the plan that it was computed from, or empty. */
	readonly base: string;
	/** Digests of the plans that it may replace in the cluster. */
	readonly follows: readonly string[];
	/** Digest of the state that it started from, or empty. */
	readonly assumed: string;
	/** Digests of the states that it may start from, where the cluster was not seen. */
	readonly states?: readonly string[];
	readonly digest: string;
	/** uid of the live database when it was made, or empty. */
	readonly uid: string;
	/** Fields that plans since the state had operations for. */
	readonly touched: readonly string[];
	/** `{spec}` as desired, secrets replaced by digests. */
	readonly spec: JsonObject;
	readonly tokens: Tokens;
	/** Complete OpsRequests, in order. */
	readonly operations: readonly JsonObject[];
	/** The ConfigMap's content as it was read; printed again word for word. */
	readonly stored?: ConfigMapContent;
}

export interface State {
	readonly generation: number;
	/** Digest of the plan that is done. */
	readonly digest: string;
	readonly spec: JsonObject;
	readonly tokens: Tokens;
	/** The database left the source; kept so that a return takes no old names. */
	readonly removed: boolean;
	readonly stored?: ConfigMapContent;
}

export interface ConfigMapContent {
	readonly data: Readonly<Record<string, string>>;
	readonly binaryData?: Readonly<Record<string, string>>;
}

export type Role = 'plan' | 'state';

export function configMapName(id: Identity, role: Role): string {
	return `${id.name}-${id.kind.toLowerCase()}-${role}`;
}

/** The digest of a plan without one. Belongs to FORMAT 1. */
export function planDigest(plan: Omit<Plan, 'digest' | 'stored'>): string {
	const { generation, base, assumed, uid, spec, tokens, operations } = plan;
	const names = operations.map((operation) => (operation.metadata as JsonObject).name as string);
	return digestOf(FORMAT, generation, base, assumed, uid, spec, { ...tokens }, names);
}

/** The digest of a desired database, by which plan and state are compared. Belongs to FORMAT 1. */
export function specDigest(spec: JsonObject, tokens: Tokens): string {
	return digestOf(FORMAT, spec, { ...tokens });
}

export function planContent(id: Identity, plan: Plan): ConfigMapContent {
	return (
		plan.stored ??
		packed(id, 'plan', {
			format: FORMAT,
			database: identityText(id),
			generation: String(plan.generation),
			base: plan.base,
			follows: plan.follows.join(','),
			assumed: plan.assumed,
			...(plan.states ? { states: plan.states.join(',') } : {}),
			digest: plan.digest,
			uid: plan.uid,
			touched: canonicalJson([...plan.touched]),
			tokens: canonicalJson({ ...plan.tokens }),
			spec: canonicalJson(plan.spec),
			operations: canonicalJson([...plan.operations]),
		})
	);
}

export function stateContent(id: Identity, state: State): ConfigMapContent {
	return (
		state.stored ??
		packed(id, 'state', {
			format: FORMAT,
			database: identityText(id),
			generation: String(state.generation),
			digest: state.digest,
			specDigest: specDigest(state.spec, state.tokens),
			tokens: canonicalJson({ ...state.tokens }),
			spec: canonicalJson(state.spec),
			...(state.removed ? { removed: 'true' } : {}),
		})
	);
}

function identityText(id: Identity): string {
	return `${id.kind} ${id.namespace}/${id.name}`;
}

/** Large values go into binaryData, gzipped; what still does not fit is refused. */
function packed(id: Identity, role: Role, data: Record<string, string>): ConfigMapContent {
	const size = (content: Record<string, string>) =>
		Object.entries(content).reduce((sum, [key, value]) => sum + key.length + Buffer.byteLength(value), 0);
	if (size(data) <= LIMIT) return { data };
	const plain = { ...data };
	const binaryData: Record<string, string> = {};
	for (const key of ['spec', 'operations']) {
		if (data[key] === undefined) continue;
		binaryData[key] = lazy
			.zlib()
			.gzipSync(data[key] as string, { level: 9 })
			.toString('base64');
		delete plain[key];
	}
	const total = size(plain) + size(binaryData);
	if (total > LIMIT)
		refuse(
			'memory-too-large',
			`${identityText(id)}: its ${role} takes ${total} bytes, more than a ConfigMap holds (${LIMIT})`,
			'Make the database CR smaller: move inline configuration into a Secret, say.',
		);
	return { data: plain, binaryData };
}

/**
 * Reads a plan or a state from the content of its ConfigMap. Refuses one that is damaged, of an unknown format, or of
 * another database: never takes such a thing for "nothing was rendered before".
 */
export function readPlan(id: Identity, content: ConfigMapContent): Plan {
	const fields = unpacked(id, 'plan', content);
	const operations = fields.json('operations');
	const touched = fields.json('touched');
	if (!Array.isArray(operations) || !operations.every(isOperation))
		fields.damaged('operations is no list of OpsRequests');
	if (!Array.isArray(touched) || !touched.every((each) => typeof each === 'string'))
		fields.damaged('touched is no list of fields');
	const plan = {
		generation: fields.generation(),
		base: fields.text('base'),
		follows: fields.text('follows').split(',').filter(Boolean),
		assumed: fields.text('assumed'),
		...(content.data.states === undefined ? {} : { states: content.data.states.split(',').filter(Boolean) }),
		uid: fields.text('uid'),
		touched: touched as string[],
		spec: fields.object('spec'),
		tokens: fields.tokens(),
		operations: operations as JsonObject[],
	};
	const digest = fields.text('digest');
	if (planDigest(plan) !== digest) fields.damaged('its digest does not match its content');
	return { ...plan, digest, stored: content };
}

export function readState(id: Identity, content: ConfigMapContent): State {
	const fields = unpacked(id, 'state', content);
	const state = {
		generation: fields.generation(),
		digest: fields.text('digest'),
		spec: fields.object('spec'),
		tokens: fields.tokens(),
		removed: content.data.removed === 'true',
	};
	if (specDigest(state.spec, state.tokens) !== fields.text('specDigest'))
		fields.damaged('its digest does not match its content');
	return { ...state, stored: content };
}

function isOperation(value: Json): boolean {
	return isObject(value) && isObject(value.spec) && isObject(value.metadata) && typeof value.metadata.name === 'string';
}

function unpacked(id: Identity, role: Role, { data, binaryData }: ConfigMapContent) {
	const name = `ConfigMap ${id.namespace}/${configMapName(id, role)}`;
	const damaged = (why: string): never =>
		refuse(
			'memory-damaged',
			`${name}: ${why}, so what was rendered before is not known`,
			`Restore it from a backup. Deleting both ConfigMaps of ${identityText(id)} makes the next render start from the running database.`,
		);
	const format = data.format;
	if (format !== FORMAT && /^[1-9]\d*$/.test(format ?? ''))
		refuse(
			'memory-newer',
			`${name}: a newer kubedb-render wrote it (format ${format}, this version knows ${FORMAT})`,
			'Upgrade kubedb-render to the version that wrote it, or a later one. Do not delete it.',
		);
	if (format !== FORMAT) damaged(format === undefined ? 'it has no format' : `its format is ${JSON.stringify(format)}`);
	if (data.database !== identityText(id)) damaged(`it belongs to ${data.database ?? 'no database'}`);
	const text = (key: string): string => {
		const packedText = binaryData?.[key];
		if (packedText === undefined) return data[key] ?? damaged(`${key} is missing`);
		try {
			const packedBytes = Buffer.from(packedText, 'base64');
			return lazy.zlib().gunzipSync(packedBytes, { maxOutputLength: UNPACKED_LIMIT }).toString();
		} catch {
			return damaged(`${key} cannot be unpacked`);
		}
	};
	const json = (key: string): Json => {
		const value = text(key);
		try {
			return parseJson(value);
		} catch {
			return damaged(`${key} is no JSON`);
		}
	};
	const object = (key: string): JsonObject => {
		const value = json(key);
		return isObject(value) ? value : damaged(`${key} is no map`);
	};
	return {
		damaged,
		text,
		json,
		object,
		tokens(): Record<string, string> {
			const tokens = object('tokens');
			if (!Object.values(tokens).every((value) => typeof value === 'string')) damaged('tokens is no map of strings');
			return tokens as Record<string, string>;
		},
		generation(): number {
			const value = text('generation');
			return /^[1-9]\d{0,8}$/.test(value) ? Number(value) : damaged(`generation is ${JSON.stringify(value)}`);
		},
	};
}
