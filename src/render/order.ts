/** The order of operations within a plan: protocol section 4. */
import { operationFactsOf, operationTypes } from '../catalog/catalog.js';

export interface Ordered {
	readonly type: string;
	/** Whether it makes something smaller. */
	readonly shrinks: boolean;
	/** Whether it needs the database to be scaled first. */
	readonly isLate: boolean;
}

/** Compares by the order of the catalog's operation types; a scaling down goes last, Restart after everything. */
export function byOrder(a: Ordered, b: Ordered): number {
	return rank(a) - rank(b);
}

function rank({ type, shrinks, isLate }: Ordered): number {
	const types = operationTypes();
	if (type === 'Restart') return 2 * types.length;
	if (isLate) return types.indexOf('HorizontalScaling') + 0.5;
	return types.indexOf(type) + (shrinks && operationFactsOf(type).shrinkLast ? types.length : 0);
}

/** Sync waves are fixed numbers, so that annotations do not change from one render to the next. */
export const waves = { plan: -1000, operations: 10, database: 50, restart: 60, state: 1000 } as const;

/** The waves of a plan's operations: one after the other, the restart after the database CR. */
export function waveOf(type: string, position: number): number {
	return type === 'Restart' ? waves.restart : waves.operations + position;
}
