/** What `doctor flux` reads of an installation. */
import { type Finding, kubedbFindings } from '../hosts/findings.js';
import {
	accountsUsed,
	controllerFindings,
	isStage,
	kustomizationFindings,
	type OpenRequest,
	openRequests,
} from '../hosts/flux-findings.js';
import { guardFindings } from '../hosts/guard-findings.js';
import { guards } from '../hosts/guards.js';
import { accountsOf } from '../hosts/install-argocd.js';
import type { Get } from '../memory/api.js';
import { refuse } from '../problems.js';
import { messageOf, statusOf } from '../render/live.js';
import { getAt } from '../render/path.js';
import type { DoctorOptions } from './doctor.js';
import { itemsOf, readAll, servedKinds, unrendered } from './doctor-cluster.js';

const group = 'kustomize.toolkit.fluxcd.io';

export async function fluxFindings(get: Get, { namespace, controllers }: DoctorOptions): Promise<Finding[]> {
	const [deployment, crd, list, served, gitops] = await Promise.all([
		get(`/apis/apps/v1/namespaces/${namespace}/deployments/kustomize-controller`),
		get(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/kustomizations.${group}`),
		get(`/apis/${group}/v1/kustomizations`),
		servedKinds(get),
		unrendered(get),
	]);
	if (!crd || !list)
		return refuse('no-flux', 'there is no Flux in this cluster', 'Install Flux, or name the cluster with --context.');
	const kustomizations = itemsOf(list);
	const used = accountsUsed(deployment, kustomizations.filter(isStage));
	const accounts = accountsOf({ namespace, controllers: [...controllers, ...used] });
	const wanted = guards(accounts);
	const [read, reasons] = await Promise.all([readAll(get, wanted), reasonsOf(get, openRequests(kustomizations))]);
	return [
		...kubedbFindings(served),
		...controllerFindings(deployment, crd),
		...guardFindings(wanted, read, accounts),
		...kustomizationFindings(kustomizations, reasons),
		...gitops,
	];
}

/** What KubeDB says of the operations that failed among those that are not done. */
async function reasonsOf(get: Get, requests: readonly OpenRequest[]): Promise<Map<string, string>> {
	const reasons = new Map<string, string>();
	await Promise.all(
		requests.map(async ({ id, path }) => {
			const request = await get(path);
			const phase = String(getAt(request, ['status', 'phase']) ?? '');
			if (!request || !['failed', 'skipped'].includes(statusOf(phase))) return;
			reasons.set(id, `${String(getAt(request, ['metadata', 'name']))} is ${phase}: ${messageOf(request, phase)}`);
		}),
	);
	return reasons;
}
