/** A seeded source of random numbers (mulberry32): a history is reproducible from its seed alone. */
export interface Random {
	/** From 0 up to but not including 1. */
	next(): number;
	/** A whole number from 0 up to but not including `below`. */
	below(below: number): number;
	/** True with this probability. */
	chance(probability: number): boolean;
	pick<T>(items: readonly T[]): T;
	shuffled<T>(items: readonly T[]): T[];
}

export function randomFrom(seed: number): Random {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
	const below = (bound: number) => Math.floor(next() * bound);
	return {
		next,
		below,
		chance: (probability) => next() < probability,
		pick: (items) => items[below(items.length)] as (typeof items)[number],
		shuffled(items) {
			const result = [...items];
			for (let i = result.length - 1; i > 0; i--) {
				const j = below(i + 1);
				[result[i], result[j]] = [result[j] as never, result[i] as never];
			}
			return result;
		},
	};
}
