/**
 * What the sidecar may do: read what a render needs. No Secret, no write. Its account is the repo-server's, whose token
 * is projected into the sidecar alone: a pod has no other.
 */
import { kindNames, kindOf } from '../catalog/catalog.js';
import type { JsonObject } from '../json.js';

const rbac = 'rbac.authorization.k8s.io';

export interface RbacOptions {
	/** Namespace that Argo CD runs in. */
	readonly namespace: string;
	/** ServiceAccount of the repo-server. */
	readonly serviceAccount: string;
	/** Namespaces that hold databases; every one where there are none. */
	readonly databaseNamespaces: readonly string[];
}

export function rbacObjects({ namespace, serviceAccount, databaseNamespaces }: RbacOptions): JsonObject[] {
	const labels = { 'app.kubernetes.io/part-of': 'kubedb-render' };
	const subjects = [{ kind: 'ServiceAccount', name: serviceAccount, namespace }];
	const clusterRole = (name: string, rules: JsonObject[]) => ({
		apiVersion: `${rbac}/v1`,
		kind: 'ClusterRole',
		metadata: { name, labels },
		rules,
	});
	const binding = (name: string, role: string, kind: 'ClusterRole' | 'Role', within?: string) => ({
		apiVersion: `${rbac}/v1`,
		kind: within === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
		metadata: { name, ...(within === undefined ? {} : { namespace: within }), labels },
		roleRef: { apiGroup: rbac, kind, name: role },
		subjects,
	});
	const [databases, guards] = ['kubedb-render', 'kubedb-render-guards'];
	return [
		clusterRole(databases, databaseRules()),
		...(databaseNamespaces.length === 0
			? [binding(databases, databases, 'ClusterRole')]
			: databaseNamespaces.map((each) => binding(databases, databases, 'ClusterRole', each))),
		clusterRole(guards, [
			{
				apiGroups: ['admissionregistration.k8s.io'],
				resources: ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
				verbs: ['get'],
			},
		]),
		binding(guards, guards, 'ClusterRole'),
		{
			apiVersion: `${rbac}/v1`,
			kind: 'Role',
			metadata: { name: databases, namespace, labels },
			rules: [
				{ apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['get'] },
				{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['argocd-cm'], verbs: ['get'] },
			],
		},
		binding(`${databases}-application`, databases, 'Role', namespace),
	];
}

/** For plan and state, the databases and their OpsRequests. */
function databaseRules(): JsonObject[] {
	const groups: Record<string, string[]> = { 'kubedb.com': [], 'ops.kubedb.com': [] };
	for (const name of kindNames()) {
		const facts = kindOf(name)?.facts;
		if (!facts) continue;
		const group = facts.database.split('/')[0] as string;
		groups[group] = [...(groups[group] ?? []), facts.plural];
		groups['ops.kubedb.com']?.push(facts.opsRequestPlural);
	}
	return [
		{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] },
		...Object.entries(groups).map(([group, resources]) => ({ apiGroups: [group], resources, verbs: ['list'] })),
	];
}
