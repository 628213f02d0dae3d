/** All that KubeDB's webhooks check of a database, whatever it was before. */
import reserved from 'catalog:reserved';
import shared from './shared-checks.yaml';
import type { Check, KindFacts, Reserved, Test } from './types.js';

/**
 * The kind's own checks, those that it shares with others (shared-checks.yaml), and, where they are asked for, those of
 * names in pods that KubeDB keeps for itself (reserved.yaml): most databases name nothing there.
 */
export function checksOf({ kind, checks = [] }: KindFacts, withNames = true): Check[] {
	const others = (shared as Shared[]).flatMap(({ kinds, checks: all }) => (kinds.includes(kind) ? all : []));
	return [...checks, ...others, ...(withNames ? reservedChecks(kind) : [])];
}

interface Shared {
	readonly kinds: string[];
	readonly checks: Check[];
}

/** What a kind's pod templates must not say, one check for each list that may say it; empty for a kind without such names. */
export function reservedChecks(kind: string): Check[] {
	return (reserved()[kind] ?? []).flatMap(ruleChecks);
}

function ruleChecks({ volumes, mountPaths, env, ...rule }: Reserved): Check[] {
	const { at = ['spec.podTemplate'], container = '*', when } = rule;
	const own = container === '*' ? 'containers[*]' : `containers[name=${container}]`;
	const mounts: Test = rule.beneath ? { beneath: mountPaths ?? [] } : { in: mountPaths ?? [] };
	const lists: [names: string[] | undefined, path: string, test: Test, because: string, hint: string][] = [
		[
			volumes,
			'volumes[*].name',
			{ in: volumes ?? [] },
			"KubeDB's pods have a volume of this name",
			'Name it otherwise, in its volumeMounts as well.',
		],
		...[own, ...(rule.init ? ['initContainers[*]'] : [])].map((of): (typeof lists)[number] => [
			mountPaths,
			`${of}.volumeMounts[*].mountPath`,
			mounts,
			'KubeDB mounts a volume of its own there',
			'Mount it elsewhere.',
		]),
		[env, `${own}.env[*].name`, { in: env ?? [] }, 'KubeDB sets this variable itself', 'Leave it out.'],
	];
	return at.flatMap((template) =>
		lists.flatMap(([names, below, test, because, hint]) => {
			const path = `${template}.spec.${below}`;
			return names ? [{ path, refuse: { desired: { [path]: test, ...when } }, because, hint }] : [];
		}),
	);
}
