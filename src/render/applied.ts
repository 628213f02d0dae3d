/**
 * What a GitOps tool has applied to a live object before: what its next apply takes away again, where the manifest does
 * not name it any more. Client-side applies leave it in an annotation, server-side applies in managedFields.
 */
import { isObject, type Json, type JsonObject, parseJson } from '../json.js';
import { getAt, type Path } from './path.js';

/** Tells whether a path below an object was applied to it. Lists count as a whole. */
export function appliedTo(object: JsonObject): (path: Path) => boolean {
	const last = lastApplied(object);
	const owned = serverSideApplied(object);
	return (path) => {
		const item = path.findIndex((segment) => segment.startsWith('['));
		const plain = item < 0 ? path : path.slice(0, item);
		return (
			getAt(last, plain) !== undefined ||
			owned.some(
				(fields) =>
					getAt(
						fields,
						plain.map((segment) => `f:${segment}`),
					) !== undefined,
			)
		);
	};
}

function lastApplied(object: JsonObject): Json | undefined {
	const text = getAt(object, ['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration']);
	if (typeof text !== 'string') return undefined;
	try {
		return parseJson(text);
	} catch {
		return undefined;
	}
}

/** The field sets of managers that apply; KubeDB's own writes are updates. */
function serverSideApplied(object: JsonObject): JsonObject[] {
	const entries = getAt(object, ['metadata', 'managedFields']);
	if (!Array.isArray(entries)) return [];
	return entries.flatMap((entry) =>
		isObject(entry) && entry.operation === 'Apply' && entry.subresource === undefined && isObject(entry.fieldsV1)
			? [entry.fieldsV1]
			: [],
	);
}
