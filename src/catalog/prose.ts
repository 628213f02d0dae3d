/** What people read about a kind, and no rule needs: notes, doubts, checks against the cluster. It is unpacked on demand. */
import texts from 'catalog:prose';
import { isObject, type Json } from '../json.js';
import { type Kind, makeKind } from './catalog.js';
import type { KindFacts } from './types.js';

/** A kind with all that its file says. */
export function withProse({ written }: Kind): Kind {
	return makeKind(merged(written as unknown as Json, texts()[written.kind]) as unknown as KindFacts);
}

/** Lists are told by their positions. */
function merged(value: Json, more: Json | undefined): Json {
	if (!isObject(more)) return value === undefined ? (more ?? null) : value;
	if (Array.isArray(value)) return value.map((item, i) => merged(item, more[String(i)]));
	if (!isObject(value)) return more;
	const keys = [...new Set([...Object.keys(value), ...Object.keys(more)])];
	return Object.fromEntries(
		keys.map((key) => [key, key in value ? merged(value[key] as Json, more[key]) : (more[key] as Json)]),
	);
}
