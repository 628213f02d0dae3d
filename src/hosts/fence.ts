/** The guard "fence": which fields of a provisioned database CR the accounts of GitOps controllers may not change. */
import type { Entry, Kind } from '../catalog/catalog.js';
import type { Condition } from '../catalog/types.js';
import { matchStart, type Path, parsePath } from '../render/path.js';

/**
 * The catalog's entries that the fence watches, longest path first: fields that an operation carries out, but for those
 * which in another situation are changed by applying the database CR (an sslMode without a change of TLS, say).
 */
export function fencedEntries(kind: Kind): readonly Entry[] {
	const isOpen = (entry: Entry) =>
		isForSomeChanges(entry.when) &&
		kind.entries.some(
			({ class: other, pattern }) =>
				(other === 'restart' || other === 'direct') && matchStart(pattern, entry.pattern) !== undefined,
		);
	return kind.entries.filter((entry) => entry.class === 'operation' && !isOpen(entry));
}

/** Whether a row claims its field not always, nor by what the database is, but by how it changes. */
function isForSomeChanges(when: Condition | undefined): boolean {
	if (!when) return false;
	const isForNewItems = when.item !== undefined && [when.item].flat().includes('new');
	return when.changes !== undefined || isForNewItems || (when.any ?? []).some(isForSomeChanges);
}

/**
 * What must be set before and after for a field to be fenced, where its row says so: the exporter's resources belong to
 * an operation while there is monitoring, and come and go with it.
 */
export function presenceOf({ pattern, when }: Entry): Path[] {
	const setIn = (tests: Condition['desired']) =>
		Object.entries(tests ?? {}).flatMap(([path, test]) => (test === 'set' ? [path] : []));
	const both = setIn(when?.desired).filter((path) => setIn(when?.previous).includes(path));
	return both.map(parsePath).filter((path) => path.length < pattern.length && matchStart(path, pattern));
}

/** The name of a kind's fence in the cluster. */
export function fenceName({ facts }: Kind): string {
	return `kubedb-render-fence-${facts.plural}`;
}
