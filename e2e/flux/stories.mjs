/** What happens to a database between a commit and a settled cluster, with CI and Flux between them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { violations } from '../audit.ts';
import { until } from './world.mjs';

const bundle = join(PROJECT_ROOT, 'dist/kubedb-render.cjs');

/** CI of one repository with one database in a namespace of its own. */
class Ci {
	constructor(world, namespace) {
		Object.assign(this, { world, namespace });
		this.home = join(world.folder, namespace);
		this.tree = join(this.home, 'tree');
		this.state = join(this.home, 'acknowledged.yaml');
		mkdirSync(this.home);
	}

	render(spec = {}, annotations = {}, args = []) {
		const { storage = '1Gi', ...rest } = spec;
		const object = {
			apiVersion: 'gitops.kubedb.com/v1alpha1',
			kind: 'Postgres',
			metadata: { name: 'pg', namespace: this.namespace, annotations },
			spec: {
				version: '16.6',
				replicas: 3,
				storageType: 'Durable',
				deletionPolicy: 'WipeOut',
				storage: { storageClassName: 'standard', accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
				...rest,
			},
		};
		const published = existsSync(this.tree) ? this.tree : 'none';
		const state = existsSync(this.state) ? this.state : 'none';
		const flags = [
			'--layout',
			'flux',
			'--output-dir',
			this.tree,
			'--published',
			published,
			'--state',
			state,
			'--flux-source',
			`OCIRepository/${this.namespace}`,
			'--flux-retry-interval',
			'2s',
			'--flux-timeout',
			'35s',
		];
		return spawnSync(process.execPath, [bundle, 'build', '-', ...flags, ...args], {
			input: JSON.stringify(object),
			encoding: 'utf8',
		});
	}

	/** Renders and publishes. Returns the artifact. */
	async push(spec, annotations) {
		const { status, stderr } = this.render(spec, annotations);
		assert.is(status, 0, stderr);
		return this.world.source.publish(this.namespace, this.tree);
	}

	/** What Flux reports is confirmed; CI takes it as the next state. */
	async acknowledge() {
		const items = await this.world.admin.list(
			'/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations',
		);
		const { status, stderr } = spawnSync(
			process.execPath,
			[bundle, 'state', 'acknowledge', this.tree, '--into', this.state, '--applied', '-'],
			{
				input: JSON.stringify({ items }),
				encoding: 'utf8',
			},
		);
		assert.is(status, 0, stderr);
		assert.is(stderr, '');
	}

	get digest() {
		const { files } = JSON.parse(readFileSync(join(this.tree, 'kubedb-render.json'), 'utf8'));
		const plan = files.find((file) => file.includes('/01-plan/objects'));
		return /^ {2}digest: "?([0-9a-f]{64})/m.exec(readFileSync(join(this.tree, plan), 'utf8'))[1];
	}

	configMap(role) {
		return this.world.admin.get(`/api/v1/namespaces/${this.namespace}/configmaps/pg-postgres-${role}`);
	}

	async settled(digest = this.digest) {
		await until(
			`${this.namespace}: the state is ${digest.slice(0, 8)}`,
			150,
			async () => (await this.configMap('state'))?.data.digest === digest,
		);
		await until(
			`${this.namespace}: the last stage is ready`,
			60,
			async () => (await this.stage('90-state'))?.ready === 'True',
		);
	}

	/** Condition Ready of a stage's Kustomization. */
	async stage(key) {
		const all = await this.world.admin.list(
			'/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations',
		);
		const found = all.find(
			({ metadata, spec }) =>
				spec.path.startsWith(`./databases/${this.namespace}/`) &&
				metadata.name.endsWith(key) &&
				(key[0] > '4' || metadata.name.includes(this.digest.slice(0, 8))),
		);
		const ready = found?.status?.conditions?.find(({ type }) => type === 'Ready');
		return found && { ready: ready?.status, reason: ready?.reason, message: ready?.message ?? '' };
	}

	database() {
		return this.world.admin.get(`/apis/kubedb.com/v1/namespaces/${this.namespace}/postgreses/pg`);
	}

	get executions() {
		return this.world.operator.executions(this.namespace).map((name) => name.split('-')[1]);
	}

	async created() {
		await this.push();
		await this.settled();
		await this.acknowledge();
	}
}

export const stories = {
	'a database is created, and a settled render changes nothing': async (ci) => {
		await ci.created();
		await ci.push();
		await ci.settled();
		assert.equal(ci.executions, []);
		const { metadata } = await ci.database();
		assert.ok(metadata.generation <= 2, `the database CR was written ${metadata.generation} times`);
	},
	'three changes in one commit are carried out one after the other, once': async (ci) => {
		await ci.created();
		await ci.push({ replicas: 5, storage: '2Gi', version: '16.8' });
		await ci.settled();
		assert.equal(ci.executions, ['volumeexpansion', 'horizontalscaling', 'versionupdate']);
		await ci.acknowledge();
		await ci.push({ replicas: 5, storage: '2Gi', version: '16.8' });
		await ci.settled();
		assert.is(ci.executions.length, 3);
		assert.is((await ci.database()).spec.replicas, 5);
	},
	'an operation fails; a retry token makes it anew, and what went well is not repeated': async (ci) => {
		await ci.created();
		const { fails } = ci.world.operator.behaviour(ci.namespace);
		fails.add('UpdateVersion');
		await ci.push({ replicas: 5, version: '16.8' });
		await until(
			'the failure shows',
			90,
			async () => (await ci.stage('11-versionupdate'))?.reason === 'HealthCheckFailed',
		);
		assert.is((await ci.stage('50-database')).ready, 'False');
		fails.clear();
		await ci.push({ replicas: 5, version: '16.8' }, { 'kubedb-render/retry.versionupdate': '1' });
		await ci.settled();
		assert.equal(ci.executions, ['horizontalscaling', 'versionupdate']);
	},
	'a failed operation is reverted': async (ci) => {
		await ci.created();
		const { fails } = ci.world.operator.behaviour(ci.namespace);
		fails.add('UpdateVersion');
		await ci.push({ version: '16.8' });
		await until(
			'the failure shows',
			90,
			async () => (await ci.stage('10-versionupdate'))?.reason === 'HealthCheckFailed',
		);
		fails.clear();
		await ci.push();
		await ci.settled();
		assert.is((await ci.database()).spec.version, '16.6');
	},
	'a tree is published while operations of the one before run; CI knows of nothing': async (ci) => {
		await ci.created();
		const behaviour = ci.world.operator.behaviour(ci.namespace);
		behaviour.held = true;
		await ci.push({ replicas: 5 });
		await until(
			'the operation runs',
			60,
			async () =>
				/OpsRequest/.test((await ci.stage('10-horizontalscaling'))?.message ?? '') || (await requests(ci)).length > 0,
		);
		await ci.push({ replicas: 5, version: '16.8' });
		await ci.push({ replicas: 3, version: '16.8' });
		behaviour.held = false;
		await ci.settled();
		assert.is((await ci.database()).spec.replicas, 3);
		assert.is((await ci.database()).spec.version, '16.8');
	},
	'a tree that Flux never saw: the next one carries all that it had': async (ci) => {
		await ci.created();
		assert.is(ci.render({ replicas: 5 }).status, 0);
		assert.is(ci.render({ replicas: 5, version: '16.8' }).status, 0);
		await ci.push({ replicas: 5, version: '16.8', storage: '2Gi' });
		await ci.settled();
		assert.equal(ci.executions, ['volumeexpansion', 'horizontalscaling', 'versionupdate']);
	},
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
		const before = (await ci.configMap('plan')).data;
		for (const stale of [second, first]) {
			await ci.world.source.publish(ci.namespace, stale);
			await until('Flux is held up', 90, async () => (await held(ci)).length > 0);
			assert.equal((await ci.configMap('plan')).data, before);
			assert.is((await ci.database()).spec.replicas, 4);
		}
		await ci.world.source.publish(ci.namespace, third);
		await ci.settled();
		assert.equal(ci.executions, ['horizontalscaling', 'horizontalscaling']);
	},
};

/** Stages that are refused or that their gate holds up. */
async function held(ci) {
	const all = await ci.world.admin.list('/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations');
	return all.filter(({ spec, status }) => {
		const ready = status?.conditions?.find(({ type }) => type === 'Ready');
		return (
			spec.path.startsWith(`./databases/${ci.namespace}/`) &&
			['HealthCheckFailed', 'ReconciliationFailed'].includes(ready?.reason)
		);
	});
}

function requests(ci) {
	return ci.world.admin.list(`/apis/ops.kubedb.com/v1alpha1/namespaces/${ci.namespace}/postgresopsrequests`);
}

/** Runs a story in a namespace of its own; afterwards no managed field was changed but by the operator. */
export async function tell(world, name, story, number) {
	const namespace = `story-${number}`;
	await world.admin.create('/api/v1/namespaces', {
		apiVersion: 'v1',
		kind: 'Namespace',
		metadata: { name: namespace },
	});
	const ci = new Ci(world, namespace);
	await story(ci);
	assert.equal(violations(world.kubernetes.auditLog, namespace), [], name);
}
