/** Makes problems of what the rules report: the place is looked up only now, where something is wrong. */
import { lazy } from '../lazy.js';
import type { Problem } from '../problems.js';
import { showPath } from './path.js';
import type { Origin, Report } from './situation.js';

/** `subject` is how the resource is called in messages, as far as it is known. */
export function reporter({ chunk, path: base, subject }: Origin, problems: Problem[]): Report {
	return ({ code, message, path, at, hint, proposed, severity = 'error' }) => {
		problems.push({
			code,
			severity,
			message,
			resource: subject,
			place: lazy.place().placeOf(chunk, [...base, ...(path ?? [])], at),
			...(path ? { path: showPath(path) } : {}),
			...(hint ? { hint } : {}),
			...(proposed ? { proposed } : {}),
		});
	};
}
