/** Which kind of change a leaf needs, for the final judgement: what operations carry out runs as they left it, the rest as the pods started. */
import type { Kind } from '../../src/catalog/catalog.js';
import { classify, isInTopology } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import type { Path } from '../../src/render/path.js';

export function classOfLeaf(kind: Kind, path: Path, desired: JsonObject): 'operation' | 'restart' | 'direct' {
	// KubeDB makes the container whether git names it or not: that alone needs no restart.
	if (kind.isKeyOfOwnItem(path)) return 'direct';
	const situation = { desired, previous: desired, defaults: kind.facts.defaults ?? {} };
	// A container that the topology has not got means nothing until there is one.
	const isForOthers = kind.matching(path).some(({ entry }) => !isInTopology(kind, entry.row?.topology, situation));
	if (isForOthers) return 'direct';
	const found = classify(kind, path, situation)?.entry.class;
	return found === 'operation' || found === 'restart' ? found : 'direct';
}

/** Whether the row of a leaf holds only for some changes of it. */
export function isConditional(kind: Kind, path: Path): boolean {
	const found = kind.matching(path).find(({ entry }) => entry.class === 'operation');
	return found?.entry.when !== undefined;
}
