/** Names in pods that KubeDB keeps for itself (reserved.yaml), as checks in the form of those of the kinds. */
import reserved from 'catalog:reserved';
import type { Check, Reserved, Test } from './types.js';

/** What a kind's pod templates must not say, one check for each list that may say it; empty for a kind without such names. */
export function reservedChecks(kind: string): Check[] {
	return (reserved()[kind] ?? []).flatMap(checksOf);
}

function checksOf({ volumes, mountPaths, env, ...rule }: Reserved): Check[] {
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
