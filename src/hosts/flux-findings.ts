/** What `doctor flux` finds in an installation: pure, from the objects that it read. */
import { kindNames, kindOf } from '../catalog/catalog.js';
import type { Json, JsonObject } from '../json.js';
import { getAt } from '../render/path.js';
import { bad, type Finding, type Found, good, listAt, textAt } from './findings.js';

/** Where a stage of a database stands in its tree: namespace, `kind-name`, digest, key. */
const stagePath = /^\.\/databases\/([^/]+)\/([^/]+)\/([0-9a-f]{8})\/(\d\d-[a-z]+)$/;

/** Whether a Kustomization is a stage of a database, as `build --layout flux` makes them. */
export function isStage(kustomization: JsonObject): boolean {
	return stagePath.test(textAt(kustomization, ['spec', 'path']));
}

/** Version, arguments and state of kustomize-controller, by its Deployment and the CRD that it serves. */
export function controllerFindings(deployment: Found, crd: Found): Finding[] {
	const check = 'kustomize-controller';
	const findings: Finding[] = [];
	const versions = listAt(crd, ['spec', 'versions']);
	const path = ['schema', 'openAPIV3Schema', 'properties', 'spec', 'properties', 'healthCheckExprs'];
	const update = 'Update Flux to 2.5 or newer.';
	if (versions.some((each) => getAt(each, path) !== undefined))
		findings.push(good('health checks', 'Kustomizations have healthCheckExprs'));
	else findings.push(bad('health checks', 'Kustomizations have no healthCheckExprs: no stage would wait', update));
	const container = listAt(deployment, ['spec', 'template', 'spec', 'containers']).find(
		({ name }) => name === 'manager',
	);
	if (!container)
		return [...findings, bad(check, 'there is no such Deployment', 'Name its namespace with --namespace.')];
	const image = String(container.image);
	const [, major, minor] = /:v?(\d+)\.(\d+)\.\d+/.exec(image) ?? [];
	const isOld = major !== undefined && (Number(major) < 1 || (Number(major) === 1 && Number(minor) < 5));
	if (isOld) findings.push(bad(check, `${image} knows no healthCheckExprs, 1.5 is the first that does`, update));
	else if (Number(getAt(deployment, ['status', 'readyReplicas']) ?? 0) < 1)
		findings.push(bad(check, `is not ready (${image})`, 'See its log: kubectl logs deployment/kustomize-controller.'));
	else findings.push(good(check, `runs (${image})`));
	const wait = argumentOf(container, 'requeue-dependency') ?? '30s';
	const mend = 'Run it with --requeue-dependency=5s: kubedb-render install flux prints the patch.';
	findings.push(
		/^(?:\d|10)s$|^\d+ms$/.test(wait)
			? good('--requeue-dependency', `is ${wait}`)
			: {
					check: '--requeue-dependency',
					status: 'note',
					message: `a stage waits up to ${wait} for the one before`,
					mend,
				},
	);
	return findings;
}

/** Accounts that databases are applied with, as `<namespace>/<name>`, besides the controller's own. */
export function accountsUsed(deployment: Found, stages: readonly JsonObject[]): string[] {
	const [container] = listAt(deployment, ['spec', 'template', 'spec', 'containers']);
	const standard = argumentOf(container, 'default-service-account');
	const names = stages.map((stage) => {
		const name = textAt(stage, ['spec', 'serviceAccountName']) || standard;
		return name ? `${textAt(stage, ['metadata', 'namespace'])}/${name}` : undefined;
	});
	return [...new Set(names)].filter((name) => name !== undefined);
}

/** An OpsRequest of a stage that is not done: its place in Flux's inventory, and its API path. */
export interface OpenRequest {
	readonly id: string;
	readonly path: string;
}

/** The OpsRequests of stages that are not done. */
export function openRequests(all: readonly JsonObject[]): OpenRequest[] {
	const open = all.filter((each) => isStage(each) && readyOf(each).status !== 'True');
	return open.flatMap(inventoryOf).flatMap((id) => {
		const [, namespace, name, kind] = /^([^_]*)_([^_]*)_ops\.kubedb\.com_(\w+)$/.exec(id) ?? [];
		const facts = kindNames()
			.map((each) => kindOf(each)?.facts)
			.find((each) => each?.opsRequest === kind);
		if (!facts) return [];
		return [{ id, path: `/apis/ops.kubedb.com/v1alpha1/namespaces/${namespace}/${facts.opsRequestPlural}/${name}` }];
	});
}

/**
 * Every Kustomization that has to do with databases: the stages database by database, and what makes them. `reasons` has
 * what KubeDB says of operations that failed, by their place in the inventory.
 */
export function kustomizationFindings(
	all: readonly JsonObject[],
	reasons: ReadonlyMap<string, string> = new Map(),
): Finding[] {
	const stages = all.filter(isStage);
	const makers = new Set(
		stages.map((stage) =>
			['namespace', 'name']
				.map((key) => textAt(stage, ['metadata', 'labels', `kustomize.toolkit.fluxcd.io/${key}`]))
				.join('/'),
		),
	);
	const others = all.filter((each) => makers.has(nameOf(each)) || appliesGitops(each));
	const databases = new Map<string, JsonObject[]>();
	for (const stage of stages) {
		const [, namespace, name] = stagePath.exec(textAt(stage, ['spec', 'path'])) as RegExpExecArray;
		const key = `${namespace}/${name}`;
		databases.set(key, [...(databases.get(key) ?? []), stage]);
	}
	const isForced = [...stages, ...others].filter((each) => getAt(each, ['spec', 'force']) === true);
	return [
		...isForced.map((each) =>
			bad(`Kustomization ${nameOf(each)}`, 'has force: Flux deletes what a webhook refuses', 'Remove spec.force.'),
		),
		...others.flatMap(otherFindings),
		...[...databases].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, own]) => databaseFinding(key, own, reasons)),
	];
}

function otherFindings(each: JsonObject): Finding[] {
	const check = `Kustomization ${nameOf(each)}`;
	if (appliesGitops(each))
		return [
			bad(
				check,
				'applies gitops.kubedb.com resources as they are: nothing renders them',
				'Point it to the published tree; Flux runs no functions of a kustomization.',
			),
		];
	const { status, reason, message } = readyOf(each);
	if (status !== 'False') return [good(check, status === 'True' ? 'is ready' : 'is at work')];
	return [bad(check, `${reason}: ${message}`, 'Mend what it says: until then no newer tree reaches the databases.')];
}

/** The earliest stage that is not done says why; the ones after it only wait. */
function databaseFinding(key: string, all: readonly JsonObject[], reasons: ReadonlyMap<string, string>): Finding {
	const keyOf = (stage: JsonObject) => textAt(stage, ['spec', 'path']).split('/').at(-1) as string;
	const digestOf = (stage: JsonObject) => textAt(stage, ['spec', 'path']).split('/').at(-2);
	// The last stage keeps its name from plan to plan; what has another digest is about to be pruned.
	const digest = digestOf(all.find((stage) => keyOf(stage) === '90-state') ?? (all[0] as JsonObject));
	const stages = all.filter((stage) => digestOf(stage) === digest).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
	const check = `database ${key}`;
	const stuck = stages.find((stage) => readyOf(stage).status !== 'True' || getAt(stage, ['spec', 'suspend']) === true);
	if (!stuck) return good(check, `plan ${digest} is done`);
	const { status, reason, message } = readyOf(stuck);
	const stage = keyOf(stuck);
	if (getAt(stuck, ['spec', 'suspend']) === true)
		return bad(check, `stage ${stage} is suspended`, `flux resume kustomization ${nameOf(stuck).split('/').at(-1)}`);
	const failed = inventoryOf(stuck).find((id) => reasons.has(id));
	const retry = 'Take the change back, or set kubedb-render/retry.OPERATION to a new value, and publish.';
	// Flux asks again and again, and says in between that it is at work.
	if (failed) return bad(check, `stage ${stage}: ${reasons.get(failed)}`, retry.replace('OPERATION', stage.slice(3)));
	const said = message ? `${reason}: ${message}` : 'has not begun';
	// An operation may take longer than one health check. What a gate looks for is there, or will not come.
	const isSlow = /timeout waiting for/.test(message) && !stage.startsWith('00-');
	if (status !== 'False' || reason === 'DependencyNotReady' || isSlow)
		return { check, status: 'note', message: `stage ${stage}: ${said}` };
	const mend = mends.find(([stages, messages]) => stages.test(stage) && messages.test(said))?.[2] as string;
	return bad(check, `stage ${stage}: ${said}`, mend);
}

const again =
	'Render from the last published tree (--published) and the state of the cluster (--state cluster), and publish.';

/** The first that fits stage and message. */
const mends: readonly (readonly [RegExp, RegExp, string])[] = [
	[/./, /^(?:BuildFailed|ArtifactFailed|PruneFailed)/, 'Publish a whole tree, as build --layout flux wrote it.'],
	[/^00-|^01-/, /./, again],
	[/-volumeexpansion$/, /not larger/, 'Render with --state cluster, which sees the volume, or ask for a larger one.'],
	[/^50-/, /Forbidden/, again],
	[/./, /./, 'Mend what it says; Flux tries again by itself.'],
];

function readyOf(kustomization: JsonObject): { status: string; reason: string; message: string } {
	const ready = listAt(kustomization, ['status', 'conditions']).find(({ type }) => type === 'Ready');
	const [status, reason, message] = ['status', 'reason', 'message'].map((key) => textAt(ready, [key]));
	const isCurrent =
		getAt(kustomization, ['status', 'observedGeneration']) === getAt(kustomization, ['metadata', 'generation']);
	return {
		status: isCurrent ? (status ?? '') : '',
		reason: reason ?? '',
		message: (message ?? '').trim().slice(0, 400),
	};
}

function appliesGitops(kustomization: JsonObject): boolean {
	return inventoryOf(kustomization).some((id) => id.includes('_gitops.kubedb.com_'));
}

/** What a Kustomization has applied, each as `<namespace>_<name>_<group>_<kind>`. */
function inventoryOf(kustomization: JsonObject): string[] {
	return listAt(kustomization, ['status', 'inventory', 'entries']).map(({ id }) => String(id));
}

function nameOf(object: JsonObject): string {
	return ['namespace', 'name'].map((key) => textAt(object, ['metadata', key])).join('/');
}

function argumentOf(container: Json | undefined, name: string): string | undefined {
	const given = getAt(container, ['args']);
	const prefix = `--${name}=`;
	const found = Array.isArray(given) ? given.map(String).find((each) => each.startsWith(prefix)) : undefined;
	return found?.slice(prefix.length);
}
