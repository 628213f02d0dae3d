import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, parseAllDocuments } from 'yaml';
import { kindNames, kindOf } from '../../src/catalog/catalog.js';
import {
	accountsOf,
	component,
	helmValues,
	type InstallOptions,
	manifests,
	stream,
} from '../../src/hosts/install-argocd.js';
import type { JsonObject } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';

const options: InstallOptions = {
	image: 'registry.example.org/kubedb-render:0.1.0',
	namespace: 'argocd',
	controllers: ['argocd-application-controller', 'flux-system/kustomize-controller'],
	databaseNamespaces: ['demo', 'prod'],
	withGuards: true,
	environment: {},
};
const ofKind = (kind: string, objects: readonly JsonObject[] = manifests(options)) =>
	objects.filter((object) => object.kind === kind);
const nameOf = (object: JsonObject) => String(getAt(object, ['metadata', 'name']));

test('accounts are in the namespace of Argo CD, or in the one that they name', () => {
	assert.equal(accountsOf(options), [
		'system:serviceaccount:argocd:argocd-application-controller',
		'system:serviceaccount:flux-system:kustomize-controller',
	]);
});

test('every kind has its fence, and each policy its binding, which denies', () => {
	const policies = ofKind('ValidatingAdmissionPolicy').map(nameOf);
	const bindings = ofKind('ValidatingAdmissionPolicyBinding');
	assert.equal(policies, bindings.map(nameOf));
	for (const name of kindNames())
		assert.ok(policies.includes(`kubedb-render-fence-${kindOf(name)?.facts.plural}`), name);
	for (const binding of bindings) assert.equal(getAt(binding, ['spec', 'validationActions']), ['Deny']);
});

test('every guard exempts dry runs, and refuses with Forbidden and a message', () => {
	for (const policy of ofKind('ValidatingAdmissionPolicy')) {
		const spec = policy.spec as Record<string, JsonObject[]>;
		assert.ok(spec.matchConditions?.some(({ name }) => name === 'not-a-dry-run'));
		for (const { reason, messageExpression } of spec.validations ?? []) {
			assert.is(reason, 'Forbidden');
			assert.match(String(messageExpression), /^'kubedb-render: /);
		}
	}
});

test('without guards there is no admission policy, and everything else', () => {
	const objects = manifests({ ...options, withGuards: false });
	assert.not.ok(objects.some(({ apiVersion }) => String(apiVersion).startsWith('admissionregistration')));
	assert.ok(objects.some(({ kind }) => kind === 'Deployment'));
});

test('RBAC: no Secret, no write, no wildcard, bound in the namespaces that were named', () => {
	for (const role of [...ofKind('ClusterRole'), ...ofKind('Role')])
		for (const { resources, verbs, apiGroups } of role.rules as unknown as Record<string, string[]>[]) {
			assert.not.ok(resources?.some((each) => each === 'secrets' || each === '*'));
			assert.ok(
				verbs?.every((verb) => verb === 'get' || verb === 'list'),
				verbs?.join(),
			);
			assert.not.ok(apiGroups?.includes('*'));
		}
	const bound = ofKind('RoleBinding').filter((each) => getAt(each, ['roleRef', 'kind']) === 'ClusterRole');
	assert.equal(
		bound.map((each) => getAt(each, ['metadata', 'namespace'])),
		['demo', 'prod'],
	);
	assert.equal(ofKind('ClusterRoleBinding').map(nameOf), ['kubedb-render-guards']);
	const everywhere = ofKind('ClusterRoleBinding', manifests({ ...options, databaseNamespaces: [] }));
	assert.equal(everywhere.map(nameOf), ['kubedb-render', 'kubedb-render-guards']);
});

test('the sidecar runs as 999 with a read-only root, without capabilities, with a token of its own', () => {
	const pod = getAt(ofKind('Deployment')[0], ['spec', 'template', 'spec']) as JsonObject;
	const sidecar = (pod.containers as JsonObject[]).find(({ name }) => name === 'kubedb-render') as JsonObject;
	assert.is(sidecar.image, options.image);
	const context = sidecar.securityContext as JsonObject;
	assert.equal(
		[context.runAsUser, context.readOnlyRootFilesystem, context.allowPrivilegeEscalation, context.capabilities],
		[999, true, false, { drop: ['ALL'] }],
	);
	const mounted = (sidecar.volumeMounts as JsonObject[]).map(({ name }) => String(name));
	const own = (pod.volumes as JsonObject[]).map(({ name }) => String(name));
	assert.equal(mounted.filter((name) => name.startsWith('kubedb-render')).sort(), own.sort());
	assert.is(pod.automountServiceAccountToken, undefined);
});

test('all three forms are YAML that reads back as what was meant, and hold the same guards', () => {
	const documents = parseAllDocuments(stream(manifests(options))).map((each) => each.toJS() as JsonObject);
	assert.equal(documents, manifests(options));
	const files = component(options);
	const { resources, patches } = parse(files['kustomization.yaml'] as string) as {
		resources: string[];
		patches: { path: string }[];
	};
	for (const name of [...resources, ...patches.map(({ path }) => path)]) assert.ok(files[name], name);
	const values = parse(helmValues(options)) as JsonObject;
	const guards = (objects: readonly JsonObject[]) =>
		objects.filter(({ kind }) => String(kind).startsWith('Validating'));
	assert.equal(guards(values.extraObjects as JsonObject[]), guards(documents));
	assert.is(getAt(values, ['configs', 'params', 'controller.diff.server.side']), 'true');
	const cluster = parseAllDocuments(files['cluster.yaml'] as string).map((each) => each.toJS() as JsonObject);
	assert.equal(guards(cluster), guards(documents));
});

test('Helm takes nothing in the values for a template', () => {
	assert.not.match(helmValues(options), /\{\{/);
});

test.run();
