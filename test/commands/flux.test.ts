import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';
import { run } from './run.js';

const postgres = (spec: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}) => ({
	apiVersion: 'gitops.kubedb.com/v1alpha1',
	kind: 'Postgres',
	metadata: { name: 'pg', namespace: 'demo', ...metadata },
	spec: {
		version: '16.6',
		replicas: 3,
		storageType: 'Durable',
		storage: {
			storageClassName: 'standard',
			accessModes: ['ReadWriteOnce'],
			resources: { requests: { storage: '1Gi' } },
		},
		deletionPolicy: 'WipeOut',
		...spec,
	},
});

/** A repository with CI: renders go to `tree`, which then is the published one. */
class Ci {
	readonly home = mkdtempSync(join(tmpdir(), 'kubedb-render-flux-'));
	readonly tree = join(this.home, 'tree');
	private state = 'none';

	render(objects: readonly unknown[], args: readonly string[] = []) {
		const published = existsSync(this.tree) ? this.tree : 'none';
		const input = objects
			.map((object) => (typeof object === 'string' ? object : JSON.stringify(object)))
			.join('\n---\n');
		const flags = ['--layout', 'flux', '--output-dir', this.tree, '--published', published, '--state', this.state];
		return run(['build', '-', ...flags, ...args], { input, cwd: this.home });
	}

	rendered(objects: readonly unknown[], args: readonly string[] = []): string {
		const { status, stdout, stderr } = this.render(objects, args);
		assert.is(status, 0, stderr);
		assert.is(stdout, '');
		return stderr;
	}

	acknowledge(): void {
		this.state = join(this.home, 'acknowledged.yaml');
		const { status, stderr } = run(['state', 'acknowledge', this.tree, '--into', this.state]);
		assert.is(status, 0, stderr);
	}

	files(): string[] {
		const names = readdirSync(this.tree, { recursive: true }) as string[];
		return names.filter((name) => statSync(join(this.tree, name)).isFile()).sort();
	}

	text(path: string): string {
		return readFileSync(join(this.tree, path), 'utf8');
	}

	objects(path: string): JsonObject[] {
		return parseAllDocuments(this.text(path)).map((document) => document.toJS() as JsonObject);
	}

	/** The Kustomizations of the database, by the end of their name. */
	stages(file = 'flux/demo-postgres-pg.yaml'): Map<string, JsonObject> {
		return new Map(
			this.objects(file).map((each) => [
				String(getAt(each, ['spec', 'path']))
					.split('/')
					.at(-1) as string,
				each,
			]),
		);
	}

	everything(): string {
		return this.files()
			.map((file) => `${file}\n${this.text(file)}`)
			.join('\n');
	}
}

test('flux: a creation has no gate; plan, database and state follow one another, and the root applies only the chain', () => {
	const ci = new Ci();
	ci.rendered([postgres()]);
	assert.equal([...ci.stages().keys()], ['01-plan', '50-database', '90-state']);
	assert.equal(ci.objects('kustomization.yaml')[0]?.resources as unknown, ['flux']);
	assert.equal(ci.objects('flux/kustomization.yaml')[0]?.resources as unknown, ['demo-postgres-pg.yaml']);
	for (const [, { spec }] of ci.stages()) {
		const folder = String(getAt(spec, ['path'])).slice(2);
		assert.ok(existsSync(join(ci.tree, folder, 'kustomization.yaml')), folder);
		assert.is(getAt(spec, ['prune']), false);
		assert.is(getAt(spec, ['deletionPolicy']), 'Orphan');
		assert.is(getAt(spec, ['force']), undefined);
	}
});

test('flux: after a change a gate comes first, then each operation in a stage of its own, all with the digest in path and name', () => {
	const ci = new Ci();
	ci.rendered([postgres()]);
	ci.acknowledge();
	ci.rendered([
		postgres({ replicas: 5, storage: { ...postgres().spec.storage, resources: { requests: { storage: '2Gi' } } } }),
	]);
	const stages = ci.stages();
	const keys = ['00-gate', '01-plan', '10-volumeexpansion', '11-horizontalscaling', '50-database', '90-state'];
	assert.equal([...stages.keys()], keys);
	const digest = String(getAt(ci.objects(pathOf(stages, '01-plan'))[0], ['data', 'digest']));
	keys.forEach((key, i) => {
		const { metadata, spec } = stages.get(key) as JsonObject;
		const isStable = key === '50-database' || key === '90-state';
		const name = String(getAt(metadata, ['name']));
		assert.is(name, `demo-postgres-pg-${isStable ? '' : `${digest.slice(0, 8)}-`}${key}`);
		assert.ok(String(getAt(spec, ['path'])).includes(`/${digest.slice(0, 8)}/`));
		const before = i === 0 ? undefined : [{ name: getAt(stages.get(keys[i - 1] as string), ['metadata', 'name']) }];
		assert.equal(getAt(spec, ['dependsOn']) as unknown, before);
	});
	const health = (key: string) => (getAt(stages.get(key), ['spec', 'healthCheckExprs']) as JsonObject[])[0];
	assert.is(
		health('10-volumeexpansion')?.failed,
		"has(status.phase) && status.phase in ['Failed', 'Denied', 'Skipped']",
	);
	assert.is(health('10-volumeexpansion')?.current, "has(status.phase) && status.phase in ['Successful']");
	assert.match(String(health('50-database')?.current), "status.phase in ['Ready', 'Halted']");
	for (const key of keys.slice(2, 5)) assert.is(getAt(stages.get(key), ['spec', 'wait']), true);
	for (const key of keys.slice(1))
		for (const object of ci.objects(pathOf(stages, key)))
			assert.equal(
				Object.entries(getAt(object, ['metadata', 'annotations']) as JsonObject).filter(([name]) =>
					/fluxcd|argocd/.test(name),
				),
				[
					['kustomize.toolkit.fluxcd.io/prune', 'disabled'],
					['kustomize.toolkit.fluxcd.io/substitute', 'disabled'],
				],
			);
});

function pathOf(stages: Map<string, JsonObject>, key: string): string {
	return `${String(getAt(stages.get(key), ['spec', 'path'])).slice(2)}/objects.yaml`;
}

/** Digests that the gate accepts for the plan, and for the state. */
function gateOf(ci: Ci): string[][] {
	const [check] = getAt(ci.stages().get('00-gate'), ['spec', 'healthCheckExprs']) as JsonObject[];
	return [...String(check?.current).matchAll(/\[([^\]]*)\]/g)].map(([, list]) =>
		(list as string).split(', ').map((each) => each.slice(1, 9)),
	);
}

test('flux: plans nobody acknowledged are all accepted, by the gate and by the guard; once acknowledged, only the own state is', () => {
	const ci = new Ci();
	const digests: string[] = [];
	const note = () =>
		digests.push((ci.files().find((file) => file.includes('01-plan')) as string).split('/')[3] as string);
	ci.rendered([postgres()]);
	note();
	ci.acknowledge();
	for (const replicas of [5, 4]) {
		ci.rendered([postgres({ replicas })]);
		note();
	}
	assert.equal(gateOf(ci), [[...digests].sort(), [...digests].sort()]);
	const [plan] = ci.objects(pathOf(ci.stages(), '01-plan'));
	assert.equal(
		String(getAt(plan, ['data', 'follows']))
			.split(',')
			.map((each) => each.slice(0, 8)),
		digests.slice(0, 2).sort(),
	);
	ci.acknowledge();
	ci.rendered([postgres({ replicas: 4 })]);
	assert.equal(gateOf(ci)[1], [digests[2]]);
	assert.equal([...ci.stages().keys()], ['00-gate', '01-plan', '50-database', '90-state']);
});

test('flux: an operation that a later tree still needs is carried over under its name; nothing is waived without the cluster', () => {
	const ci = new Ci();
	const names = () =>
		[...ci.stages().keys()]
			.filter((key) => /^1/.test(key))
			.map((key) => String(getAt(ci.objects(pathOf(ci.stages(), key))[0], ['metadata', 'name'])));
	ci.rendered([postgres()]);
	ci.acknowledge();
	ci.rendered([postgres({ replicas: 5 })]);
	const [first] = names();
	ci.rendered([postgres({ replicas: 5, version: '16.8' })]);
	assert.is(names().length, 2);
	assert.is(names()[0], first);
	// Back to what is acknowledged: the operation may have run all the same.
	ci.rendered([postgres()]);
	assert.equal(
		names()
			.map((name) => name.replace(/-[a-z0-9]{6}$/, ''))
			.sort(),
		['pg-horizontalscaling', 'pg-versionupdate'],
	);
});

test('flux: the same input writes the same bytes, and what the last run wrote goes, but no other file', () => {
	const ci = new Ci();
	ci.rendered([postgres()]);
	writeFileSync(join(ci.tree, 'README.md'), 'mine');
	mkdirSync(join(ci.tree, 'databases/demo/mine'));
	writeFileSync(join(ci.tree, 'databases/demo/mine/x.txt'), 'mine');
	const first = ci.everything();
	ci.rendered([postgres()]);
	assert.is(ci.everything(), first);
	ci.acknowledge();
	const before = ci.files();
	ci.rendered([postgres({ replicas: 5 })]);
	const after = ci.files();
	assert.ok(after.includes('README.md') && after.includes('databases/demo/mine/x.txt'));
	const gone = before.filter((file) => !after.includes(file));
	assert.ok(
		gone.length > 0 && gone.every((file) => /^databases\/demo\/postgres-pg\/[0-9a-f]{8}\//.test(file)),
		gone.join(),
	);
	assert.is(readdirSync(join(ci.tree, 'databases/demo/postgres-pg')).length, 1, 'no empty folder stays');
});

test('flux: a folder that holds other files, a file in the way, a link that leads out, and a forged index are refused', () => {
	const foreign = new Ci();
	mkdirSync(foreign.tree);
	writeFileSync(join(foreign.tree, 'x.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n');
	refused(foreign.render([postgres()]), 'foreign-folder');
	assert.equal(foreign.files(), ['x.yaml']);

	const way = new Ci();
	way.rendered([postgres()]);
	mkdirSync(join(way.tree, 'passed-through'));
	symlinkSync(way.home, join(way.tree, 'removed'));
	refused(way.render([]), 'no-documents');
	refused(way.render([{ ...postgres({}, { name: 'other' }) }]), 'symlink');

	const forged = new Ci();
	forged.rendered([postgres()]);
	writeFileSync(join(forged.home, 'precious'), 'x');
	for (const path of ['../precious', '/etc/x', 'a//b', './x']) {
		writeFileSync(join(forged.tree, 'kubedb-render.json'), JSON.stringify({ files: [path] }));
		refused(forged.render([postgres()]), 'damaged-index');
	}
	assert.ok(existsSync(join(forged.home, 'precious')));
});

function refused(
	{ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string },
	code: string,
): string {
	assert.is(status, 1, stderr);
	assert.is(stdout, '');
	assert.match(stderr.split('\n')[0] as string, `error[${code}]`);
	return stderr;
}

test('flux: a change before the creation is acknowledged, a published tree as state, and a state from elsewhere are refused', () => {
	const ci = new Ci();
	ci.rendered([postgres()]);
	const before = ci.everything();
	assert.match(refused(ci.render([postgres({ replicas: 5 })]), 'creation-pending'), 'state acknowledge');
	assert.is(ci.everything(), before, 'a refused render writes nothing');
	refused(ci.render([postgres()], ['--state', ci.tree]), 'unacknowledged');
	const other = new Ci();
	other.rendered([postgres({ version: '16.8' })]);
	other.acknowledge();
	refused(
		ci.render([postgres({ replicas: 5 })], ['--state', join(other.home, 'acknowledged.yaml')]),
		'state-of-another-render',
	);
});

test('flux: --published and --output-dir are asked for, and --published belongs to this layout', () => {
	const input = JSON.stringify(postgres());
	const build = (...args: string[]) => run(['build', '-', '--state', 'none', ...args], { input });
	refused(build('--layout', 'flux', '--output-dir', '/nowhere'), 'no-published');
	refused(build('--layout', 'flux', '--published', 'none'), 'setting');
	refused(build('--published', 'none'), 'setting');
	refused(build('--layout', 'flux', '--output-dir', '/nowhere', '--published', '/nowhere'), 'not-found');
});

test('flux: a retry token without an operation is refused where several may have failed; with one, only that is made anew', () => {
	const ci = new Ci();
	ci.rendered([postgres()]);
	ci.acknowledge();
	const changed = { replicas: 5, version: '16.8' };
	ci.rendered([postgres(changed)]);
	const annotated = (name: string) => postgres(changed, { annotations: { [name]: '1' } });
	assert.match(
		refused(ci.render([annotated('kubedb-render/retry')]), 'retry-unclear'),
		'kubedb-render/retry.horizontalscaling',
	);
	const names = () =>
		ci
			.everything()
			.match(/name: pg-(?:horizontalscaling|versionupdate)-\w{6}/g)
			?.sort() ?? [];
	const before = names();
	ci.rendered([annotated('kubedb-render/retry.versionupdate')]);
	assert.is(names()[0], before[0]);
	assert.is.not(names()[1], before[1]);
});

test('flux: names stay within 63 characters and apart', () => {
	const ci = new Ci();
	const long = (name: string, namespace: string) => postgres({}, { name, namespace });
	const databases = [
		long('a'.repeat(52), 'n'.repeat(63)),
		long(`${'a'.repeat(51)}b`, 'n'.repeat(63)),
		{ ...postgres({}, { name: 'pg' }), kind: 'MariaDB' },
		postgres(),
	];
	ci.rendered(databases);
	ci.acknowledge();
	ci.rendered(databases.map((each) => ({ ...each, spec: { ...each.spec, replicas: 5 } })));
	const names = ci
		.files()
		.filter((file) => /^flux\/(?!kustomization)/.test(file))
		.flatMap((file) => ci.objects(file).map((each) => String(getAt(each, ['metadata', 'name']))));
	assert.is(new Set(names).size, 4 * 5);
	for (const name of names) assert.match(name, /^[a-z0-9][-a-z0-9]{0,61}[a-z0-9]$/);
	const twins = [long('b', 'a-postgres'), long('postgres-b', 'a')];
	refused(new Ci().render(twins), 'name-clash');
});

test('flux: Secrets of one database are applied after its plan; all else before any of them', () => {
	const secret = (name: string, x: string) => ({
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: { name, namespace: 'demo' },
		stringData: { x },
	});
	const other = 'apiVersion: v1\nkind: Service # as it was\nmetadata: {name: x, namespace: demo}\n';
	const database = postgres({ configuration: { secretName: 'conf' } });
	const ci = new Ci();
	ci.rendered([database, secret('conf', '1'), secret('other', '1'), other]);
	const stages = ci.stages();
	assert.equal([...stages.keys()], ['01-plan', '05-secrets', '50-database', '90-state']);
	assert.is(getAt(ci.objects(pathOf(stages, '05-secrets'))[0], ['metadata', 'name']), 'conf');
	assert.equal(getAt(stages.get('01-plan'), ['spec', 'dependsOn']) as unknown, [
		{ name: 'kubedb-rendered-passed-through' },
	]);
	const passed = ci.files().find((file) => /^passed-through\/.*objects/.test(file)) as string;
	assert.ok(ci.text(passed).includes(other), 'byte for byte');
	ci.acknowledge();
	ci.rendered([database, secret('conf', '2'), secret('other', '1'), other]);
	assert.ok([...ci.stages().keys()].includes('10-reconfigure'));
});

test('flux: a SOPS-encrypted Secret passes unchanged, with decryption where it is asked for and a warning where not', () => {
	const secret =
		'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: demo}\ndata:\n  x: ENC[AES256_GCM,data:a,type:str]\nsops:\n  mac: ENC[x]\n';
	const ci = new Ci();
	assert.match(ci.rendered([postgres(), secret]), 'warning[not-decrypted]');
	assert.is(ci.rendered([postgres(), secret], ['--flux-decryption', 'sops/keys']), '');
	const [passed] = ci.objects('flux/kubedb-rendered-passed-through.yaml');
	assert.equal(getAt(passed, ['spec', 'decryption']) as unknown, { provider: 'sops', secretRef: { name: 'keys' } });
	assert.ok(ci.everything().includes(secret));
});

test('flux: source, namespace, account and intervals are options, and wrong ones are refused', () => {
	const ci = new Ci();
	ci.rendered(
		[postgres()],
		[
			'--flux-source',
			'GitRepository/repo',
			'--flux-namespace',
			'ci',
			'--flux-service-account',
			'kubedb',
			'--flux-interval',
			'10m',
			'--flux-retry-interval',
			'10s',
			'--flux-timeout',
			'35s',
		],
	);
	const { metadata, spec } = ci.stages().get('01-plan') as JsonObject;
	assert.is(getAt(metadata, ['namespace']), 'ci');
	assert.equal(getAt(spec, ['sourceRef']) as unknown, { kind: 'GitRepository', name: 'repo' });
	assert.equal(
		['serviceAccountName', 'interval', 'retryInterval', 'timeout'].map((key) => getAt(spec, [key])),
		['kubedb', '10m', '10s', '35s'],
	);
	for (const wrong of [
		['--flux-source', 'repo'],
		['--flux-source', 'Helm/x'],
		['--flux-interval', '10'],
		['--flux-decryption', 'age'],
		['--flux-namespace', 'A'],
	])
		refused(ci.render([postgres()], wrong), 'setting');
});

test('flux: a database that left the source is remembered, and comes back as it was', () => {
	const ci = new Ci();
	const other = postgres({}, { name: 'other' });
	ci.rendered([postgres(), other]);
	ci.acknowledge();
	const plan = ci.text(pathOf(ci.stages(), '01-plan'));
	ci.rendered([other]);
	assert.not.ok(ci.files().some((file) => file.startsWith('flux/demo-postgres-pg')));
	assert.ok(ci.files().includes('removed/demo/pg-postgres-plan.yaml'));
	ci.acknowledge();
	ci.rendered([postgres(), other]);
	assert.is(ci.text(pathOf(ci.stages(), '01-plan')), plan);
	assert.not.ok(ci.files().some((file) => file.startsWith('removed/')));
	ci.rendered([other]);
	ci.rendered([postgres({ replicas: 5 }), other]);
	assert.ok([...ci.stages().keys()].includes('10-horizontalscaling'));
});

test.run();
