/** What `doctor` finds in an installation: pure, from the objects that it read. */
import { kindNames, kindOf } from '../catalog/catalog.js';
import { canonicalJson, isObject, type Json, type JsonObject } from '../json.js';
import { getAt, type Path } from '../render/path.js';
import { databaseHealth, opsRequestHealth } from './health.js';

export interface Finding {
	readonly check: string;
	/** `bad` stops or endangers changes, `note` is worth knowing. */
	readonly status: 'good' | 'bad' | 'note';
	readonly message: string;
	readonly mend?: string;
}

/** An object that was asked for; undefined where it is not there. */
export type Found = JsonObject | undefined;

const again = 'Apply what kubedb-render install argocd prints.';

export function good(check: string, message: string): Finding {
	return { check, status: 'good', message };
}

export function bad(check: string, message: string, mend: string): Finding {
	return { check, status: 'bad', message, mend };
}

/** Health rules in argocd-cm. */
export function healthFindings(argocdCm: Found): Finding[] {
	const text = textAt(argocdCm, ['data', 'resource.customizations']);
	return [
		['ops.kubedb.com', opsRequestHealth()],
		['kubedb.com', databaseHealth()],
	].map(([group, lua = '']) => {
		const check = `health rule for ${group}/*`;
		if (!text.split('\n').some((line) => line.replace(/["']/g, '').startsWith(`${group}/*:`)))
			return bad(check, 'argocd-cm has none, so no sync would wait for an operation', again);
		const isOurs = text.replace(/^\s+/gm, '').includes(lua.replace(/^\s+/gm, ''));
		if (isOurs) return good(check, 'is there and ours');
		return { check, status: 'note', message: 'is there, but not the one of this version', mend: again };
	});
}

/** Server-side diff for all Applications. */
export function diffFindings(params: Found): Finding[] {
	const check = 'server-side diff';
	if (textAt(params, ['data', 'controller.diff.server.side']) === 'true')
		return [good(check, 'is on for all Applications')];
	const message = 'is not on for all Applications: databases of those without it are OutOfSync for ever';
	return [
		{
			check,
			status: 'note',
			message,
			mend: `${again} Or annotate each Application with argocd.argoproj.io/compare-options: ServerSideDiff=true.`,
		},
	];
}

/** The repo-server and its sidecar. */
export function sidecarFindings(deployment: Found, pods: readonly JsonObject[], version: string): Finding[] {
	const containers = listAt(deployment, ['spec', 'template', 'spec', 'containers']);
	const sidecar = containers.find(({ name }) => name === 'kubedb-render');
	if (!sidecar)
		return [
			bad(
				'sidecar',
				deployment ? 'the repo-server has no container kubedb-render' : 'there is no Deployment argocd-repo-server',
				again,
			),
		];
	const findings: Finding[] = [];
	const image = String(sidecar.image);
	const states = pods.flatMap((pod) =>
		listAt(pod, ['status', 'containerStatuses']).filter(({ name }) => name === 'kubedb-render'),
	);
	const waiting = states.find(({ ready }) => ready !== true);
	if (states.length === 0)
		findings.push(
			bad(
				'sidecar',
				`no pod of the repo-server runs it (${image})`,
				'kubectl -n argocd rollout status deployment argocd-repo-server',
			),
		);
	else if (waiting)
		findings.push(
			bad(
				'sidecar',
				`is not ready (${image}): ${textAt(waiting, ['state', 'waiting', 'reason']) || 'see its log'}`,
				'kubectl -n argocd logs deployment/argocd-repo-server -c kubedb-render',
			),
		);
	else findings.push(good('sidecar', `runs (${image})`));
	const tag = image.split(':').at(-1) ?? '';
	if (/^v?\d+\.\d+\.\d+$/.test(tag) && tag.replace('v', '') !== version)
		findings.push({
			check: 'version',
			status: 'note',
			message: `the sidecar is of version ${tag}, this program of ${version}`,
		});
	const own = containers.find(({ name }) => name === 'argocd-repo-server');
	const pause = listAt(own, ['env']).find(({ name }) => name === 'ARGOCD_PAUSE_GEN_AFTER_FAILED_ATTEMPTS');
	const check = 'errors are not cached';
	if (pause?.value === '0') findings.push(good(check, 'each refresh runs the plugin again'));
	else
		findings.push(
			bad(
				check,
				'after three errors the repo-server shows the error for an hour without running the plugin',
				`${again} It sets ARGOCD_PAUSE_GEN_AFTER_FAILED_ATTEMPTS=0 on the repo-server.`,
			),
		);
	return findings;
}

/** ClusterRole and bindings for the namespaces that Applications with the plugin go to. */
export function rbacFindings(wanted: readonly JsonObject[], read: (object: JsonObject) => Found): Finding[] {
	return wanted
		.filter(({ kind }) => /Role/.test(String(kind)))
		.map((object) => {
			const within = textAt(object, ['metadata', 'namespace']);
			const check = `${String(object.kind)} ${within ? `${within}/` : ''}${textAt(object, ['metadata', 'name'])}`;
			const there = read(object);
			if (!there) return bad(check, 'is missing: the plugin cannot read what it needs', again);
			const parts = ['rules', 'roleRef', 'subjects'].filter((part) => object[part] !== undefined);
			const same = parts.every(
				(part) => canonicalJson(withoutGroups(there[part])) === canonicalJson(withoutGroups(object[part])),
			);
			return same ? good(check, 'is ours') : bad(check, 'is not as this version needs it', again);
		});
}

/** The API server fills in empty groups of subjects. */
function withoutGroups(value: Json | undefined): Json {
	return JSON.parse(JSON.stringify(value ?? null).replaceAll('"apiGroup":"",', ''));
}

/** Sync options that break the order of operations, by what is wrong with them. */
const options: readonly [RegExp, string][] = [
	[/^ApplyOutOfSyncOnly=true$/, 'does not wait for an operation that is under way'],
	[/^Replace=true$/, 'takes away what KubeDB wrote: the fence refuses it'],
	[/^Force=true$/, 'deletes and creates anew what cannot be changed'],
	[/^RespectIgnoreDifferences=true$/, 'writes back old values of managed fields'],
	[/^PrunePropagationPolicy=(?:background|orphan)$/, 'is refused for databases: prune in the foreground'],
];

/** One Application that uses the plugin, or should. */
export function applicationFindings(application: JsonObject, diffIsServerSide: boolean): Finding[] {
	const [namespace, name] = ['namespace', 'name'].map((key) => textAt(application, ['metadata', key]));
	const check = `Application ${namespace}/${name}`;
	const sources = [getAt(application, ['spec', 'source']), ...listAt(application, ['spec', 'sources'])].filter(
		isObject,
	);
	const usesPlugin = sources.some((source) => textAt(source, ['plugin', 'name']) === 'kubedb-render');
	const resources = listAt(application, ['status', 'resources']);
	if (!usesPlugin) {
		if (!resources.some(({ group }) => group === 'gitops.kubedb.com')) return [];
		return [
			bad(check, 'applies gitops.kubedb.com resources as they are', 'Set spec.source.plugin.name: kubedb-render.'),
		];
	}
	const findings: Finding[] = [];
	if (isObject(getAt(application, ['spec', 'sourceHydrator'])))
		findings.push(bad(check, 'uses the Source Hydrator, which would freeze a plan in git', 'Use spec.source.'));
	for (const option of listOfText(application, ['spec', 'syncPolicy', 'syncOptions']))
		for (const [pattern, why] of options)
			if (pattern.test(option))
				findings.push(bad(check, `the sync option ${option} ${why}`, 'Remove it from spec.syncPolicy.syncOptions.'));
	const compare = textAt(application, ['metadata', 'annotations', 'argocd.argoproj.io/compare-options']);
	if (!diffIsServerSide && !compare.includes('ServerSideDiff=true'))
		findings.push(
			bad(
				check,
				'has no server-side diff',
				'Annotate it with argocd.argoproj.io/compare-options: ServerSideDiff=true.',
			),
		);
	for (const { type, message } of listAt(application, ['status', 'conditions']))
		if (/Error$/.test(String(type)))
			findings.push(
				bad(check, `${String(type)}: ${shortened(String(message))}`, 'Mend what it says, then hard-refresh.'),
			);
	findings.push(...operationFindings(check, application));
	if (!findings.some(({ status }) => status === 'bad'))
		findings.push(
			good(
				check,
				`${textAt(application, ['status', 'sync', 'status'])}, ${textAt(application, ['status', 'health', 'status'])}`,
			),
		);
	return findings;
}

/** Why the last operation failed: Argo CD's own message does not say. */
function operationFindings(check: string, application: JsonObject): Finding[] {
	const state = getAt(application, ['status', 'operationState']);
	const phase = textAt(state, ['phase']);
	if (phase !== 'Failed' && phase !== 'Error') return [];
	const results = listAt(state, ['syncResult', 'resources']);
	const failed = results.filter(({ hookPhase, status }) => hookPhase === 'Failed' || status === 'SyncFailed');
	const reasons = failed.map(
		({ kind, name, message }) => `${String(kind)} ${String(name)}: ${shortened(String(message))}`,
	);
	const isOperation = failed.some(({ kind }) => String(kind).endsWith('OpsRequest'));
	const mend = isOperation
		? 'Raise the annotation kubedb-render/retry on the gitops resource or revert the commit, then sync.'
		: 'Hard-refresh the Application and sync again: what was refused was rendered from an older state.';
	return [bad(check, `its last sync failed: ${reasons.join('; ') || textAt(state, ['message'])}`, mend)];
}

/** Kinds of databases whose API the cluster serves, by plural. */
export function kubedbFindings(served: ReadonlySet<string>): Finding[] {
	const plurals = kindNames().map((name) => kindOf(name)?.facts.plural ?? '');
	const missing = plurals.filter((plural) => !served.has(plural));
	if (missing.length === plurals.length)
		return [bad('KubeDB', 'is not installed in this cluster', 'Install KubeDB first.')];
	return [good('KubeDB', `serves ${plurals.length - missing.length} of ${plurals.length} kinds`)];
}

function shortened(text: string): string {
	const error = /failed exit status 1: (.*)/s.exec(text)?.[1] ?? text;
	return error.split('\n')[0]?.slice(0, 300) ?? '';
}

/** The text at a path, empty where there is none. */
export function textAt(object: Json | undefined, path: Path): string {
	const value = getAt(object, path);
	return typeof value === 'string' ? value : '';
}

/** The objects of the list at a path, none where there is no list. */
export function listAt(object: Json | undefined, path: Path): JsonObject[] {
	const value = getAt(object, path);
	return Array.isArray(value) ? value.filter(isObject) : [];
}

function listOfText(object: Json | undefined, path: Path): string[] {
	const value = getAt(object, path);
	return Array.isArray(value) ? value.map(String) : [];
}
