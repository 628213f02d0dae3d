/** How long the name of a database may be: what KubeDB makes of it has limits of its own. */
import { holds } from '../catalog/condition.js';
import type { KindFacts, NameLimit } from '../catalog/types.js';
import type { Json, JsonObject } from '../json.js';
import type { Identity } from '../memory/memory.js';
import { getAt, parsePath } from './path.js';
import type { Report } from './situation.js';

/** The revision of a PetSet is a label of its pods: its name, a dash and up to 10 characters, 63 in all. */
export const general: NameLimit = { max: 52, because: 'KubeDB appends to it to name pods and Services' };

/** Reports a name of which the longest of the limits that hold leaves the most over. `root` is `{spec}` in stored form. */
export function checkNameLength(facts: KindFacts, id: Identity, root: JsonObject, report: Report): void {
	const situation = { desired: root, defaults: facts.defaults ?? {} };
	const limits = [general, ...(facts.nameLimits ?? [])].filter(({ when }) => holds(when, situation));
	const valueAt = (path: string) => getAt(root, parsePath(path)) ?? situation.defaults[path] ?? '';
	const over = limits.map((limit) => ({ ...limit, made: madeOf(limit, id, valueAt) }));
	const worst = over.reduce((a, b) => (b.made.length - b.max > a.made.length - a.max ? b : a));
	if (worst.made.length <= worst.max) return;
	const made = worst.made === id.name ? '' : `${worst.made} has `;
	report({
		code: 'name-too-long',
		message: `the name is too long for KubeDB: ${made}${worst.made.length} characters, ${worst.max} are possible`,
		path: ['metadata', 'name'],
		hint: `${worst.because}.`,
	});
}

function madeOf({ of = '{name}' }: NameLimit, { name, namespace }: Identity, valueAt: (path: string) => Json): string {
	const parts: Record<string, string> = { name, namespace };
	return of.replaceAll(/\{([^}]*)\}/g, (_, part: string) => parts[part] ?? String(valueAt(part)));
}
