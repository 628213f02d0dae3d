import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { type InstallFlags, installArgoCD, installFlux } from '../../src/commands/install.js';
import { Refusal } from '../../src/problems.js';

declare const PROJECT_ROOT: string;

const flags: InstallFlags = {
	form: 'manifests',
	image: 'registry.example.org/kubedb-render:0.1.0',
	namespace: 'argocd',
	controllerServiceAccount: ['argocd-application-controller'],
	databaseNamespace: ['demo'],
	allNamespaces: false,
	guards: true,
};

function refusalOf(more: Partial<InstallFlags>): string {
	try {
		installArgoCD({ ...flags, ...more });
	} catch (error) {
		if (error instanceof Refusal) return error.message;
		throw error;
	}
	return 'not refused';
}

test('an image, and the namespaces that hold databases, have to be named', () => {
	assert.match(refusalOf({ image: undefined }), /--image is missing/);
	assert.match(refusalOf({ databaseNamespace: [] }), /which namespaces hold databases is not said/);
	assert.match(refusalOf({ allNamespaces: true }), /exclude one another/);
});

test('a Component is written into a folder, as the files that its kustomization names', () => {
	assert.match(refusalOf({ form: 'component' }), /several files/);
	const folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
	try {
		const { stdout } = installArgoCD({ ...flags, form: 'component', outputDir: join(folder, 'new') });
		assert.is(stdout, '');
		assert.ok(existsSync(join(folder, 'new/kustomization.yaml')));
		assert.is(readdirSync(join(folder, 'new')).length, 5);
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test('another cluster gets guards and a reader, and nothing of Argo CD', () => {
	const { stdout } = installArgoCD({ ...flags, form: 'destination', image: undefined });
	const kinds = parseAllDocuments(stdout).map((each) => (each.toJS() as { kind: string }).kind);
	assert.ok(kinds.includes('ServiceAccount') && kinds.includes('ValidatingAdmissionPolicy'));
	assert.not.ok(kinds.some((kind) => ['Deployment', 'ConfigMap', 'Role'].includes(kind)));
});

test('values of the Helm chart are one document', () => {
	const { stdout } = installArgoCD({ ...flags, form: 'helm-values' });
	assert.is(parseAllDocuments(stdout).length, 1);
});

const flux = {
	namespace: 'flux-system',
	controllerServiceAccount: ['kustomize-controller'],
	tag: 'prod',
	name: 'kubedb-rendered',
};

test('Flux gets guards for its account; with a URL the source and the root of the page about Flux, and nothing else', () => {
	const kindsOf = (text: string) => [...new Set(parseAllDocuments(text).map((each) => each.toJS().kind))];
	const { stdout: plain } = installFlux(flux);
	assert.equal(kindsOf(plain), ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']);
	assert.match(plain, "request.userInfo.username in ['system:serviceaccount:flux-system:kustomize-controller']");
	const { stdout } = installFlux({ ...flux, url: 'oci://registry.example.com/kubedb' });
	const printed = parseAllDocuments(stdout).map((each) => each.toJS());
	const page = readFileSync(join(PROJECT_ROOT, 'docs/flux.md'), 'utf8');
	const block = /^```yaml\n(apiVersion: source.*?)^```$/ms.exec(page)?.[1] as string;
	assert.equal(
		printed.slice(-2),
		parseAllDocuments(block).map((each) => each.toJS()),
	);
});

test('what is no OCI repository is refused as the place of trees', () => {
	try {
		installFlux({ ...flux, url: 'https://example.com/repo' });
		assert.unreachable();
	} catch (error) {
		assert.instance(error, Refusal);
		assert.match((error as Refusal).message, '--url cannot be "https://example.com/repo"');
	}
});

test.run();
