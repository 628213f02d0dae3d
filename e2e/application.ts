/** One Application in a story: its git repository, its namespace, what a person does with it and sees of it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isObject, type Json, type JsonObject } from '../src/json.js';
import { getAt } from '../src/render/path.js';
import { phaseOf, typeOf } from '../test/simulator/kubedb.js';
import type { Client } from './cluster/client.js';
import { plain } from './cluster/plain.js';
import { run, sleep, until } from './cluster/process.js';
import type { Behaviour } from './operator/operator.js';

declare const PROJECT_ROOT: string;

export interface SyncOptions {
	readonly revision?: string;
	readonly prune?: boolean;
	readonly syncOptions?: readonly string[];
	readonly force?: boolean;
	readonly resources?: readonly { group?: string; kind: string; name: string }[];
}

export interface Seen {
	readonly sync: string;
	readonly health: string;
	/** Phase and message of the last operation. */
	readonly phase: string;
	readonly message: string;
	readonly conditions: readonly string[];
	/** What each resource of the last operation came to, with its message. */
	readonly results: readonly { kind: string; name: string; status: string; message: string }[];
}

/** What stories do with an Application, on the real Argo CD and on the simulator of the protocol. */
export type Application = Pick<RealApplication, keyof RealApplication>;

export class RealApplication {
	private readonly repository: string;
	/** The repository's folder that the Application is about. */
	readonly folder: string;
	private readonly path: string;

	constructor(
		readonly name: string,
		readonly kube: Client,
		readonly kubedb: Behaviour,
		folder: string,
		private readonly automated = false,
		/** A folder of manifests, without the plugin. */
		private readonly isPlain = false,
	) {
		this.repository = join(folder, 'git', name);
		this.folder = join(this.repository, 'databases');
		this.path = `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${name}`;
	}

	/** Files of the repository's folder by name; `undefined` removes one. Objects are written as YAML, which JSON is. */
	async commit(files: Record<string, JsonObject | string | undefined>): Promise<string> {
		const isNew = !(await this.kube.get(this.path));
		if (isNew) {
			mkdirSync(this.folder, { recursive: true });
			await this.git('init', '-q', '-b', 'main');
		}
		for (const [name, content] of Object.entries(files)) {
			if (content === undefined) rmSync(join(this.folder, name));
			else
				writeFileSync(
					join(this.folder, name),
					typeof content === 'string' ? content : JSON.stringify(plain(content), undefined, 2),
				);
		}
		await this.git('add', '-A');
		await this.git(
			'-c',
			'user.name=e2e',
			'-c',
			'user.email=e2e@example.org',
			'commit',
			'-q',
			'--allow-empty',
			'-m',
			'e2e',
		);
		if (isNew) await this.create();
		return this.head();
	}

	async head(): Promise<string> {
		return (await this.git('rev-parse', 'HEAD')).trim();
	}

	git(...args: string[]): Promise<string> {
		return run(['git', '-C', this.repository, ...args]);
	}

	private async create(): Promise<void> {
		const { name } = this;
		if (!(await this.kube.get(`/api/v1/namespaces/${name}`)))
			await this.kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
		// The Application that users copy, for this repository; stories sync by hand unless they say otherwise.
		const text = readFileSync(join(PROJECT_ROOT, 'sidecar/application.yaml'), 'utf8');
		const { spec, ...rest } = parse(text) as { spec: JsonObject; metadata: JsonObject };
		const { automated, ...syncPolicy } = spec.syncPolicy as JsonObject;
		const source = spec.source as JsonObject;
		const { plugin: _, ...withoutPlugin } = source;
		await this.kube.create(this.path.replace(/\/[^/]+$/, ''), {
			...rest,
			metadata: { ...rest.metadata, name },
			spec: {
				...spec,
				source: { ...(this.isPlain ? withoutPlugin : source), repoURL: `file://${this.repository}`, path: 'databases' },
				destination: { ...(spec.destination as JsonObject), namespace: name },
				syncPolicy: { ...syncPolicy, ...(this.automated && automated !== undefined ? { automated } : { retry: null }) },
			},
		} as JsonObject);
	}

	patch(patch: JsonObject): Promise<JsonObject> {
		return this.kube.patch(this.path, patch);
	}

	/** Takes the Application away and leaves all that it applied. */
	async forget(): Promise<void> {
		if (await this.kube.get(this.path)) await this.kube.delete(this.path);
	}

	async object(): Promise<JsonObject> {
		return (await this.kube.get(this.path)) as JsonObject;
	}

	/** A refresh as the user interface asks for it, until it is done. */
	async refresh(how: 'normal' | 'hard' = 'normal'): Promise<Seen> {
		const annotation = 'argocd.argoproj.io/refresh';
		await this.patch({ metadata: { annotations: { [annotation]: how } } });
		await until(`${this.name} is refreshed`, 60, async () => {
			return getAt(await this.object(), ['metadata', 'annotations', annotation]) === undefined;
		});
		return this.see();
	}

	async startSync({ revision, prune, syncOptions, force, resources }: SyncOptions = {}): Promise<void> {
		const sync = {
			revision: revision ?? (await this.head()),
			...(prune ? { prune } : {}),
			...(syncOptions ? { syncOptions: [...syncOptions] } : {}),
			...(force ? { syncStrategy: { apply: { force } } } : {}),
			...(resources ? { resources: resources.map((each) => ({ ...each })) } : {}),
		} as JsonObject;
		await this.patch({ operation: { initiatedBy: { username: 'e2e' }, sync } });
	}

	/** Waits for the end of the operation under way. */
	async syncEnds(seconds = 120): Promise<Seen> {
		const ended = ['Succeeded', 'Failed', 'Error'];
		await until(`the sync of ${this.name} ends`, seconds, async () => {
			const object = await this.object();
			const phase = String(getAt(object, ['status', 'operationState', 'phase']));
			return object.operation === undefined && ended.includes(phase);
		});
		return this.see();
	}

	/** Ends the operation under way, as the user interface does; the controller may write its own state over it once. */
	async terminate(): Promise<Seen> {
		const phase = async () => getAt(await this.object(), ['status', 'operationState', 'phase']);
		await until(
			`the sync of ${this.name} is terminated`,
			60,
			async () => {
				if ((await phase()) === 'Running') await this.patch({ status: { operationState: { phase: 'Terminating' } } });
				return ['Failed', 'Error'].includes(String(await phase()));
			},
			1000,
		);
		return this.syncEnds();
	}

	async sync(options: SyncOptions = {}): Promise<Seen> {
		await this.startSync(options);
		return this.syncEnds();
	}

	async see(): Promise<Seen> {
		const object = await this.object();
		const text = (...path: string[]) => String(getAt(object, ['status', ...path]) ?? '');
		const results = getAt(object, ['status', 'operationState', 'syncResult', 'resources']);
		const conditions = getAt(object, ['status', 'conditions']);
		return {
			sync: text('sync', 'status'),
			health: text('health', 'status'),
			phase: text('operationState', 'phase'),
			message: text('operationState', 'message'),
			conditions: listOf(conditions).map(({ type, message }) => `${String(type)}: ${String(message)}`),
			results: listOf(results).map(({ kind, name, status, message }) => ({
				kind: String(kind),
				name: String(name),
				status: String(status),
				message: String(message),
			})),
		};
	}

	private database_(kind: string, name: string): string {
		const plural = { Postgres: 'postgreses', MariaDB: 'mariadbs' }[kind];
		return `/apis/kubedb.com/v1/namespaces/${this.name}/${plural}/${name}`;
	}

	databasePath(name = 'pg', kind = 'Postgres'): string {
		return this.database_(kind, name);
	}

	/** The live database CR, or undefined. */
	database(name = 'pg', kind = 'Postgres'): Promise<JsonObject | undefined> {
		return this.kube.get(this.database_(kind, name));
	}

	async field(path: readonly string[], name = 'pg', kind = 'Postgres'): Promise<Json | undefined> {
		return getAt(await this.database(name, kind), path);
	}

	/** OpsRequests in the order of their creation, as `Type phase`. */
	async operations(): Promise<{ name: string; type: string; phase: string; object: JsonObject }[]> {
		const lists = await Promise.all(
			['postgresopsrequests', 'mariadbopsrequests'].map((plural) =>
				this.kube.list(`/apis/ops.kubedb.com/v1alpha1/namespaces/${this.name}/${plural}`),
			),
		);
		const objects = lists.flat();
		const age = (object: JsonObject) => String(getAt(object, ['metadata', 'creationTimestamp']));
		objects.sort((a, b) => (age(a) < age(b) ? -1 : 1));
		return objects.map((object) => ({
			name: String(getAt(object, ['metadata', 'name'])),
			type: typeOf(object),
			phase: phaseOf(object),
			object,
		}));
	}

	/** The operations as `Type Phase`, oldest first; those of one second by name. */
	async summary(): Promise<string[]> {
		return (await this.operations()).map(({ type, phase }) => `${type} ${phase}`);
	}

	/** Waits for a number of operations in a phase; `waiting` is that of those that have not begun. */
	async waitForOperation(phase: string, count = 1, seconds = 60): Promise<void> {
		const wanted = phase === 'waiting' ? ['', 'Pending'] : [phase];
		await until(`${count} operations of ${this.name} are ${phase}`, seconds, async () => {
			return (await this.operations()).filter((each) => wanted.includes(each.phase)).length >= count;
		});
	}

	/** Lets time pass. */
	pause(milliseconds: number): Promise<void> {
		return sleep(milliseconds);
	}

	memory(role: 'plan' | 'state', name = 'pg', kind = 'postgres'): Promise<JsonObject | undefined> {
		return this.kube.get(`/api/v1/namespaces/${this.name}/configmaps/${name}-${kind}-${role}`);
	}

	/** Everything of ours in the namespace, by what a change of it would show in. */
	async fingerprint(): Promise<string> {
		const kinds = [
			'kubedb.com/v1/PLACE/postgreses',
			'kubedb.com/v1/PLACE/mariadbs',
			'ops.kubedb.com/v1alpha1/PLACE/postgresopsrequests',
			'ops.kubedb.com/v1alpha1/PLACE/mariadbopsrequests',
		];
		const place = `namespaces/${this.name}`;
		const objects = await Promise.all([
			...kinds.map((each) => this.kube.list(`/apis/${each.replace('PLACE', place)}`)),
			this.kube.list(`/api/v1/${place}/configmaps?labelSelector=kubedb-render%2Frole`),
		]);
		const lines = objects.flat().map((object) => {
			const [name, version] = ['name', 'resourceVersion'].map((key) => getAt(object, ['metadata', key]));
			return `${String(object.kind)}/${String(name)} ${String(version)}`;
		});
		return lines.sort().join('\n');
	}
}

function listOf(value: Json | undefined): JsonObject[] {
	return Array.isArray(value) ? value.filter(isObject) : [];
}
