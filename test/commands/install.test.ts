import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { type InstallFlags, installArgoCD } from '../../src/commands/install.js';
import { Refusal } from '../../src/problems.js';

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

test.run();
