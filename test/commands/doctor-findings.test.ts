import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../src/hosts/findings.js';
import { clusterObjects } from '../../src/hosts/install-argocd.js';
import type { JsonObject } from '../../src/json.js';
import { type Cluster, fakeKubectl, listed } from './fake-kubectl.js';
import { run } from './run.js';

const test = suite('doctor: findings');
const kubectl = fakeKubectl();
test.after(() => kubectl.remove());

const application = {
	metadata: { name: 'orders', namespace: 'argocd' },
	spec: {
		destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
		source: { plugin: { name: 'kubedb-render' } },
	},
};
const argocd: Cluster = {
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

test('a gitops resource that reached the cluster is told of, in either host', () => {
	const gitops = {
		'/apis/gitops.kubedb.com/v1alpha1': { resources: [{ name: 'postgreses' }, { name: 'postgreses/status' }] },
		'/apis/gitops.kubedb.com/v1alpha1/postgreses': { items: [{ metadata: { namespace: 'shop', name: 'orders' } }] },
	} as unknown as Cluster;
	const found = doctor({ ...argocd, ...gitops }).findings.find(({ check }) => check === 'postgreses.gitops.kubedb.com');
	assert.is(found?.status, 'bad');
	assert.is(found?.message, 'shop/orders reached the cluster unrendered');
});

test('guards that bind other accounts are bad, those that bind more are ours', () => {
	const guarded = (controllers: string[]) => {
		const options = { image: '', environment: {}, namespace: 'argocd', controllers, databaseNamespaces: [] };
		return doctor({ ...argocd, ...listed(clusterObjects({ ...options, withGuards: true })) }).findings;
	};
	const fence = (findings: Finding[]) => findings.find(({ check }) => check === 'kubedb-render-fence-postgreses');
	const other = fence(guarded(['argocd-application-controller']));
	assert.is(other?.status, 'bad');
	assert.is(other?.message, 'does not bind system:serviceaccount:argocd:argocd-server');
	const all = ['argocd-application-controller', 'argocd-server', 'flux-system/kustomize-controller'];
	assert.is(fence(guarded(all))?.status, 'good');
});

test('colours mark what is bad, only where they are asked for', () => {
	const env = kubectl.environment(argocd);
	const plain = run(['doctor'], { env }).stdout;
	const coloured = run(['doctor', '--color', 'always'], { env }).stdout;
	assert.not.ok(plain.includes('\u001b['));
	assert.ok(coloured.includes('\u001b[31mBAD'));
});

test.run();

function doctor(cluster: Cluster): { status: number | null; findings: Finding[]; text: string } {
	const env = kubectl.environment(cluster);
	const text = run(['doctor'], { env });
	const json = run(['doctor', '-o', 'json'], { env });
	assert.equal([text.stderr, json.stderr, json.status], ['', '', text.status]);
	return { status: text.status, findings: JSON.parse(json.stdout).findings, text: text.stdout };
}

/** Lists, by path, of all that install would apply. */
function installed(databaseNamespaces: string[]): Cluster {
	const objects = clusterObjects({
		image: '',
		environment: {},
		namespace: 'argocd',
		controllers: ['argocd-application-controller', 'argocd-server'],
		databaseNamespaces,
		withGuards: true,
	});
	return listed(objects);
}
