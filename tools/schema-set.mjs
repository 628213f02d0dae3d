/** The part of src/catalog/schemas.json that is about one group: the databases' own specs, or the OpsRequests'. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `group` is `kinds` or `opsRequests`. Returns the schemas of that group and the definitions that they refer to, so that
 * the program carries none of the OpsRequests' schemas, which only the tests of the catalog read.
 */
export function schemaSet(root, group) {
	const { source, names, $defs, ...groups } = JSON.parse(readFileSync(join(root, 'src/catalog/schemas.json'), 'utf8'));
	const wanted = new Set();
	const visit = (node) => {
		if (typeof node !== 'object' || node === null) return;
		const name = typeof node.$ref === 'string' ? node.$ref.replace('#/$defs/', '') : undefined;
		if (name && !wanted.has(name)) {
			wanted.add(name);
			visit($defs[name]);
		}
		for (const child of Object.values(node)) visit(child);
	};
	visit(groups[group]);
	const definitions = Object.fromEntries(Object.entries($defs).filter(([name]) => wanted.has(name)));
	return { source, names, kinds: groups[group], $defs: definitions };
}
