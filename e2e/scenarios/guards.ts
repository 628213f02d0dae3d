import assert from 'node:assert/strict';
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import { getAt, setAt } from '../../src/render/path.js';
import { ApiError, type Client, client } from '../cluster/client.js';
import { until } from '../cluster/process.js';
import { postgres } from '../databases.js';
import { story } from '../story.js';
import type { World } from '../world.js';

/** What became of a write: `admitted`, or the text of the refusal. */
async function attempt(write: () => Promise<unknown>): Promise<string> {
	try {
		await write();
		return 'admitted';
	} catch (error) {
		if (error instanceof ApiError && error.status === 403) return error.message;
		throw error;
	}
}

/** Replaces an object, whatever version it is of: KubeDB's operator writes its status meanwhile. */
async function put(client: Client, path: string, object: JsonObject): Promise<JsonObject> {
	for (let tries = 0; ; tries++) {
		const now = await client.get(path.split('?')[0] as string);
		const resourceVersion = getAt(now, ['metadata', 'resourceVersion']) ?? '';
		try {
			return await client.replace(path, {
				...object,
				metadata: { ...(object.metadata as JsonObject), resourceVersion },
			});
		} catch (error) {
			if (!(error instanceof ApiError && error.status === 409) || tries > 5) throw error;
		}
	}
}

async function accounts({ kubernetes }: World): Promise<{ argocd: Client; operator: Client }> {
	const as = async (namespace: string, name: string) =>
		client(kubernetes.endpoint, await kubernetes.tokenOf(namespace, name), name);
	return {
		argocd: await as('argocd', 'argocd-application-controller'),
		operator: await as('kubedb', 'kubedb-ops-manager'),
	};
}

/** A database that KubeDB has provisioned, made by a person. */
async function provisioned(kube: Client, namespace: string, gitops: JsonObject): Promise<string> {
	if (!(await kube.get(`/api/v1/namespaces/${namespace}`)))
		await kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
	const { plural, database } = (kindOf(String(gitops.kind)) as Kind).facts;
	const folder = `/apis/${database}/namespaces/${namespace}/${plural}`;
	const path = `${folder}/${String(getAt(gitops, ['metadata', 'name']))}`;
	await kube.create(folder, { ...gitops, apiVersion: database });
	await until('the database is Ready', 30, async () => getAt(await kube.get(path), ['status', 'phase']) === 'Ready');
	return path;
}

story(
	'fence and chain: every way of writing is refused alike, and creation, no-op and dry run are admitted',
	async (app, world) => {
		const { argocd, operator } = await accounts(world);
		const path = await provisioned(app.kube, app.name, postgres());
		const replicas = { spec: { replicas: 5 } };
		const identity = { apiVersion: 'kubedb.com/v1', kind: 'Postgres', metadata: { name: 'pg', namespace: app.name } };
		const live = (await app.kube.get(path)) as JsonObject;
		const five = structuredClone(live);
		setAt(five, ['spec', 'replicas'], 5);
		const refusals = {
			'client-side apply': await attempt(() => argocd.patch(path, replicas)),
			'server-side apply': await attempt(() => argocd.apply(path, { ...identity, ...replicas })),
			replace: await attempt(() => put(argocd, path, five)),
		};
		for (const [how, answer] of Object.entries(refusals))
			assert.match(
				answer,
				/spec\.replicas is changed by KubeDB alone, through an OpsRequest \(HorizontalScaling\): 3 -> 5/,
				how,
			);
		assert.equal(await attempt(() => argocd.patch(`${path}?dryRun=All`, replicas)), 'admitted');
		assert.equal(await attempt(() => argocd.patch(path, { spec: { replicas: 3 } })), 'admitted');
		assert.equal(await attempt(() => argocd.patch(path, { spec: { deletionPolicy: 'Delete' } })), 'admitted');
		assert.equal(await attempt(() => operator.patch(path, replicas)), 'admitted');

		// Respelled, it is the same.
		const container = (await app.kube.get(path))?.spec as JsonObject;
		const respelled = structuredClone({ spec: container }) as JsonObject;
		setAt(respelled, ['spec', 'storage', 'resources', 'requests', 'storage'], '1024Mi');
		assert.equal(await attempt(() => argocd.patch(path, respelled)), 'admitted');
		setAt(respelled, ['spec', 'storage', 'resources', 'requests', 'storage'], '1025Mi');
		assert.match(
			await attempt(() => argocd.patch(path, respelled)),
			/spec\.storage\.resources\.requests\.storage .*VolumeExpansion/,
		);

		// Deletion: only as a prune does it.
		for (const propagationPolicy of ['Background', 'Orphan'])
			assert.match(
				await attempt(() => argocd.delete(path, { propagationPolicy })),
				/may not be deleted to be replaced/,
			);
		assert.equal(await attempt(() => argocd.delete(path, { propagationPolicy: 'Foreground' })), 'admitted');

		const maps = `/api/v1/namespaces/${app.name}/configmaps`;
		const plan = (generation: number, digest: string, follows: string) => ({
			apiVersion: 'v1',
			kind: 'ConfigMap',
			metadata: { name: 'x-plan', labels: { 'kubedb-render/role': 'plan' } },
			data: { generation: String(generation), digest, follows },
		});
		assert.equal(await attempt(() => argocd.create(maps, plan(2, 'b', 'a'))), 'admitted');
		const at = `${maps}/x-plan`;
		const cases: [string, JsonObject, boolean][] = [
			['the same', plan(2, 'b', 'a'), true],
			['another of the same generation', plan(2, 'c', 'b'), false],
			['an older one', plan(1, 'a', 'b'), false],
			['one that was made from another', plan(3, 'd', 'a,x'), false],
			['one without its label', { ...plan(3, 'd', 'b'), metadata: { name: 'x-plan' } }, false],
			['the next', plan(3, 'd', 'a,b'), true],
			['one after the next', plan(9, 'e', 'd'), true],
		];
		for (const [what, object, isAdmitted] of cases) {
			const answer = await attempt(() => argocd.replace(at, object));
			assert.equal(answer === 'admitted', isAdmitted, `${what}: ${answer}`);
			if (!isAdmitted && !what.includes('label')) assert.match(answer, /stale plan refused, nothing was changed/);
		}
		assert.match(await attempt(() => app.kube.replace(at, plan(9, 'f', 'd'))), /stale plan refused/);
		assert.equal(await attempt(() => argocd.replace(`${at}?dryRun=All`, plan(1, 'a', ''))), 'admitted');
		assert.match(await attempt(() => argocd.delete(at)), /may not be deleted to be replaced/);
		assert.equal(await attempt(() => app.kube.delete(at)), 'admitted');
	},
	{ ends: 'open', mayChange: true, mayDelete: true },
);
