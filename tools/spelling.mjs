/**
 * The rules of canonical.yaml and secretive.yaml by the last segment of their path, as the program looks them up: made
 * when the bundle is built, because every run needs them and few of them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/**
 * `{all: {segment: {rule: [path before it, upwards]}}, kinds: {kind: the same}, freeMaps}`: `limits.*` is at `*`, and
 * `spec.mode`, which one kind has, at `mode` of that kind.
 */
export function spellingRules(root) {
	const read = (name) => parse(readFileSync(join(root, 'src/catalog', name), 'utf8'));
	const { exceptions, freeMaps, ...canonical } = read('canonical.yaml');
	const all = {};
	const kinds = {};
	const add = (to, path, rule) => {
		const [last, ...before] = path.match(/\[[^\]]*\]|[^.[]+/g).reverse();
		to[last] ??= {};
		to[last][rule] ??= [];
		to[last][rule].push(before.join('.'));
	};
	for (const [rule, paths] of Object.entries(canonical)) for (const path of paths) add(all, path, rule);
	for (const path of read('secretive.yaml')) add(all, path, 'secretive');
	for (const { kind, path, rule } of exceptions) {
		kinds[kind] ??= {};
		add(kinds[kind], path, rule);
	}
	return { all, kinds, freeMaps };
}
