/**
 * Managed fields that Argo CD need not compare: git's value is compared in the plan, and an operation by others (an
 * autoscaler's) is no drift. Fields in list items are left out: JSON Pointers name those by their index.
 */
import { type Kind, kindNames, kindOf } from '../catalog/catalog.js';
import { fencedEntries } from './fence.js';

/** Keys and values for argocd-cm, one for each kind. Never to be used with RespectIgnoreDifferences. */
export function ignoreDifferences(): Record<string, string> {
	const entries = kindNames().flatMap((name) => {
		const kind = kindOf(name);
		return kind ? [[`resource.customizations.ignoreDifferences.${keyOf(kind)}`, pointersOf(kind)] as const] : [];
	});
	return Object.fromEntries(entries);
}

function keyOf({ facts }: Kind): string {
	return `${facts.database.split('/')[0]}_${facts.kind}`;
}

function pointersOf(kind: Kind): string {
	const paths = fencedEntries(kind).map(({ pattern }) => pattern);
	const plain = paths.filter((path) => !path.some((segment) => segment.startsWith('[') || segment === '*'));
	const pointers = plain.map(
		(path) => `/${path.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`,
	);
	return `jsonPointers:\n${[...new Set(pointers)]
		.sort()
		.map((pointer) => `- ${pointer}\n`)
		.join('')}`;
}
