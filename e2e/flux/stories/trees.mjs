/** Trees that are not what the cluster should have: old ones, ones that cannot be applied whole, ones without a database. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { deletions } from '../../audit.ts';
import { sleep, until } from '../../cluster/process.ts';

export const trees = {
	'a tag moved back stops at the gate or the guard, and touches nothing; moved forward again, it settles': async (
		ci,
	) => {
		const first = await ci.push();
		await ci.settled();
		await ci.acknowledge();
		const second = await ci.push({ replicas: 5 });
		await ci.settled();
		await ci.acknowledge();
		const third = await ci.push({ replicas: 4 });
		await ci.settled();
		const before = JSON.stringify((await ci.configMap('plan')).data);
		// The tree of a creation has no gate, for it finds nothing to look at: only the guard stops that one.
		for (const stale of ci.hasGuards ? [second, first] : [second]) {
			await ci.world.source.publish(ci.namespace, stale);
			const plan = async () => JSON.stringify((await ci.configMap('plan')).data);
			await until('Flux is held up', 90, async () => (await ci.held()).length > 0 || (await plan()) !== before);
			assert.is(await plan(), before);
			assert.is((await ci.database()).spec.replicas, 4);
		}
		await ci.world.source.publish(ci.namespace, third);
		await ci.settled();
		assert.equal(ci.executions, ['horizontalscaling', 'horizontalscaling']);
	},
	'an artifact whose root fails half-way: what is left of the tree before reads nothing of the new one': async (ci) => {
		await ci.created();
		const { status, stderr } = ci.render({ replicas: 5 });
		assert.is(status, 0, stderr);
		// Of the other databases of a tree one alone may have what the API server refuses.
		await ci.publish((tree) => {
			const other = {
				apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
				kind: 'Kustomization',
				metadata: { name: `${ci.namespace}-other`, namespace: 'flux-system' },
				spec: { interval: 'x' },
			};
			appendFileSync(join(tree, `flux/${ci.namespace}-postgres-pg.yaml`), `---\n${JSON.stringify(other)}\n`);
		});
		await until('the root fails', 60, async () => (await ci.root()).ready === 'False');
		// Until then the Kustomizations of the tree before read the new artifact, each at its own pace.
		await sleep(6000);
		assert.is((await ci.database()).spec.replicas, 3, 'changed without its operation');
		await ci.push({ replicas: 5 });
		await ci.settled();
		assert.equal(ci.executions, ['horizontalscaling']);
	},
	'a database leaves the source and keeps running; when it is back, changes go on where they were': async (ci) => {
		await ci.created();
		await ci.push({ replicas: 5 });
		await ci.settled();
		await ci.acknowledge();
		ci.beside = [
			JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: ci.namespace } }),
		];
		await ci.push(null);
		await until('its stages are gone', 60, async () => (await ci.stages()).length === 0);
		const uid = (await ci.database()).metadata.uid;
		assert.ok(await ci.configMap('plan'));
		assert.ok(await ci.configMap('state'));
		assert.equal(deletions(ci.world.kubernetes.auditLog, ci.namespace), []);
		await ci.push({ replicas: 4 });
		await ci.settled();
		const { metadata, spec } = await ci.database();
		assert.equal([metadata.uid, spec.replicas], [uid, 4]);
		assert.equal(ci.executions, ['horizontalscaling', 'horizontalscaling']);
	},
	'a database that runs already is taken over by one render that sees it, with an operation for what differs': async (
		ci,
	) => {
		await ci.world.admin.create(`/apis/kubedb.com/v1/namespaces/${ci.namespace}/postgreses`, {
			apiVersion: 'kubedb.com/v1',
			kind: 'Postgres',
			metadata: { name: 'pg', namespace: ci.namespace },
			spec: {
				version: '16.6',
				replicas: 3,
				storageType: 'Durable',
				deletionPolicy: 'WipeOut',
				storage: {
					storageClassName: 'standard',
					accessModes: ['ReadWriteOnce'],
					resources: { requests: { storage: '1Gi' } },
				},
			},
		});
		await until('it is ready', 30, async () => (await ci.database()).status?.phase === 'Ready');
		const uid = (await ci.database()).metadata.uid;
		ci.options = ['--state', 'cluster', '--kubeconfig', ci.world.kubernetes.kubeconfig];
		await ci.push({ replicas: 5 });
		await ci.settled();
		await ci.acknowledge();
		ci.options = [];
		await ci.push({ replicas: 5, version: '16.8' });
		await ci.settled();
		assert.equal(ci.executions, ['horizontalscaling', 'versionupdate']);
		assert.is((await ci.database()).metadata.uid, uid);
	},
};
