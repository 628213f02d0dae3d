/** Plans where CI renders without seeing the cluster, and Flux applies the newest tree that was published: protocol section 8. */
import { operationFactsOf } from '../catalog/catalog.js';
import type { Plan, State } from '../memory/memory.js';
import { type Field, onlyGrows } from './field.js';
import { prefix } from './options.js';
import { getAt } from './path.js';
import { quantityValue } from './quantity.js';
import type { Desired, Memory, Report } from './situation.js';
import { operationsOf } from './standing.js';

/**
 * A plan made without seeing the cluster: the trees between the acknowledged state and this one may never be applied, so
 * it may replace each of them, and start from whatever they may leave behind.
 */
export function unseen(made: Plan, published: Plan | undefined, settled: boolean, state: State | undefined): Plan {
	const between = settled ? undefined : published;
	const unique = (digests: readonly (string | undefined)[]) =>
		[...new Set(digests.filter((digest) => digest !== undefined && digest !== ''))].sort() as string[];
	return {
		...made,
		follows: unique([...(between?.follows ?? []), ...made.follows]),
		states: unique([...(between?.states ?? []), state?.digest, published?.digest]),
	};
}

/** What cannot be planned while a published plan is not known to be done. */
export function refuseUnacknowledged(
	desired: Desired,
	plan: Plan,
	state: State | undefined,
	same: boolean,
	report: Report,
): void {
	if (state && ![...plan.follows, plan.digest].includes(state.digest)) {
		report({
			code: 'state-of-another-render',
			message: `the state is that of plan ${state.digest.slice(0, 8)}, which the published plan ${plan.digest.slice(0, 8)} (generation ${plan.generation}) does not follow`,
			hint: 'Take the last published tree, and a state that was acknowledged from its predecessors, or the one of the cluster that it is applied to.',
		});
		return;
	}
	if (same) return;
	if (!state)
		report({
			code: 'creation-pending',
			message: 'it cannot be changed before its creation is acknowledged',
			hint: 'Wait until the published tree is applied, then run `kubedb-render state acknowledge`, or give --state cluster.',
		});
	else if (desired.tokens.retry !== plan.tokens.retry && plan.operations.length > 1) {
		const slugs = [...new Set(operationsOf(plan).map(({ type }) => operationFactsOf(type).slug))];
		report({
			code: 'retry-unclear',
			message: `${prefix}retry would carry out all ${plan.operations.length} operations again: it is not known which of them failed`,
			path: ['metadata', 'annotations', `${prefix}retry`],
			at: 'key',
			hint: `Name the operation: ${slugs.map((slug) => `${prefix}retry.${slug}`).join(' or ')}.`,
		});
	}
}

/** Volumes only grow: one that was seen as large as it should be needs no expansion, whatever happens meanwhile. */
export function isLargeEnough(field: Field, { root }: Desired, { seen }: Memory): boolean {
	const { match } = field;
	if (!seen || !match || !onlyGrows(field)) return false;
	const [wanted, has] = [root, seen.root].map((each) => quantityValue(String(getAt(each, match.field) ?? '')));
	return wanted !== undefined && has !== undefined && has >= wanted;
}
