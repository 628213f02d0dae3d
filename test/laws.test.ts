/**
 * The laws of the protocol (docs/protocol.md), held against random histories on the simulator, and the proof that the
 * simulator notices where a rule of the protocol is missing.
 */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import breaks from './simulator/breaks.json' with { type: 'json' };

declare const PROJECT_ROOT: string;

interface Report {
	readonly histories: number;
	readonly bad: number;
	readonly examples: readonly { seed: number; why: string }[];
	readonly violations: number;
	readonly fence: number;
	readonly executedTwice: number;
	readonly done: number;
}

interface Histories {
	bundleSimulator(rule?: string): Promise<string>;
	runHistories(bundle: string, count: number, seed?: number, flags?: string[]): Promise<Report>;
}

const histories: Promise<Histories> = import(join(PROJECT_ROOT, 'tools/histories.mjs'));

test('along 600 random histories every law holds, and the guards never have to step in where nobody interferes', async () => {
	const { bundleSimulator, runHistories } = await histories;
	const report = await runHistories(await bundleSimulator(), 600, 40_000);
	assert.equal(report.examples, [], 'every history settles with what git says');
	assert.is(report.histories, 600);
	assert.is(report.violations, 0, 'no managed field of a live database is changed but by KubeDB');
	assert.is(report.fence, 0);
	assert.is(report.executedTwice, 0);
	assert.ok(report.done > 600, 'the histories have operations');
});

test('along 200 random histories of CI that publishes trees for Flux every law holds', async () => {
	const { bundleSimulator, runHistories } = await histories;
	const report = await runHistories(await bundleSimulator(), 200, 70_000, ['--mode=ci']);
	assert.equal(report.examples, [], 'every history settles with what git says');
	assert.is(report.violations, 0, 'no managed field of a live database is changed but by KubeDB');
	assert.is(report.fence, 0);
	assert.is(report.executedTwice, 0);
	assert.ok(report.done > 200, 'the histories have operations');
});

const rules: Record<string, { why: string; mode?: string; seed?: number }> = breaks;
for (const [rule, { why, mode, seed = 1 }] of Object.entries(rules)) {
	test(`the simulator catches ${rule}: ${why}`, async () => {
		const { bundleSimulator, runHistories } = await histories;
		const flags = ['--until-bad', '--kinds=guides', ...(mode ? [`--mode=${mode}`] : [])];
		// From a seed that shows it: where the simulator changes, a later one does.
		const report = await runHistories(await bundleSimulator(rule), 4000, seed, flags);
		assert.ok(report.bad > 0, `none of ${report.histories} histories went wrong`);
	});
}

test.run();
