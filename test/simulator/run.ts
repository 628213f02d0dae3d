/** Runs histories and prints what became of them: `run.cjs COUNT FIRST_SEED [--verbose] [--until-bad] [--only=drift,loss,...] [--mode=ci] [--kinds=guides|tables|KIND,...]`. */
import { CiHistory } from './ci-history.js';
import { History, type Result, type Weather } from './history.js';
import { tableKinds } from './table-commits.js';

const [count = '1000', first = '0', ...flags] = process.argv.slice(2);
const verbose = flags.includes('--verbose');
const untilBad = flags.includes('--until-bad');
const isCi = flags.includes('--mode=ci');
const kindsFlag = flags.find((flag) => flag.startsWith('--kinds='))?.slice(8);
const only = flags
	.find((flag) => flag.startsWith('--only='))
	?.slice(7)
	.split(',');
const kinds = ['drift', 'loss', 'clean', 'partial', 'remove'] as const;

/** A third of the histories are calm; the others have some of the weather. */
function weatherOf(seed: number): Weather {
	const has = (i: number) => ((seed * 2654435761) % 97) % (i + 2) === 0;
	return Object.fromEntries(
		kinds.map((kind, i) => [kind, only ? only.includes(kind) : seed % 3 !== 0 && has(i)]),
	) as unknown as Weather;
}

/** `guides`: the two kinds that are modelled by hand; `tables`: the others, one after the other; else both in turns. */
function namesOf(seed: number): string[] | undefined {
	if (kindsFlag === 'guides' || (kindsFlag === undefined && seed % 2 === 0)) return undefined;
	const kinds = kindsFlag === undefined || kindsFlag === 'tables' ? tableKinds() : kindsFlag.split(',');
	const kind = kinds[Math.floor(seed / (kindsFlag === undefined ? 2 : 1)) % kinds.length] as string;
	return [`${kind} db`];
}

function run(seed: number, withLog: boolean): Result {
	return isCi ? new CiHistory(seed, withLog).run() : new History(seed, weatherOf(seed), withLog, namesOf(seed)).run();
}

const verdicts: Record<string, number> = {};
const totals = { histories: 0, bad: 0, violations: 0, fence: 0, executedTwice: 0, done: 0, redundant: 0 };
const examples: { seed: number; why: string }[] = [];
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
	let result = run(seed, verbose);
	const { verdict, rounds, violations, fence, executedTwice, stormy, needsFence, done, redundant } = result;
	const key = `${verdict.split(' ')[0]} after ${rounds}`;
	verdicts[key] = (verdicts[key] ?? 0) + 1;
	const isBad =
		!(verdict === 'ok' || (verdict === 'drift' && stormy)) ||
		executedTwice > 0 ||
		(!stormy && !needsFence && (violations.length > 0 || fence > 0));
	totals.histories++;
	totals.done += done;
	totals.redundant += redundant;
	totals.executedTwice += executedTwice;
	if (!stormy && !needsFence) {
		totals.violations += violations.length;
		totals.fence += fence;
	}
	if (isBad) {
		totals.bad++;
		if (examples.length < 20)
			examples.push({
				seed,
				why: violations.length > 0 && !stormy && !needsFence ? `violation: ${violations[0]}` : verdict,
			});
		if (verbose && examples.length <= 2) {
			if (result.log.length === 0) result = run(seed, true);
			console.log(`--- seed ${seed}: ${verdict} ${violations.join('; ')}\n${result.log.join('\n')}`);
		}
		if (untilBad) break;
	}
}
console.log(JSON.stringify({ ...totals, verdicts, examples }));
