/** CI of one repository with one database, in a namespace of its own, and what it sees of Flux. */
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { until } from '../cluster/process.ts';

const execute = promisify(execFile);
const bundle = join(PROJECT_ROOT, 'dist/kubedb-render.cjs');
const kustomizations = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations';

export class Ci {
	/** Manifests that stand beside the database in the source. */
	beside = [];
	/** Options of every render. */
	options = [];

	/** `sabotage`, where there is one, changes the copy of each tree that is published. */
	constructor(world, namespace, { sabotage, guards }) {
		Object.assign(this, { world, namespace, sabotage: sabotage ?? (() => {}), isSabotaged: sabotage !== undefined });
		this.hasGuards = guards;
		this.home = join(world.folder, namespace);
		this.tree = join(this.home, 'tree');
		this.state = join(this.home, 'acknowledged.yaml');
		mkdirSync(this.home);
	}

	/** The program, with the cluster's kubectl on its PATH. */
	run(args, input = '') {
		const { kubectl } = this.world.binaries;
		const env = { ...process.env, PATH: `${dirname(kubectl)}:${process.env.PATH}` };
		return spawnSync(process.execPath, [bundle, ...args], { input, env, encoding: 'utf8' });
	}

	/** Renders over the last tree. `spec` of null: the database has left the source. */
	render(spec = {}, annotations = {}) {
		const { storage = '1Gi', ...rest } = spec ?? {};
		const database = {
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
		const documents = [...(spec === null ? [] : [JSON.stringify(database)]), ...this.beside];
		const published = existsSync(this.tree) ? this.tree : 'none';
		const state = existsSync(this.state) ? this.state : 'none';
		const places = ['--output-dir', this.tree, '--published', published, '--state', state];
		const flux = [
			'--flux-source',
			`OCIRepository/${this.namespace}`,
			'--flux-retry-interval',
			'2s',
			'--flux-timeout',
			'35s',
		];
		return this.run(['build', '-', '--layout', 'flux', ...places, ...flux, ...this.options], documents.join('\n---\n'));
	}

	/** Renders and publishes. Returns the artifact. */
	async push(spec, annotations) {
		const { status, stderr } = this.render(spec, annotations);
		assert.is(status, 0, stderr);
		return this.publish();
	}

	/** Publishes a copy of the tree, `change`d where that is said. */
	publish(change = () => {}) {
		const copy = join(this.home, 'published');
		rmSync(copy, { recursive: true, force: true });
		cpSync(this.tree, copy, { recursive: true });
		change(copy);
		this.sabotage(copy);
		return this.world.source.publish(this.namespace, copy);
	}

	/** What Flux reports is confirmed, once it has looked at all; CI takes it as the next state. */
	async acknowledge() {
		const isSeen = ({ metadata, status }) => status?.observedGeneration === metadata.generation;
		await until('Flux has looked at all stages', 30, async () => (await this.stages()).every(isSeen));
		const items = await this.world.admin.list(kustomizations);
		// The program takes no sabotaged tree for its own: then a person says that it was applied.
		const applied = this.isSabotaged ? [] : ['--applied', '-'];
		const args = ['state', 'acknowledge', this.tree, '--into', this.state, ...applied];
		const { status, stderr } = this.run(args, JSON.stringify({ items }));
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

	/** The Kustomizations of the database's stages. */
	async stages() {
		const all = await this.world.admin.list(kustomizations);
		return all.filter(({ spec }) => spec.path.startsWith(`./databases/${this.namespace}/`));
	}

	/** Condition Ready of a stage's Kustomization. */
	async stage(key) {
		const isOfTree = ({ metadata }) => key[0] > '4' || metadata.name.includes(this.digest.slice(0, 8));
		const found = (await this.stages()).find((each) => each.metadata.name.endsWith(key) && isOfTree(each));
		return found && readyOf(found);
	}

	/** Stages that are refused, or that their gate holds up. */
	async held() {
		const reasons = ['HealthCheckFailed', 'ReconciliationFailed'];
		return (await this.stages()).filter((each) => reasons.includes(readyOf(each).reason));
	}

	/** Condition Ready of the root Kustomization. */
	async root() {
		return readyOf(await this.world.admin.get(`${kustomizations}/${this.namespace}`));
	}

	database() {
		return this.world.admin.get(`/apis/kubedb.com/v1/namespaces/${this.namespace}/postgreses/pg`);
	}

	requests() {
		return this.world.admin.list(`/apis/ops.kubedb.com/v1alpha1/namespaces/${this.namespace}/postgresopsrequests`);
	}

	/** What `doctor flux` finds about this database, and in all. It takes seconds, in which other stories go on. */
	async doctor() {
		const { kubectl } = this.world.binaries;
		const env = { ...process.env, PATH: `${dirname(kubectl)}:${process.env.PATH}` };
		const args = [bundle, 'doctor', 'flux', '-o', 'json', '--kubeconfig', this.world.kubernetes.kubeconfig];
		// Exit status 1 says that something is bad, which other stories may be.
		const { stdout, stderr } = await execute(process.execPath, args, { env }).catch((error) => error);
		assert.is(stderr, '');
		const { findings } = JSON.parse(stdout);
		return { findings, own: findings.find(({ check }) => check === `database ${this.namespace}/postgres-pg`) };
	}

	get behaviour() {
		return this.world.operator.behaviour(this.namespace);
	}

	/** Types of the operations that were carried out, in order. */
	get executions() {
		return this.world.operator.executions(this.namespace).map((name) => name.split('-')[1]);
	}

	async created() {
		await this.push();
		await this.settled();
		await this.acknowledge();
	}
}

function readyOf({ status }) {
	const ready = status?.conditions?.find(({ type }) => type === 'Ready');
	return { ready: ready?.status, reason: ready?.reason, message: ready?.message ?? '' };
}
