/** Refusals that no folder of files can show: of what is around the source, and of the command line. */
import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	closeSync,
	ftruncateSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from '../src/commands/build.js';
import { doctor } from '../src/commands/doctor.js';
import type { World } from '../src/commands/load.js';
import { splitStream } from '../src/input/stream.js';
import { readCluster } from '../src/memory/cluster.js';
import { Refusal, showProblem } from '../src/problems.js';
import { renderAll } from '../src/render/render-all.js';
import { takeApart } from '../src/render/source.js';
import { resolveSettings } from '../src/settings.js';

declare const PROJECT_ROOT: string;

const folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
test.after(() => rmSync(folder, { recursive: true }));

const orders = `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata: {name: orders, namespace: demo}
spec:
  version: "16.4"
  storage: {resources: {requests: {storage: 5Gi}}}
`;

/** Puts a file into the scratch folder and returns its path. */
function file(name: string, content: string | Uint8Array = orders): string {
	const path = join(folder, name);
	mkdirSync(join(path, '..'), { recursive: true });
	writeFileSync(path, content);
	return path;
}

type Flags = Record<string, string>;

/** The text of the refusal of a build, with the scratch folder as `$TMP`. */
async function refusalOf(
	paths: readonly string[],
	{ flags = {}, environment = {}, world = {} }: { flags?: Flags; environment?: Flags; world?: Partial<World> } = {},
): Promise<string> {
	const all: World = { environment, stdinIsTerminal: () => false, readStdin: () => Buffer.from(orders), ...world };
	try {
		await build(paths, {}, resolveSettings({ state: 'none', ...flags }, environment), all);
	} catch (error) {
		return textOf(error);
	}
	return 'not refused';
}

function textOf(error: unknown): string {
	if (!(error instanceof Refusal)) throw error;
	return error.problems
		.map((problem) => showProblem(problem))
		.join('\n')
		.replaceAll(folder, '$TMP');
}

test('a path that is not there', async () => {
	assert.is(
		await refusalOf([join(folder, 'nowhere.yaml')]),
		'$TMP/nowhere.yaml: error[not-found]: there is no such file or folder',
	);
});

test('a symbolic link that leads nowhere, or to itself, or a folder back to one above it', async () => {
	symlinkSync('gone', join(folder, 'dangling.yaml'));
	assert.is(
		await refusalOf([join(folder, 'dangling.yaml')]),
		'$TMP/dangling.yaml: error[not-found]: the symbolic link leads nowhere',
	);
	symlinkSync('itself.yaml', join(folder, 'itself.yaml'));
	assert.is(
		await refusalOf([join(folder, 'itself.yaml')]),
		'$TMP/itself.yaml: error[symlink-loop]: the symbolic link leads to itself\n   Remove it.',
	);
	file('loop/below/orders.yaml');
	symlinkSync('..', join(folder, 'loop/below/up'));
	assert.is(
		await refusalOf([join(folder, 'loop')], { flags: { recursive: 'true' } }),
		'$TMP/loop/below/up: error[symlink-loop]: the folder leads back to $TMP/loop\n   Remove the symbolic link.',
	);
});

test('a path that is neither a file nor a folder', async () => {
	assert.is(await refusalOf(['/dev/null']), '/dev/null: error[not-a-file]: it is neither a file nor a folder');
});

test('a path below a file', async () => {
	const path = join(file('orders.yaml'), 'below');
	assert.is(
		await refusalOf([path]),
		'$TMP/orders.yaml/below: error[unreadable]: it cannot be read: a part of the path is a file',
	);
});

test('a folder without manifests, and one that has them further down only', async () => {
	file('texts/README.md', 'text');
	assert.is(
		await refusalOf([join(folder, 'texts')]),
		'$TMP/texts: error[no-manifests]: the folder has no .yaml, .yml or .json files',
	);
	file('deep/below/orders.yaml');
	assert.is(
		await refusalOf([join(folder, 'deep')]),
		'$TMP/deep: error[no-manifests]: the folder has no .yaml, .yml or .json files\n   There are some in folders below: name one of them, or give --recursive.',
	);
});

test('a file over the size limit', async () => {
	const path = join(folder, 'large.yaml');
	const descriptor = openSync(path, 'w');
	ftruncateSync(descriptor, 64 * 1024 * 1024 + 1);
	closeSync(descriptor);
	assert.is(
		await refusalOf([path]),
		'$TMP/large.yaml: error[file-too-large]: the file has 67108865 bytes, the limit is 67108864\n   Split it into several files.',
	);
});

test('a file that is not UTF-8', async () => {
	const path = file('latin1.yaml', Buffer.from('# Bestellungen f\xfcr alle\n', 'latin1'));
	assert.match(
		await refusalOf([path]),
		/latin1\.yaml: error\[not-utf8\]: it is not UTF-8\n {3}Save it in the encoding UTF-8\.$/,
	);
});

test('stdin that is a terminal', async () => {
	assert.is(
		await refusalOf(['-'], { world: { stdinIsTerminal: () => true } }),
		'error[terminal]: the source is to be read from stdin, which is a terminal\n   Pipe something in, or name a file.',
	);
});

test('a kustomization that cannot be built', async () => {
	const path = join(file('kustomized/kustomization.yaml', 'resources: [orders.yaml]\n'), '..');
	assert.is(
		await refusalOf([path], { flags: { kustomize: join(folder, 'no-kustomize') } }),
		'$TMP/kustomized: error[no-kustomize]: the folder holds a kustomization, and $TMP/no-kustomize cannot be run\n   Install kustomize (or kubectl), or build it first and pipe the result in.',
	);
	const script = file(
		'fake/kustomize',
		'#!/bin/sh\necho "Error: accumulating resources: orders.yaml not found" >&2\nexit 1\n',
	);
	chmodSync(script, 0o755);
	assert.is(
		await refusalOf([path], { flags: { kustomize: script } }),
		'$TMP/kustomized: error[kustomize]: kustomize build failed: Error: accumulating resources: orders.yaml not found',
	);
});

test('a source without documents names the file', async () => {
	assert.match(
		await refusalOf([file('empty.yaml', '# nothing\n')]),
		/empty\.yaml: error\[no-documents\]: there are no documents to render\n/,
	);
});

test('no word about where the state is', async () => {
	assert.is(
		await refusalOf([file('orders.yaml')], { flags: { state: '' } }),
		[
			'error[no-state]: --state is missing: where is the previous rendered state?',
			'   --state cluster       the ConfigMaps in the cluster, read with your kubectl',
			'   --state FILE|FOLDER   the output of the render before',
			'   --state none          nothing was rendered before',
		].join('\n'),
	);
});

test('what is wrong with the source and with the state is told together', async () => {
	const text = await refusalOf([file('wrong.yaml', orders.replace('version', 'versoin')), file('orders.yaml')], {
		flags: { state: join(folder, 'nowhere') },
	});
	assert.match(text, /error\[unknown-field\]: Postgres demo\/orders: spec\.versoin is not a field of Postgres\n/);
	assert.match(text, /\n\$TMP\/nowhere: error\[not-found\]: there is no such file or folder$/);
	const alone = await refusalOf([file('wrong.yaml', orders.replace('version', 'versoin'))], { flags: { state: '' } });
	assert.match(alone, /\nerror\[no-state\]: --state is missing: where is the previous rendered state\?\n/);
});

test('settings with values that they do not take', async () => {
	const path = file('orders.yaml');
	const argo = (text: string) => ({ environment: { ARGOCD_APP_PARAMETERS: text } });
	for (const [options, text] of [
		[{ flags: { source: 'helm' } }, '--source cannot be "helm"\n   It takes auto, plain, kustomize.'],
		[argo('{}'), 'ARGOCD_APP_PARAMETERS is no JSON list'],
		[
			argo('[{"name":"state","string":"none"}]'),
			'there is no plugin parameter "state"\n   An Application may set source, recursive.',
		],
		[argo('[{"name":"source"}]'), 'the plugin parameter source takes a string'],
		[
			{ flags: { state: 'cluster', application: 'orders' } },
			'--application cannot be "orders"\n   It takes <namespace>/<name>.',
		],
	] as const) {
		let shown: string;
		try {
			shown = await refusalOf([path], options);
		} catch (error) {
			shown = textOf(error);
		}
		assert.is(shown, `error[setting]: ${text}`);
	}
	assert.is(
		await refusalOf(['-'], { flags: { state: '-' } }),
		'error[setting]: source and state cannot both be read from stdin',
	);
});

test('the Source Hydrator of Argo CD', async () => {
	assert.is(
		await refusalOf([file('orders.yaml')], { environment: { ARGOCD_APP_NAME: 'orders' } }),
		"error[hydrator]: Argo CD's Source Hydrator cannot render databases: a plan depends on the cluster, and hydrated manifests are frozen in git\n   Use spec.source instead of spec.sourceHydrator for this Application.",
	);
});

test('a character that Argo CD does not carry', async () => {
	const path = file('control.yaml', `${orders}  podTemplate: {metadata: {annotations: {note: "a\\u0085b"}}}\n`);
	assert.is(
		await refusalOf([path], { environment: { ARGOCD_APP_NAME: 'orders', KUBE_VERSION: '1.35' } }),
		[
			'$TMP/control.yaml:7:48: error[control-character]: Postgres demo/orders: spec.podTemplate.metadata.annotations.note holds the character U+0085, which does not get through Argo CD',
			'   7 |   podTemplate: {metadata: {annotations: {note: "a\\u0085b"}}}',
			'     |                                                ^^^^^^^^^^',
			'   Argo CD reads manifests as YAML twice. Remove it, or put the text into a Secret, as base64.',
		].join('\n'),
	);
});

test('a cluster that cannot be asked: no kubectl, no right, no token', async () => {
	const path = file('orders.yaml');
	const flags = { state: 'cluster' };
	const resource = '/api/v1/namespaces/demo/configmaps';
	assert.is(
		await refusalOf([path], { flags, environment: { PATH: join(folder, 'texts') } }),
		`error[cluster-unreadable]: what was rendered before cannot be read from the cluster: there is no kubectl on PATH (GET ${resource})\n   Install kubectl, or give --state a file.`,
	);
	const answer = 'Error from server (Forbidden): configmaps is forbidden: User "ci" cannot list resource "configmaps"';
	chmodSync(file('denied/kubectl', `#!/bin/sh\necho '${answer}' >&2\nexit 1\n`), 0o755);
	assert.is(
		await refusalOf([path], { flags, environment: { PATH: `${join(folder, 'denied')}:${process.env.PATH}` } }),
		'error[forbidden]: the cluster does not let what was rendered before be read: configmaps is forbidden: User "ci" cannot list resource "configmaps"\n   A Role must allow: {apiGroups: [""], resources: [configmaps], verbs: [list]} in the namespace demo.',
	);
	const account = join(file('account/token', 'x'), '..');
	assert.is(
		await refusalOf([path], {
			flags: { ...flags, serviceAccount: account },
			environment: { KUBERNETES_SERVICE_HOST: 'localhost' },
		}),
		'error[no-token]: $TMP/account/ca.crt cannot be read: ENOENT\n   Mount a ServiceAccount token into this container.',
	);
});

test('a doctor in a cluster without Argo CD', async () => {
	chmodSync(file('empty/kubectl', "#!/bin/sh\necho 'Error from server (NotFound): not found' >&2\nexit 1\n"), 0o755);
	const environment = { PATH: `${join(folder, 'empty')}:${process.env.PATH}` };
	const world = { environment, stdinIsTerminal: () => false, readStdin: () => new Uint8Array() };
	const options = {
		host: 'argocd' as const,
		namespace: 'argocd',
		controllers: [],
		output: 'text' as const,
		color: false,
	};
	try {
		await doctor(options, resolveSettings({}, environment), world);
		assert.unreachable();
	} catch (error) {
		assert.is(
			textOf(error),
			'error[no-argocd]: there is no Argo CD in the namespace argocd\n   Name its namespace with --namespace.',
		);
	}
});

const parts = () => takeApart(splitStream({ name: 'orders.yaml', text: orders }), undefined);
const unseen = {
	live: 'unknown',
	requests: 'unknown',
	inProgress: 'unknown',
	plan: undefined,
	state: undefined,
} as const;

test('another cluster than the one that was rendered for', async () => {
	const { databases } = parts();
	const { rendered } = renderAll(parts(), () => unseen);
	const configMaps = rendered.flatMap(({ objects }) => objects.map(({ object }) => object));
	const get = async (path: string) => (path.startsWith('/api/v1/') ? { items: configMaps } : undefined);
	try {
		await readCluster(databases, get, undefined);
		assert.unreachable();
	} catch (error) {
		assert.is(
			textOf(error),
			'error[no-kubedb]: Postgres demo/orders was rendered before, but the cluster has no postgreses.kubedb.com\n   Check that this is the right cluster, and that KubeDB is installed.',
		);
	}
});

test('a database that is too large to be remembered', async () => {
	// Text that gzip cannot make smaller.
	let random = 1;
	const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
	const noise = Array.from({ length: 1_500_000 }, () => {
		random = (random * 48271) % 2147483647;
		return letters[random % letters.length];
	});
	const args = JSON.stringify(noise.join(''));
	const text = `${orders}  podTemplate: {spec: {containers: [{name: postgres, args: [${args}]}]}}\n`;
	assert.match(
		await refusalOf([file('huge.yaml', text)]),
		/error\[memory-too-large\]: Postgres demo\/orders: its plan takes \d+ bytes, more than a ConfigMap holds \(1000000\)\n {3}Make the database CR smaller: move inline configuration into a Secret, say\.$/,
	);
});

test('the program ends with status 1 and without a byte on stdout, and counts several errors', () => {
	const text = orders.replace('orders', 'Orders').replace('version', 'versoin');
	const bundle = join(PROJECT_ROOT, 'dist/kubedb-render.cjs');
	const run = (args: string[]) =>
		spawnSync(process.execPath, [bundle, ...args], { input: text, encoding: 'utf8', env: { NO_COLOR: '1' } });
	const { status, stdout, stderr } = run(['build', '-', '--state', 'none']);
	assert.is(status, 1);
	assert.is(stdout, '');
	assert.match(stderr, /^<stdin>:3:18: error\[bad-name\]: Postgres demo\/Orders: metadata\.name cannot be "Orders"\n/);
	assert.match(stderr, /\n3 errors\.\n$/);
	const wrong = run(['biuld', '-']);
	assert.is(wrong.status, 1);
	assert.is(wrong.stdout, '');
	assert.match(wrong.stderr, /^error: unknown command 'biuld'\n\(Did you mean build\?\)\n$/);
});

test.run();
