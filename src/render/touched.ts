/**
 * What an unsettled plan and those before it, back to the state, have had to do with: the ids of fields, and JSON
 * Pointers (RFC 6901) of leaves that one of them named and a later one did not. A live database may have what nobody
 * names any more only because of them.
 */
import type { Plan } from '../memory/memory.js';
import { type Leaves, leafKey, leafPath } from './normalise.js';
import { itemOf, showPath } from './path.js';

export function touchedFields({ touched }: Pick<Plan, 'touched'>): string[] {
	return touched.filter((each) => !each.startsWith('/'));
}

/** The leaves as keys of a map whose values say nothing. */
export function touchedLeaves({ touched }: Pick<Plan, 'touched'>): Leaves {
	const pointers = touched.filter((each) => each.startsWith('/'));
	return Object.fromEntries(pointers.map((pointer) => [keyOfPointer(pointer), '']));
}

/** Items of lists that a plan took out: what the live database shows of one is no evidence until the plan is settled. */
export function removedItems(plan: Pick<Plan, 'touched'>): string[] {
	return Object.keys(touchedLeaves(plan)).flatMap((key) => {
		const path = leafPath(key);
		// The leaf of an item's key, or a text that is an item.
		const end = itemOf(path.at(-2) ?? '')?.[0] === path.at(-1) ? path.length - 1 : path.length;
		return itemOf(path[end - 1] as string) ? [showPath(path.slice(0, end))] : [];
	});
}

export function pointerOf(key: string): string {
	return `/${leafPath(key)
		.map((segment) => segment.replaceAll('~', '~0').replaceAll('/', '~1'))
		.join('/')}`;
}

function keyOfPointer(pointer: string): string {
	return leafKey(
		pointer
			.slice(1)
			.split('/')
			.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~')),
	);
}
