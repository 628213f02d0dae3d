/** The fence: which managed fields of a database differ between two versions of its CR. */
import { isWrittenBack, kindOf } from '../../src/catalog/catalog.js';
import { fencedEntries, presenceOf } from '../../src/hosts/fence.js';
import { isObject, type JsonObject } from '../../src/json.js';
import { canonicalise } from '../../src/render/canonical.js';
import { leafPath, leavesOf } from '../../src/render/normalise.js';
import { getAt, isWildcard, matchStart, type Path, showPath } from '../../src/render/path.js';

/** Paths of the managed leaves that a GitOps account may not change like this. */
export function changedManagedLeaves(old: JsonObject, next: JsonObject): string[] {
	const kind = kindOf(String(old.kind));
	if (!kind) return [];
	const [was, is] = [old, next].map((object) => leavesOf(kind.facts.kind, canonicalise(kind.facts, object)));
	const marks = [old, next].map(annotationsOf);
	const isNewPlan = marks[0]?.['kubedb-render/plan'] !== marks[1]?.['kubedb-render/plan'];
	const carries = String(marks[1]?.['kubedb-render/carries'] ?? '').split(',');
	const entries = fencedEntries(kind);
	const changed: string[] = [];
	for (const key of new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])) {
		if (was?.[key] === is?.[key]) continue;
		const path = leafPath(key);
		const [first] = entries.filter((each) => matchStart(each.pattern, path));
		if (!first) continue;
		if (presenceOf(first).some((whole) => [old, next].some((object) => getAt(object, whole) === undefined))) continue;
		// What KubeDB may not write back is written by the plan that carried it out; so are items that git names itself.
		const isOwnItem = first.pattern.some(isWildcard) && (was?.[key] === undefined || is?.[key] === undefined);
		// An item that is new was not managed; one that KubeDB's webhook does not put back is not needed.
		if ([old, next].some((object) => lacksItem(object, path, first.pattern))) continue;
		// Several operations may carry out one field.
		const open = entries.filter(
			(each) =>
				each.pattern.join() === first.pattern.join() && (isOwnItem || !isWrittenBack(each, is?.[key] === undefined)),
		);
		const isAdmitted = isNewPlan && open.some(({ operation }) => carries.includes(operation ?? ''));
		if (!isAdmitted) changed.push(`${showPath(path)} ${was?.[key]} -> ${is?.[key]}`);
	}
	return changed;
}

/** Whether an item that the catalog names is missing, in a list whose own place is there. */
function lacksItem(object: JsonObject, path: Path, pattern: Path): boolean {
	return pattern.some((segment, i) => {
		if (!segment.startsWith('[') || isWildcard(segment)) return false;
		const outer = pattern.slice(0, i).findLastIndex(isWildcard) + 1;
		return getAt(object, path.slice(0, outer)) !== undefined && getAt(object, path.slice(0, i + 1)) === undefined;
	});
}

function annotationsOf(object: JsonObject): JsonObject {
	const metadata = isObject(object.metadata) ? object.metadata : {};
	return isObject(metadata.annotations) ? metadata.annotations : {};
}
