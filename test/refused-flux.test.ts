/** Refusals of the layout for Flux: of trees that are missing, foreign, or not known to be applied. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { build, type Result } from '../src/commands/build.js';
import { Refusal, showProblem } from '../src/problems.js';
import { resolveSettings } from '../src/settings.js';

const folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
test.after(() => rmSync(folder, { recursive: true }));

interface Source {
	readonly name?: string;
	readonly namespace?: string;
	readonly annotations?: string;
	readonly replicas?: number;
	readonly size?: string;
}

function orders({ name = 'orders', namespace = 'demo', annotations = '{}', replicas = 3, size = '5Gi' }: Source = {}) {
	return `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata:
  name: ${name}
  namespace: ${namespace}
  annotations: ${annotations}
spec:
  version: "16.4"
  replicas: ${replicas}
  storage: {resources: {requests: {storage: ${size}}}}
`;
}

let count = 0;

/** Renders a tree; the text of the refusal, with the scratch folder as `$TMP`, where there is one. */
async function rendered(text: string, tree: string, flags: Record<string, string>): Promise<Result | string> {
	const source = join(folder, `source-${++count}.yaml`);
	writeFileSync(source, text);
	const world = { environment: {}, stdinIsTerminal: () => false, readStdin: () => new Uint8Array() };
	try {
		const options = { outputDir: join(folder, tree), layout: 'flux' as const };
		return await build([source], options, resolveSettings(flags, {}), world);
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		const shown = error.problems.map((problem) => showProblem(problem)).join('\n');
		return shown
			.replaceAll(source, '$SOURCE')
			.replaceAll(folder, '$TMP')
			.replace(/\b[0-9a-f]{8}\b/g, '<digest>');
	}
}

async function refusal(text: string, tree: string, flags: Record<string, string>): Promise<string> {
	const result = await rendered(text, tree, flags);
	return typeof result === 'string' ? result : 'not refused';
}

async function tree(name: string, text: string, flags: Record<string, string>): Promise<string> {
	const result = await rendered(text, name, flags);
	assert.is(typeof result === 'string' ? result : '', '');
	return join(folder, name);
}

/** The file of a state in a tree. */
function stateIn(path: string): string {
	const files = readdirSync(path, { recursive: true }).map((each) => join(path, String(each)));
	const file = files.find((each) => each.endsWith('.yaml') && readFileSync(each, 'utf8').includes('role: state'));
	if (!file) throw new Error(`no state in ${path}`);
	return file;
}

const first = { published: 'none', state: 'none' };

test('no word about what was published', async () => {
	assert.is(
		await refusal(orders(), 'out', { state: 'none' }),
		'error[no-published]: --published is missing: where is the last tree that was published? Flux may not have applied it yet\n   Give the folder of that tree (`flux pull artifact`), or --published none before the first.',
	);
});

test('a change before the creation is known to be applied', async () => {
	const published = await tree('created', orders(), first);
	assert.is(
		await refusal(orders({ replicas: 5 }), 'out', { published, state: 'none' }),
		'$SOURCE:4:9: error[creation-pending]: Postgres demo/orders: it cannot be changed before its creation is acknowledged\n   4 |   name: orders\n     |         ^^^^^^\n   Wait until the published tree is applied, then run `kubedb-render state acknowledge`, or give --state cluster.',
	);
});

test('a published tree is no state', async () => {
	const published = await tree('published', orders(), first);
	assert.match(
		await refusal(orders(), 'out', { published, state: published }),
		'$TMP/published: error[unacknowledged]: this is a published tree, and that it was published does not say that it was applied\n',
	);
});

test('a state of a render that the published one does not know', async () => {
	const published = await tree('one', orders(), first);
	const state = stateIn(await tree('other', orders({ replicas: 5 }), first));
	assert.match(
		await refusal(orders(), 'out', { published, state }),
		'error[state-of-another-render]: Postgres demo/orders: the state is that of plan <digest>, which the published plan <digest> (generation 1) does not follow\n',
	);
});

test('a retry token for several operations of which one failed', async () => {
	const created = await tree('before', orders(), first);
	const state = stateIn(created);
	const published = await tree('two', orders({ replicas: 5, size: '10Gi' }), { published: created, state });
	const retry = orders({ replicas: 5, size: '10Gi', annotations: '{kubedb-render/retry: "1"}' });
	assert.is(
		await refusal(retry, 'out', { published, state }),
		[
			'$SOURCE:6:17: error[retry-unclear]: Postgres demo/orders: kubedb-render/retry would carry out all 2 operations again: it is not known which of them failed',
			'   6 |   annotations: {kubedb-render/retry: "1"}',
			'     |                 ^^^^^^^^^^^^^^^^^^^',
			'   Name the operation: kubedb-render/retry.volumeexpansion or kubedb-render/retry.horizontalscaling.',
		].join('\n'),
	);
});

test('a folder, a file or a link that is not of our making', async () => {
	mkdirSync(join(folder, 'foreign'));
	writeFileSync(join(folder, 'foreign/notes.txt'), 'mine');
	assert.is(
		await refusal(orders(), 'foreign', first),
		'$TMP/foreign: error[foreign-folder]: the output folder holds files that kubedb-render did not write\n   Name an empty folder, or one of an earlier run.',
	);
	const path = await tree('mixed', orders(), first);
	const index = join(path, 'kubedb-render.json');
	const [file] = (JSON.parse(readFileSync(index, 'utf8')) as { files: string[] }).files;
	writeFileSync(index, '{"layout": "flux", "files": []}');
	assert.is(
		await refusal(orders(), 'mixed', first),
		`$TMP/mixed/${file?.replace(/[0-9a-f]{8}/g, '<digest>')}: error[foreign-file]: the file is in the way, and was not written by kubedb-render\n   Move it away.`,
	);
	writeFileSync(index, '{"layout": "flux", "files": ["../../etc/passwd"]}');
	assert.is(
		await refusal(orders(), 'mixed', first),
		'$TMP/mixed/kubedb-render.json: error[damaged-index]: it does not list the files of a tree\n   Remove the folder, and render into a new one.',
	);
	const linked = await tree('linked', orders(), first);
	const { files } = JSON.parse(readFileSync(join(linked, 'kubedb-render.json'), 'utf8')) as { files: string[] };
	const top = files.find((each) => each.includes('/'))?.split('/')[0] as string;
	rmSync(join(linked, top), { recursive: true });
	symlinkSync(folder, join(linked, top));
	assert.is(
		await refusal(orders(), 'linked', first),
		`$TMP/linked/${top}: error[symlink]: a symbolic link stands where a file of the tree belongs\n   Remove it.`,
	);
});

test('two databases that would share their Kustomizations', async () => {
	const text = `${orders({ namespace: 'a-postgres', name: 'b' })}---\n${orders({ namespace: 'a', name: 'postgres-b' })}`;
	assert.is(
		await refusal(text, 'out', first),
		'error[name-clash]: Postgres a/postgres-b and Postgres a-postgres/b would both have the Kustomizations a-postgres-postgres-b-...\n   Rename one of the two, or render them into two trees.',
	);
});

test('an encrypted Secret that Flux is not told to decrypt: a warning', async () => {
	const secret = '---\napiVersion: v1\nkind: Secret\nmetadata: {name: any, namespace: demo}\nsops: {version: 3.9.0}\n';
	const result = await rendered(orders() + secret, 'encrypted', first);
	assert.ok(typeof result !== 'string');
	assert.is(
		(result as Result).warnings.map((problem) => showProblem(problem)).join('\n'),
		'warning[not-decrypted]: SOPS encrypted demo/any, and Flux is not told to decrypt: it would apply the encrypted text and report it as ready\n   Give --flux-decryption sops, or sops/NAME with the Secret that holds the keys.',
	);
});

test.run();
