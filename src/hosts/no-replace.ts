/**
 * The guard "no-replace": Replace with Force deletes the database and creates an empty one, whatever Delete=confirm says.
 * Argo CD deletes in the background then, and in the foreground where a person approved a prune (seen in the audit log of
 * Argo CD 3.5.7).
 */
import { kindNames, kindOf } from '../catalog/catalog.js';
import type { JsonObject } from '../json.js';
import { celIsAccount } from './cel.js';
import { policyObjects } from './policy.js';

export const noReplaceName = 'kubedb-render-no-replace';

/** Binds the accounts of GitOps controllers, as `system:serviceaccount:<namespace>:<name>`. */
export function noReplace(accounts: readonly string[]): JsonObject[] {
	const groups = new Map<string, string[]>();
	for (const name of kindNames()) {
		const { database, plural } = kindOf(name)?.facts ?? { database: '', plural: '' };
		groups.set(database, [...(groups.get(database) ?? []), plural]);
	}
	const deletion = (apiVersion: string, resources: readonly string[]) => {
		const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
		return { apiGroups: [group], apiVersions: [version], operations: ['DELETE'], resources: [...resources] };
	};
	return policyObjects({
		name: noReplaceName,
		rules: [...[...groups].map(([version, plurals]) => deletion(version, plurals)), deletion('v1', ['configmaps'])],
		conditions: {
			'gitops-account': celIsAccount(accounts),
			'database-or-memory':
				"request.resource.group == 'kubedb.com' || oldObject.metadata.?labels[?'kubedb-render/role'].orValue('') != ''",
		},
		validations: [
			{
				expression: "request.options.?propagationPolicy.orValue('') == 'Foreground'",
				message: [
					"'kubedb-render: ' + request.resource.resource + ' ' + request.name + ' may not be deleted to be replaced: Replace with Force would delete the database and create an empty one.'",
					"' Sync without these options. A prune that a person approved is admitted, with foreground propagation; this asked for '",
					"request.options.?propagationPolicy.orValue('none') + '.'",
				].join(' + '),
			},
		],
	});
}
