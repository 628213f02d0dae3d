/** Makes problems of what the rules report: the place is looked up only now, where something is wrong. */
import { readPlain } from '../input/scalars.js';
import { lazy } from '../lazy.js';
import { type Problem, underlined, withoutText } from '../problems.js';
import { showPath } from './path.js';
import type { Origin, Report } from './situation.js';

/** `subject` is how the resource is called in messages, as far as it is known. */
export function reporter({ chunk, path: base, subject }: Origin, problems: Problem[]): Report {
	return ({ code, message, path, at, hint, proposed, value, secret, severity = 'error' }) => {
		const place = lazy.place().placeOf(chunk, [...base, ...(path ?? ['metadata', 'name'])], at);
		// An alias, or a value that comes from a merge key, stands elsewhere.
		const written = readPlain(underlined(place)) === value ? underlined(place) : String(value);
		const filled = (text: string) => text.replaceAll('{written}', () => written);
		problems.push({
			code,
			severity,
			message: filled(message),
			resource: subject,
			place: secret ? withoutText(place) : place,
			...(path ? { path: showPath(path) } : {}),
			...(hint ? { hint: filled(hint) } : {}),
			...(proposed ? { proposed: filled(proposed) } : {}),
		});
	};
}
