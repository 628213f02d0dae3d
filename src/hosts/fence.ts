/** The guard "fence": which fields of a provisioned database CR the accounts of GitOps controllers may not change. */
import type { Entry, Kind } from '../catalog/catalog.js';

/**
 * The catalog's entries that the fence watches, longest path first: fields that an operation carries out, but for those
 * which in another situation are changed by applying the database CR (an sslMode without a change of TLS, say).
 */
export function fencedEntries(kind: Kind): readonly Entry[] {
	const isOpen = (entry: Entry) =>
		kind.entries.some(
			(other) =>
				(other.class === 'restart' || other.class === 'direct') && other.pattern.join('.') === entry.pattern.join('.'),
		);
	return kind.entries.filter((entry) => entry.class === 'operation' && !isOpen(entry));
}

/** The name of a kind's fence in the cluster. */
export function fenceName({ facts }: Kind): string {
	return `kubedb-render-fence-${facts.plural}`;
}
