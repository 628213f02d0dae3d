/** Secrets of the source beside a database: their content counts, as a digest. */
import { isSet } from '../catalog/condition.js';
import { canonicalJson, isObject, type JsonObject } from '../json.js';
import { lazy } from '../lazy.js';
import { secretToken } from './candidates.js';
import { getAt, parsePath } from './path.js';
import type { Desired } from './situation.js';

/** Names of the Secrets that a database refers to. */
export function secretNames({ kind, root }: Desired): string[] {
	const rows = Object.values(kind.facts.operations).flatMap(({ fields = [] }) => fields.filter(({ secret }) => secret));
	return rows.flatMap((row) => {
		const name = getAt(root, parsePath(row.from));
		return isSet(name) ? [String(name)] : [];
	});
}

/** The name of the Secret that an object is, or becomes in the cluster; undefined for anything else. */
export function secretNameOf(object: JsonObject): string | undefined {
	const name = getAt(object, ['metadata', 'name']);
	if (object.kind === 'Secret' && object.apiVersion === 'v1') return text(name);
	if (object.kind === 'SealedSecret') return text(getAt(object, ['spec', 'template', 'metadata', 'name']) ?? name);
	if (object.kind === 'ExternalSecret') return text(getAt(object, ['spec', 'target', 'name']) ?? name);
	return undefined;
}

function text(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * The digest of what a Secret holds. Encrypted and external ones count by their own text, since the content is not to
 * be seen. A slow hash, salted by the Secret's identity: the digest can be read where the Secret cannot.
 */
export function secretDigest(object: JsonObject, namespace: string): string {
	const isPlain = object.kind === 'Secret' && !isObject(object.sops);
	const content = isPlain ? { data: plainData(object), type: object.type ?? 'Opaque' } : encrypted(object);
	const salt = `${namespace}/${secretNameOf(object)}`;
	return lazy.crypto().scryptSync(canonicalJson(content), salt, 24, { N: 4096, r: 8, p: 1 }).toString('hex');
}

/** `stringData` is what `data` becomes when it is applied. */
function plainData(object: JsonObject): JsonObject {
	const data: JsonObject = {};
	for (const [key, value] of Object.entries(isObject(object.data) ? object.data : {}))
		data[key] = Buffer.from(String(value), 'base64').toString('base64');
	for (const [key, value] of Object.entries(isObject(object.stringData) ? object.stringData : {}))
		data[key] = Buffer.from(String(value)).toString('base64');
	return data;
}

function encrypted({ data, stringData, spec }: JsonObject): JsonObject {
	return { data: data ?? null, stringData: stringData ?? null, spec: spec ?? null };
}

/** A database whose tokens name the digests of its Secrets, by name. */
export function withSecrets(desired: Desired, digests: ReadonlyMap<string, string>): Desired {
	const found = secretNames(desired).flatMap((name) => {
		const digest = digests.get(name);
		return digest === undefined ? [] : [[secretToken(name), digest] as const];
	});
	return found.length === 0 ? desired : { ...desired, tokens: { ...desired.tokens, ...Object.fromEntries(found) } };
}
