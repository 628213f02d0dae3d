/** Changes that no operation carries, and that applying the database CR would not carry either. */
import type { Match } from '../catalog/catalog.js';
import { isSet } from '../catalog/condition.js';
import type { Before } from './candidates.js';
import { leafKey, leafPath } from './normalise.js';
import { getAt, type Path, parsePath, showPath } from './path.js';
import { shownAt, shownTo } from './shown.js';
import type { Desired, Report } from './situation.js';

/** Reports them: by the key of the leaf, or of the field as a whole, each with what the catalog says of it. */
export function refuseChanges(
	desired: Desired,
	before: Before,
	changes: ReadonlyMap<string, Match | undefined>,
	report: Report,
): void {
	const seen = new Set<string>();
	for (const [key, match] of changes) {
		const because = match ? match.entry.because : 'it is not known how KubeDB carries that out';
		const code = !match ? 'unknown-change' : match.entry.class === 'immutable' ? 'immutable' : 'unsupported';
		const { path, change, hint, why = '' } = changeAt(desired, before, leafPath(key));
		if (seen.has(showPath(path))) continue;
		seen.add(showPath(path));
		report({ code, message: `${showPath(path)} cannot be ${change}: ${why}${because}`, path, hint });
	}
}

interface Change {
	readonly path: Path;
	readonly change: string;
	readonly hint: string;
	readonly why?: string;
}

/** What to say of a change. */
function changeAt(desired: Desired, before: Before, leaf: Path): Change {
	const { kind } = desired.id;
	const source = impliedBy(desired, leaf);
	if (source) {
		const change = shownAt(kind, desired.root, source) ?? 'that';
		const why = `it makes ${showPath(leaf)} ${shownAt(kind, desired.root, leaf)}, and `;
		return { path: source, change, why, hint: wayBack(before, shownAt(kind, before.root, source)) };
	}
	const was = shownAt(kind, before.root, leaf);
	const isIn = ({ root, leaves }: Pick<Before, 'root' | 'leaves'>) =>
		leafKey(leaf) in leaves || isSet(getAt(root, leaf));
	if (!isIn(desired)) return { path: leaf, change: 'removed', hint: wayBack(before, was && `${leaf.at(-1)}: ${was}`) };
	if (!isIn(before)) {
		const isMap = typeof getAt(desired.root, leaf) === 'object';
		return {
			path: leaf,
			change: isMap ? 'added' : `set${shownTo(kind, desired.root, leaf)}`,
			hint: 'Remove it again.',
		};
	}
	const change = `changed${was === undefined ? '' : ` from ${was}`}${shownTo(kind, desired.root, leaf)}`;
	return { path: leaf, change, hint: wayBack(before, was) };
}

function wayBack({ isLive }: Before, was = 'the old value'): string {
	return isLive ? `Write ${was}, as the running database has it.` : `Put ${was} back.`;
}

/** The field of the source that makes KubeDB write out another one that the source does not name. */
function impliedBy({ kind, object, root }: Desired, path: Path): Path | undefined {
	if (isSet(getAt(object, path)) || !isSet(getAt(root, path))) return undefined;
	const text = showPath(path);
	const rule = kind.facts.spellings?.find((spelling) => 'path' in spelling && spelling.path === text);
	const fields = rule && 'path' in rule ? Object.keys(rule.when.desired ?? {}).map(parsePath) : [];
	return fields.find((field) => isSet(getAt(object, field)));
}
