/** What `doctor` reads of an installation in Argo CD. */
import {
	applicationFindings,
	diffFindings,
	type Finding,
	healthFindings,
	kubedbFindings,
	rbacFindings,
	sidecarFindings,
} from '../hosts/findings.js';
import { guardFindings } from '../hosts/guard-findings.js';
import { accountsOf, clusterObjects } from '../hosts/install-argocd.js';
import type { JsonObject } from '../json.js';
import type { Get } from '../memory/api.js';
import { refuse } from '../problems.js';
import { getAt } from '../render/path.js';
import { version } from '../version.js';
import type { DoctorOptions } from './doctor.js';
import { itemsOf, readAll, servedKinds, unrendered } from './doctor-cluster.js';

export async function argocdFindings(get: Get, { namespace, controllers }: DoctorOptions): Promise<Finding[]> {
	const own = `/api/v1/namespaces/${namespace}`;
	const [cm, params, deployment, pods, applications, served, gitops] = await Promise.all([
		get(`${own}/configmaps/argocd-cm`),
		get(`${own}/configmaps/argocd-cmd-params-cm`),
		get(`/apis/apps/v1/namespaces/${namespace}/deployments/argocd-repo-server`),
		get(`${own}/pods?labelSelector=app.kubernetes.io%2Fname%3Dargocd-repo-server`),
		get('/apis/argoproj.io/v1alpha1/applications'),
		servedKinds(get),
		unrendered(get),
	]);
	if (!cm || !applications)
		return refuse(
			'no-argocd',
			`there is no Argo CD in the namespace ${namespace}`,
			'Name its namespace with --namespace.',
		);
	const all = itemsOf(applications);
	const used = all.filter((each) => usesPlugin(each));
	const targets = [...new Set(used.map((each) => String(getAt(each, ['spec', 'destination', 'namespace']) ?? '')))];
	const clusterWide = await get('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/kubedb-render');
	const wanted = clusterObjects({
		image: '',
		environment: {},
		namespace,
		controllers,
		databaseNamespaces: clusterWide ? [] : targets.filter(Boolean),
		withGuards: true,
	});
	const read = await readAll(get, wanted);
	const diff = diffFindings(params);
	const diffIsServerSide = diff.every(({ status }) => status === 'good');
	return [
		...kubedbFindings(served),
		...sidecarFindings(deployment, itemsOf(pods), version),
		...healthFindings(cm),
		...diff,
		...guardFindings(wanted, read, accountsOf({ namespace, controllers })),
		...rbacFindings(wanted, read),
		...all.flatMap((each) => applicationFindings(each, diffIsServerSide)),
		...gitops,
	];
}

function usesPlugin(application: JsonObject): boolean {
	return JSON.stringify(getAt(application, ['spec']) ?? {}, (_, value) =>
		typeof value === 'bigint' ? Number(value) : value,
	).includes('"name":"kubedb-render"');
}
