/** Compares our reading of quantities and durations with Go's (tools/fuzz-quantity.mjs). */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { canonicalDuration, canonicalQuantity, durationValue, quantityValue } from '../../src/render/quantity.js';
import { durations, neither, quantities } from './random.js';
import { goTable } from './table.js';

interface Reading {
	readonly quantity?: string;
	readonly nano?: string;
	readonly duration?: string;
}

/** What the program tools/quantity reads in texts. */
export function readWithGo(program: string, texts: readonly string[]): Reading[] {
	const input = texts.map((text) => `${JSON.stringify(text)}\n`).join('');
	const { status, signal, stdout, stderr } = spawnSync(program, { input, encoding: 'utf8', maxBuffer: 2 ** 30 });
	if (status !== 0) throw new Error(`${program} ended with ${status ?? signal}: ${stderr}`);
	return stdout
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line));
}

/** The pattern of quantities in every CRD: what Go takes besides, does not get that far. */
const admitted =
	/^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$/;

/** What we read of a text, with members of the same meaning. */
export function readOurselves(text: string): Reading {
	const nano = quantityValue(text);
	return {
		...(nano === undefined ? {} : { quantity: canonicalQuantity(text), nano: String(nano) }),
		...(durationValue(text) === undefined ? {} : { duration: canonicalDuration(text) }),
	};
}

/** How many rows of the tables Go reads otherwise. */
export function compareTables(program: string, root: string): number {
	let differing = 0;
	for (const [name, member] of [
		['quantities', 'quantity'],
		['durations', 'duration'],
	] as const) {
		const rows = goTable(root, name);
		const theirs = readWithGo(
			program,
			rows.map(([text]) => text),
		);
		for (const [i, [text, stored]] of rows.entries()) {
			const read = name === 'durations' || admitted.test(text) ? theirs[i]?.[member] : undefined;
			if ((read ?? '-') === stored) continue;
			differing++;
			console.log(`${name}: ${JSON.stringify(text)} is ${stored} in the table, and ${read} to Go`);
		}
	}
	return differing;
}

/** How many of `count` random texts are read otherwise than by Go. */
export function run(program: string, count: number, seed: number): number {
	const random = fc.oneof(quantities, durations, neither).filter((text) => !isOutOfReach(text));
	const texts = [...new Set(fc.sample(random, { seed, numRuns: count }))];
	const theirs = readWithGo(program, texts);
	const differing = texts.flatMap((text, i) => {
		const { duration, ...quantity } = theirs[i] as Reading;
		const read = { ...(admitted.test(text) ? quantity : {}), ...(duration === undefined ? {} : { duration }) };
		const [own, other] = [JSON.stringify(readOurselves(text)), JSON.stringify(read)];
		return own === other ? [] : [{ text, own, other }];
	});
	differing.sort((a, b) => a.text.length - b.text.length);
	for (const { text, own, other } of differing.slice(0, 20))
		console.log(`${JSON.stringify(text)}\n  we read  ${own}\n  Go reads ${other}`);
	console.log(`${texts.length} texts, ${differing.length} differ`);
	return differing.length;
}

/** Exponents beyond 100, which we do not take for numbers, and numbers from 1000E on, whose suffix Go forgets to print. */
function isOutOfReach(text: string): boolean {
	if (Math.abs(Number(/[eE]([+-]?\d+)$/.exec(text)?.[1] ?? 0)) > 100) return true;
	const value = quantityValue(text) ?? 0n;
	return !/[eE]/.test(text.slice(0, -1)) && value !== 0n && value % 10n ** 30n === 0n;
}
