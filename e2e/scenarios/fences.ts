/** The fences of all kinds, over databases of every topology, on an API server of their own: the CRDs of all kinds are large. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Kind, kindNames, kindOf } from '../../src/catalog/catalog.js';
import { type JsonObject, toJson } from '../../src/json.js';
import { setAt } from '../../src/render/path.js';
import { changedManagedLeaves } from '../../test/simulator/fence.js';
import { ApiError, type Client, client } from '../cluster/client.js';
import { bundle } from '../cluster/install.js';
import { type Kubernetes, startKubernetes } from '../cluster/kubernetes.js';
import { inTurns, run, sleep } from '../cluster/process.js';
import { type Pair, pairsOf } from '../pairs.js';
import { story } from '../story.js';
import { applyCrds, type World } from '../world.js';

const namespace = 'demo';
const controller = { namespace: 'argocd', name: 'argocd-application-controller' };
const operator = { namespace: 'kubedb', name: 'kubedb-ops-manager' };

story(
	"fence: a change of every managed field of every kind is refused to Argo CD's account and admitted to KubeDB's",
	async (_, world) => {
		const kinds = kindNames().map((name) => kindOf(name) as Kind);
		const kubernetes = await fenced(world, kinds);
		const accounts = {
			admin: kubernetes.admin,
			argocd: await accountOf(kubernetes, controller),
			operator: await accountOf(kubernetes, operator),
		};
		const wrong: string[] = [];
		let tried = 0;
		await inTurns(kinds, 4, async (kind) => {
			const pairs = pairsOf(kind);
			wrong.push(...(await tryPairs(kind, pairs, accounts)));
			tried += pairs.length;
		});
		// Others need the memory.
		await kubernetes.apiServer.stop();
		console.log(`        ${tried} changes of ${kinds.length} kinds were tried, ${wrong.length} wrong`);
		assert.equal(wrong.map((line) => `\n\t${line.slice(0, 600)}`).join(''), '');
		assert.ok(tried > 900, `${tried} changes are too few`);
	},
	{ ends: 'open', mayChange: true, real: true },
);

/** An API server with the CRDs of databases, the two accounts, and the guards as `install argocd` prints them. */
async function fenced(world: World, kinds: readonly Kind[]): Promise<Kubernetes> {
	const folder = join(world.folder, 'f');
	const logs = join(folder, 'logs');
	mkdirSync(logs, { recursive: true });
	const kubernetes = await startKubernetes(world.binaries, folder, logs);
	const { admin, kubeconfig } = kubernetes;
	await applyCrds(
		kubernetes,
		world.crds,
		kinds.map(({ facts }) => facts),
		['kubedb.com'],
	);
	for (const name of [namespace, controller.namespace, operator.namespace])
		await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
	for (const { namespace, name } of [controller, operator]) {
		await admin.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
			apiVersion: 'v1',
			kind: 'ServiceAccount',
			metadata: { name },
		});
		await admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
			apiVersion: 'rbac.authorization.k8s.io/v1',
			kind: 'ClusterRoleBinding',
			metadata: { name },
			roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
			subjects: [{ kind: 'ServiceAccount', name, namespace }],
		});
	}
	const account = `${controller.namespace}/${controller.name}`;
	const flags = ['--form', 'destination', '--all-namespaces', '--controller-service-account', account];
	const input = await run([process.execPath, bundle, 'install', 'argocd', ...flags]);
	const apply = ['apply', '--server-side', '--field-manager=kubedb-render', '-f', '-'];
	await run([world.binaries.kubectl as string, `--kubeconfig=${kubeconfig}`, ...apply], { input });
	await sleep(2500);
	return kubernetes;
}

async function accountOf(kubernetes: Kubernetes, { namespace, name }: typeof operator): Promise<Client> {
	return client(kubernetes.endpoint, await kubernetes.tokenOf(namespace, name), name);
}

interface Accounts {
	readonly admin: Client;
	readonly argocd: Client;
	readonly operator: Client;
}

/** What is not as it should be, a line each. */
async function tryPairs({ facts }: Kind, pairs: readonly Pair[], accounts: Accounts): Promise<string[]> {
	const folder = `/apis/${facts.database}/namespaces/${namespace}/${facts.plural}`;
	const path = `${folder}/db`;
	const wrong: string[] = [];
	let stored: JsonObject | undefined;
	/** A write of another spec, with annotations; a field that the CRD does not know is an error. */
	const write = async (by: Client, { spec }: JsonObject, annotations: JsonObject = {}) => {
		const next = { ...(stored as JsonObject), spec: structuredClone(spec ?? {}) };
		setAt(next, ['metadata', 'annotations'], annotations);
		stored = await by.replace(`${path}?fieldValidation=Strict`, next);
		return stored;
	};
	const attempt = async (by: Client, object: JsonObject, annotations?: JsonObject) => {
		try {
			await write(by, object, annotations);
			return 'admitted';
		} catch (error) {
			if (error instanceof ApiError && error.status === 403) return error.message;
			throw error;
		}
	};
	for (const pair of pairs) {
		const expect = (what: string, isRight: boolean, answer: string) => {
			if (!isRight) wrong.push(`${facts.kind} ${pair.what}: ${what}: ${answer}`);
		};
		try {
			if (!stored) {
				await accounts.admin.create(`${folder}?fieldValidation=Strict`, pair.before);
				stored = await accounts.admin.patch(`${path}/status`, { status: { phase: 'Ready' } });
			}
			const before = structuredClone(await write(accounts.admin, pair.before));
			// What would be stored: the CRDs have defaults.
			const spec = structuredClone(pair.after.spec ?? {});
			const after = await accounts.admin.replace(`${path}?fieldValidation=Strict&dryRun=All`, { ...before, spec });
			if (toJson(after.spec ?? {}) === toJson(before.spec ?? {})) throw new Error('it changes nothing');
			const isManaged = (annotations: JsonObject) => {
				setAt(after, ['metadata', 'annotations'], annotations);
				return changedManagedLeaves(before, after).length > 0;
			};
			const same = await attempt(accounts.argocd, before);
			expect('no change is admitted', same === 'admitted', same);
			// A change that several rows claim is one that the fence lets pass if each of them does.
			const isFenced = pair.isOpen !== undefined || isManaged({});
			const answer = await attempt(accounts.argocd, pair.after);
			const isRefusal = answer.includes(`kubedb-render: ${facts.kind} `) && answer.includes('Hard-refresh');
			expect(
				`is ${isFenced ? 'refused' : 'admitted'} to Argo CD`,
				isFenced ? isRefusal : answer === 'admitted',
				answer,
			);
			if (answer === 'admitted') await write(accounts.admin, before);
			const marks = {
				'kubedb-render/plan': 'a-new-one',
				'kubedb-render/carries': ['Restart', ...pair.operations].join(),
			};
			const isOpen = pair.isOpen ?? !isManaged(marks);
			const carried = await attempt(accounts.argocd, pair.after, marks);
			expect(
				`is ${isOpen ? 'admitted' : 'refused'} to the plan that carries it`,
				(carried === 'admitted') === isOpen,
				carried,
			);
			if (carried === 'admitted') await write(accounts.admin, before);
			const byKubeDB = await attempt(accounts.operator, pair.after);
			expect("is admitted to KubeDB's account", byKubeDB === 'admitted', byKubeDB);
		} catch (error) {
			wrong.push(`${facts.kind} ${pair.what}: cannot be tried: ${(error as Error).message}`);
		}
	}
	return wrong;
}
