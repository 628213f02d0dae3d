/** Compares our reading and writing of random YAML with kubectl's (tools/fuzz-yaml.mjs). */
import fc from 'fast-check';
import { type Comparison, comparisons } from './comparisons.js';
import type { Outcome } from './kubectl.js';

export { compareTable } from './compare-table.js';

const BATCH = 200;
const SHOWN = 10;

/** Compares `count` random documents in every way that `part` is in the name of; returns how many differ. */
export function run(count: number, seed: number, part = ''): number {
	let differing = 0;
	for (const [name, comparison] of Object.entries(comparisons)) {
		if (!name.includes(part)) continue;
		// Reading is where nearly all can go wrong.
		const share = name === 'reading' ? count : Math.ceil(count / 5);
		const { differ, refused } = compare(comparison, share, seed);
		const more = refused > 0 ? `, ${refused} refused although kubectl reads them` : '';
		console.log(`${name}: ${share} documents, ${differ} differ${more}`);
		differing += differ;
	}
	return differing;
}

function compare(comparison: Comparison, count: number, seed: number): { differ: number; refused: number } {
	let [differ, refused] = [0, 0];
	for (let first = 0; first < count; first += BATCH) {
		const seeds = Array.from({ length: Math.min(BATCH, count - first) }, (_, i) => seed + first + i);
		const values = seeds.map((each) => randomAt(comparison, each));
		const outcomes = readAll(comparison, values);
		for (const [i, value] of values.entries()) {
			const why = comparison.judge(value, outcomes[i] as Outcome);
			if (why === '') refused++;
			if (why && ++differ <= SHOWN) show(comparison, seeds[i] as number);
		}
	}
	return { differ, refused };
}

function readAll({ read, text }: Comparison, values: readonly unknown[]): Outcome[] {
	return read(values.map(text));
}

function randomAt({ random }: Comparison, seed: number): unknown {
	return fc.sample(random, { seed, numRuns: 1 })[0];
}

/** Prints the smallest value that differs. */
function show(comparison: Comparison, seed: number): void {
	const differs = (value: unknown) => comparison.judge(value, readAll(comparison, [value])[0] as Outcome);
	const { counterexample } = fc.check(
		fc.property(comparison.random, (value) => !differs(value)),
		{ seed, numRuns: 1 },
	);
	const value = counterexample?.[0] ?? randomAt(comparison, seed);
	console.log(`--seed ${seed}\n${comparison.text(value, 0)}\n${differs(value)}\n`);
}
