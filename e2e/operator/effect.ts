/** What a successful request does to a database. */
import type { JsonObject } from '../../src/json.js';
import { deleteAt, getAt, parsePath, setAt } from '../../src/render/path.js';
import { carryOut } from '../../test/simulator/carry-out.js';
import { isTrusted, typeOf } from '../../test/simulator/kubedb.js';

/**
 * Changes what really runs (`{spec}`) in place, and returns the database CR as KubeDB writes it back, or undefined where
 * it writes nothing. `writesAll` writes back what it is not known to write back, too.
 */
export function effect(
	database: JsonObject,
	actual: JsonObject,
	request: JsonObject,
	writesAll: boolean,
): JsonObject | undefined {
	const paths = carryOut(String(database.kind), actual, request);
	const written = paths.filter((path) => writesAll || isTrusted(typeOf(request), path)).map(parsePath);
	if (typeOf(request) === 'Restart') actual.spec = structuredClone(database.spec ?? {});
	if (written.length === 0) return undefined;
	const next = structuredClone(database);
	for (const path of written) {
		const value = getAt(actual, path);
		if (value === undefined) deleteAt(next, path);
		else setAt(next, path, structuredClone(value));
	}
	return next;
}
