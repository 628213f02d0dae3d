/** Inside Argo CD: which cluster is read, what may be read of it, and whether operations would be carried out in order. */
import { type Kind, kindOf } from '../catalog/catalog.js';
import { chainName } from '../hosts/chain.js';
import { fenceName } from '../hosts/fence.js';
import { refuse } from '../problems.js';
import { getAt } from '../render/path.js';
import type { Memory } from '../render/situation.js';
import type { Settings } from '../settings.js';
import { connect, type Get, viaToken } from './api.js';
import { destinationOf } from './application.js';
import { type ApplicationName, readCluster } from './cluster.js';
import { accessTo } from './kubeconfig.js';
import type { Identity } from './memory.js';

export interface ReadInArgoCD {
	readonly memoryOf: (id: Identity) => Memory;
	/** Refuses operations where nothing would make Argo CD wait for them. */
	checkOperations(kinds: readonly string[]): Promise<void>;
}

/** Reads the memory of databases from the cluster that their Application goes to. */
export async function readInArgoCD(
	databases: readonly { readonly id: Identity; readonly kind: Kind }[],
	application: ApplicationName,
	settings: Settings,
	environment: NodeJS.ProcessEnv,
): Promise<ReadInArgoCD> {
	const allowed = (settings.allow ?? '').split(',').map((each) => each.trim());
	if (!allowed.includes('other-namespaces')) refuseOthers(databases, environment.ARGOCD_APP_NAMESPACE ?? '');
	const timeoutSeconds = Number(settings['request-timeout']);
	const home = connect({ serviceAccount: settings['service-account'] as string, environment, timeoutSeconds });
	// Most Applications go to the cluster that they live in: it is read at once, and what it says counts if that is so.
	const reading = readCluster(databases, home, application);
	reading.catch(() => {});
	const others = await destinationOf(home, application);
	const there = others ? viaToken(accessTo(others, settings.kubeconfig), timeoutSeconds) : home;
	// Applications may live in other namespaces than Argo CD itself.
	const ownNamespace = environment.KUBEDB_RENDER_ARGOCD_NAMESPACE || application.namespace;
	const both: Get = (path) => (path.startsWith('/apis/argoproj.io/') ? home(path) : there(path));
	return {
		memoryOf: await (others ? readCluster(databases, both, application) : reading),
		async checkOperations(kinds) {
			if (kinds.length > 0 && !allowed.includes('no-guards')) await checkInstallation(kinds, home, there, ownNamespace);
		},
	};
}

/** Whoever may write an Application must not see databases of others by naming them. */
function refuseOthers(databases: readonly { readonly id: Identity }[], destination: string): void {
	const other = databases.find(({ id }) => id.namespace !== destination);
	if (!other) return;
	const { kind, namespace, name } = other.id;
	refuse(
		'other-namespace',
		`${kind} ${namespace}/${name} is not in the Application's destination namespace, ${destination || 'which it has not set'}`,
		'Set spec.destination.namespace of the Application to the namespace of its databases. Who runs Argo CD may lift this with KUBEDB_RENDER_ALLOW=other-namespaces on the plugin.',
	);
}

async function checkInstallation(kinds: readonly string[], home: Get, there: Get, ownNamespace: string): Promise<void> {
	const admission = '/apis/admissionregistration.k8s.io/v1';
	const policies = [chainName, ...kinds.map((name) => fenceName(kindOf(name) as Kind))];
	const paths = policies.flatMap((name) => [
		`${admission}/validatingadmissionpolicies/${name}`,
		`${admission}/validatingadmissionpolicybindings/${name}`,
	]);
	const [settings, ...guards] = await Promise.all([
		home(`/api/v1/namespaces/${ownNamespace}/configmaps/argocd-cm`),
		...paths.map((path) => there(path)),
	]);
	const missing = paths.filter((_, i) => !guards[i]).map((path) => path.split('/').slice(-2).join(' '));
	const data = getAt(settings, ['data']);
	for (const kind of kinds) {
		const { opsRequest, database } = (kindOf(kind) as Kind).facts;
		if (!hasHealth(data, 'ops.kubedb.com', opsRequest))
			missing.push(`the health rule for ops.kubedb.com/${opsRequest}`);
		if (!hasHealth(data, database.split('/')[0] as string, kind))
			missing.push(`the health rule for kubedb.com/${kind}`);
	}
	if (missing.length > 0)
		refuse(
			'not-installed',
			`there are operations to be carried out, but the cluster lacks ${[...new Set(missing)].join(', ')}`,
			'Without them Argo CD would not wait for an operation, or would change the database directly. Apply what kubedb-render install argocd prints. KUBEDB_RENDER_ALLOW=no-guards on the plugin lifts this.',
		);
}

function hasHealth(data: unknown, group: string, kind: string): boolean {
	const text = (key: string) => String(getAt(data as never, [key]) ?? '');
	if (text(`resource.customizations.health.${group}_${kind}`) !== '') return true;
	const lines = text('resource.customizations').split('\n');
	const at = lines.findIndex((line) =>
		[`${group}/*:`, `${group}/${kind}:`].includes(line.replace(/["']/g, '').trimEnd()),
	);
	const after = lines.slice(at + 1);
	const end = after.findIndex((line) => /^\S/.test(line) && !line.startsWith('#'));
	return at >= 0 && after.slice(0, end < 0 ? undefined : end).some((line) => line.trim().startsWith('health.lua:'));
}
