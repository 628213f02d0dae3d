/** What something is refused with; throws where it is not refused, or fails in another way. */
import { type Problem, Refusal } from '../src/problems.js';

/** The one problem of a refusal. */
export function refusal(run: () => unknown): Problem {
	try {
		run();
	} catch (error) {
		return theOnly(error);
	}
	throw new Error('it was not refused');
}

/** The same for what happens later. */
export async function refusalOf(run: () => Promise<unknown>): Promise<Problem> {
	try {
		await run();
	} catch (error) {
		return theOnly(error);
	}
	throw new Error('it was not refused');
}

function theOnly(error: unknown): Problem {
	if (!(error instanceof Refusal)) throw error;
	const [problem, ...more] = error.problems;
	if (!problem || more.length > 0) throw new Error(`there are ${error.problems.length} problems: ${error.message}`);
	return problem;
}
