/** Which databases of a tree Flux has applied to the end, by the Kustomizations in the cluster. */
import { isObject, type JsonObject } from '../json.js';
import type { Identity } from '../memory/memory.js';
import { getAt } from '../render/path.js';
import { baseName } from './stages.js';

export interface Confirmation {
	readonly id: Identity;
	readonly isApplied: boolean;
	/** What is missing, for people. */
	readonly why: string;
}

/**
 * The last stage is ready only after all others (fluxcd/kustomize-controller v1.9.5, checkDependencies), so it alone is
 * looked at: it must read the folder of this tree's plan, and be ready as it stands now.
 */
export function appliedStates(
	databases: readonly Identity[],
	ofTree: readonly JsonObject[],
	inCluster: readonly JsonObject[],
): Confirmation[] {
	return databases.map((id) => {
		const name = `${baseName(id)}-90-state`;
		const named = (object: JsonObject) => getAt(object, ['metadata', 'name']) === name;
		const wanted = ofTree.find(named);
		const namespace = getAt(wanted, ['metadata', 'namespace']);
		const live = inCluster.find((each) => named(each) && getAt(each, ['metadata', 'namespace']) === namespace);
		const why = reasonAgainst(name, wanted, live);
		return { id, isApplied: why === undefined, why: why ?? '' };
	});
}

function reasonAgainst(name: string, wanted: JsonObject | undefined, live: JsonObject | undefined): string | undefined {
	if (!live) return `the Kustomization ${name} is not there`;
	const [path, other] = [wanted, live].map((each) => getAt(each, ['spec', 'path']));
	if (path !== other) return `the Kustomization ${name} is at ${String(other)}, the tree at ${String(path)}`;
	if (getAt(live, ['status', 'observedGeneration']) !== getAt(live, ['metadata', 'generation']))
		return `the Kustomization ${name} has not been looked at since it changed`;
	const conditions = getAt(live, ['status', 'conditions']);
	const ready = Array.isArray(conditions)
		? conditions.find((each) => isObject(each) && each.type === 'Ready')
		: undefined;
	if (isObject(ready) && ready.status === 'True') return undefined;
	const said = isObject(ready) ? `: ${String(ready.reason ?? '')}: ${String(ready.message ?? '')}` : '';
	return `the Kustomization ${name} is not ready${said}`;
}
