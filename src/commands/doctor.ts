/** `doctor`: checks an installation in Argo CD through the user's own kubectl, and says how to mend what is wrong. */
import {
	applicationFindings,
	diffFindings,
	type Finding,
	type Found,
	guardFindings,
	healthFindings,
	kubedbFindings,
	rbacFindings,
	sidecarFindings,
} from '../hosts/findings.js';
import { clusterObjects } from '../hosts/install-argocd.js';
import { isObject, type JsonObject } from '../json.js';
import { connect } from '../memory/api.js';
import { coloured } from '../output/paint.js';
import { refuse } from '../problems.js';
import { getAt } from '../render/path.js';
import type { Settings } from '../settings.js';
import { version } from '../version.js';
import type { Result } from './build.js';
import type { World } from './load.js';

export interface DoctorOptions {
	/** Namespace of Argo CD. */
	readonly namespace: string;
	readonly controllers: readonly string[];
	readonly output: 'text' | 'json';
	readonly color: boolean;
}

/** Exit code 1 where something is bad. */
export async function doctor(options: DoctorOptions, settings: Settings, world: World): Promise<Result> {
	const get = connect({
		kubeconfig: settings.kubeconfig,
		context: settings.context,
		serviceAccount: settings['service-account'] as string,
		environment: world.environment,
		timeoutSeconds: Number(settings['request-timeout']),
	});
	const { namespace, controllers } = options;
	const own = `/api/v1/namespaces/${namespace}`;
	const [cm, params, deployment, pods, applications, v1, v1alpha2] = await Promise.all([
		get(`${own}/configmaps/argocd-cm`),
		get(`${own}/configmaps/argocd-cmd-params-cm`),
		get(`/apis/apps/v1/namespaces/${namespace}/deployments/argocd-repo-server`),
		get(`${own}/pods?labelSelector=app.kubernetes.io%2Fname%3Dargocd-repo-server`),
		get('/apis/argoproj.io/v1alpha1/applications'),
		get('/apis/kubedb.com/v1'),
		get('/apis/kubedb.com/v1alpha2'),
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
	// One list each: kubectl takes its time for every call.
	const found = new Map<string, Found>();
	const lists = [...new Set(wanted.map((object) => pathOf(object).replace(/\/[^/]+$/, '')))];
	await Promise.all(
		lists.map(async (path) => {
			for (const item of itemsOf(await get(path)))
				found.set(`${path}/${String(getAt(item, ['metadata', 'name']))}`, item);
		}),
	);
	const read = (object: JsonObject) => found.get(pathOf(object));
	const served = [v1, v1alpha2].flatMap((list) =>
		isObject(list) && Array.isArray(list.resources) ? list.resources : [],
	);
	const diff = diffFindings(params);
	const diffIsServerSide = diff.every(({ status }) => status === 'good');
	const findings = [
		...kubedbFindings(new Set(served.map((each) => String(getAt(each, ['name']))))),
		...sidecarFindings(deployment, itemsOf(pods), version),
		...healthFindings(cm),
		...diff,
		...guardFindings(wanted, read),
		...rbacFindings(wanted, read),
		...all.flatMap((each) => applicationFindings(each, diffIsServerSide)),
	];
	const isBad = findings.some(({ status }) => status === 'bad');
	const stdout =
		options.output === 'json'
			? `${JSON.stringify({ findings }, undefined, 2)}\n`
			: asText(findings, options.color ? coloured : undefined);
	return { stdout, warnings: [], exitCode: isBad ? 1 : 0 };
}

function usesPlugin(application: JsonObject): boolean {
	return JSON.stringify(getAt(application, ['spec']) ?? {}, (_, value) =>
		typeof value === 'bigint' ? Number(value) : value,
	).includes('"name":"kubedb-render"');
}

function itemsOf(list: Found): JsonObject[] {
	return isObject(list) && Array.isArray(list.items) ? list.items.filter(isObject) : [];
}

function pathOf(object: JsonObject): string {
	const { name, namespace } = object.metadata as { name: string; namespace?: string };
	const plural = `${String(object.kind).toLowerCase().replace(/y$/, 'ie')}s`;
	return `/apis/${String(object.apiVersion)}${namespace ? `/namespaces/${namespace}` : ''}/${plural}/${name}`;
}

function asText(findings: readonly Finding[], paint: typeof coloured | undefined): string {
	const marks = { good: ['ok', 'green'], bad: ['BAD', 'red'], note: ['note', 'yellow'] } as const;
	const lines = findings.map(({ check, status, message, mend }) => {
		const [word, colour] = marks[status];
		const mark = paint ? paint(colour, word.padEnd(4)) : word.padEnd(4);
		return `${mark}  ${check}: ${message}${mend && status !== 'good' ? `\n        ${mend}` : ''}`;
	});
	const count = (status: Finding['status']) => findings.filter((each) => each.status === status).length;
	return `${lines.join('\n')}\n${count('good')} good, ${count('note')} to note, ${count('bad')} bad.\n`;
}
