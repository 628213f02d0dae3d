import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../src/hosts/findings.js';
import { clusterObjects } from '../../src/hosts/install-argocd.js';
import type { JsonObject } from '../../src/json.js';
import { run } from './run.js';

const test = suite('doctor: findings');
let folder: string;
test.before(() => {
	folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
	const script = `#!${process.execPath}
const path = process.argv.at(-1).split('?')[0];
const found = require('${folder}/cluster.json')[path];
if (found) console.log(JSON.stringify(found));
else { console.error('Error from server (NotFound): the server could not find the requested resource'); process.exit(1); }
`;
	writeFileSync(join(folder, 'kubectl'), script);
	chmodSync(join(folder, 'kubectl'), 0o755);
});
test.after(() => rmSync(folder, { recursive: true }));

const application = {
	metadata: { name: 'orders', namespace: 'argocd' },
	spec: {
		destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
		source: { plugin: { name: 'kubedb-render' } },
	},
};
const argocd: Record<string, JsonObject> = {
	'/api/v1/namespaces/argocd/configmaps/argocd-cm': { kind: 'ConfigMap', data: {} },
	'/apis/argoproj.io/v1alpha1/applications': { items: [application] as unknown as JsonObject[] },
};

test('an Argo CD without anything of ours: all that is missing is told, with how to mend it', () => {
	const { status, findings, text } = doctor(argocd);
	assert.is(status, 1);
	const bad = findings.filter((each) => each.status === 'bad');
	assert.ok(bad.length > 5);
	for (const { mend, check } of bad) assert.ok(mend, check);
	assert.match(text, /^BAD {3}\S/m);
	assert.match(text, new RegExp(`\\n\\d+ good, \\d+ to note, ${bad.length} bad\\.\\n$`));
});

test('guards and rules that stand in the cluster are found there, in the namespaces of the databases', () => {
	const before = doctor(argocd).findings;
	const after = doctor({ ...argocd, ...installed(['shop']) }).findings;
	const good = (findings: Finding[]) => findings.filter(({ status }) => status === 'good').length;
	assert.ok(good(after) > good(before));
	const still = (findings: Finding[], word: RegExp) =>
		findings.some(({ status, check, message }) => status === 'bad' && word.test(`${check} ${message}`));
	assert.ok(still(before, /guard|polic|role/i));
	assert.not(still(after, /guard|polic|role/i), JSON.stringify(after.filter(({ status }) => status === 'bad')));
});

test('colours mark what is bad, only where they are asked for', () => {
	write(argocd);
	const plain = run(['doctor'], { env: environment() }).stdout;
	const coloured = run(['doctor', '--color', 'always'], { env: environment() }).stdout;
	assert.not.ok(plain.includes('\u001b['));
	assert.ok(coloured.includes('\u001b[31mBAD'));
});

test.run();

function write(cluster: Record<string, JsonObject>): void {
	writeFileSync(join(folder, 'cluster.json'), JSON.stringify(cluster));
}

function environment(): Record<string, string> {
	return { PATH: `${folder}:${process.env.PATH}` };
}

function doctor(cluster: Record<string, JsonObject>): { status: number | null; findings: Finding[]; text: string } {
	write(cluster);
	const text = run(['doctor'], { env: environment() });
	const json = run(['doctor', '-o', 'json'], { env: environment() });
	assert.equal([text.stderr, json.stderr, json.status], ['', '', text.status]);
	return { status: text.status, findings: JSON.parse(json.stdout).findings, text: text.stdout };
}

/** Lists, by path, of all that install would apply. */
function installed(databaseNamespaces: string[]): Record<string, JsonObject> {
	const objects = clusterObjects({
		image: '',
		environment: {},
		namespace: 'argocd',
		controllers: ['argocd-application-controller', 'argocd-server'],
		databaseNamespaces,
		withGuards: true,
	});
	const lists: Record<string, { items: JsonObject[] }> = {};
	for (const object of objects) {
		const { namespace } = object.metadata as { namespace?: string };
		const plural = `${String(object.kind).toLowerCase().replace(/y$/, 'ie')}s`;
		const path = `/apis/${object.apiVersion}${namespace ? `/namespaces/${namespace}` : ''}/${plural}`;
		lists[path] = { items: [...(lists[path]?.items ?? []), object] };
	}
	return lists as unknown as Record<string, JsonObject>;
}
