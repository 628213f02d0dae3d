/** Names of OpsRequests: `<database>-<type>-<6 characters>`, as KubeDB's own GitOps operator spells them. */
import { operationFactsOf } from '../catalog/catalog.js';
import type { Json } from '../json.js';
import type { Identity } from '../memory/memory.js';
import { digestOf } from './digest.js';

/** Label values and the names of what KubeDB makes of a request must not be longer. */
const LIMIT = 63;

export interface NameParts {
	readonly uid: string;
	readonly generation: number;
	readonly base: string;
	readonly type: string;
	readonly group: string;
	readonly payload: Json;
	readonly retry: string;
}

/**
 * A name that no existing OpsRequest has, and that a render of the same inputs gives again. uid, base and the counter
 * keep a database that was created anew, or whose memory was lost, from taking old, finished requests for its own.
 */
export function operationName(id: Identity, parts: NameParts, isTaken: (name: string) => boolean): string {
	const { uid, generation, base, type, group, payload, retry } = parts;
	const slug = operationFactsOf(type).slug;
	const database = shortened(id.name, LIMIT - slug.length - 8);
	for (let n = 0; ; n++) {
		const digest = digestOf(id.namespace, id.kind, id.name, uid, generation, base, type, group, payload, retry, n);
		const name = `${database}-${slug}-${base36(digest)}`;
		if (!isTaken(name)) return name;
	}
}

/** The last 6 base36 digits of a hexadecimal number. */
function base36(hex: string): string {
	return (BigInt(`0x${hex}`) % 36n ** 6n).toString(36).padStart(6, '0');
}

function shortened(name: string, length: number): string {
	return name.length <= length ? name : name.slice(0, length).replace(/[^a-z0-9]+$/, '');
}
