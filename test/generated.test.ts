import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { environmentName, resolveSettings, settings } from '../src/settings.js';

declare const PROJECT_ROOT: string;
const test = suite('generated files');
let folder: string;
test.before(() => {
	folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
});
test.after(() => rmSync(folder, { recursive: true }));

test('they are what the source makes of them', () => {
	assert.equal(generate('--check'), { status: 0, stdout: '', stderr: '' });
});

test('a check names every file that differs, and writes none', () => {
	const missing = generate('--check', folder);
	assert.is(missing.status, 1);
	assert.match(missing.stdout, 'plugin.yaml differs from what it is made from\n');
	assert.match(missing.stdout, 'docs/settings.md differs');
	assert.match(missing.stderr, 'Run npm run generate');
	assert.is(generate('--check', folder).stdout, missing.stdout);

	assert.match(generate(folder).stdout, /^wrote plugin\.yaml\n(?:wrote docs\/.*\n)+$/);
	assert.equal(generate(folder), { status: 0, stdout: '', stderr: '' });
	assert.is(generate('--check', folder).status, 0);

	appendFileSync(join(folder, 'docs/settings.md'), 'edited\n');
	assert.is(generate('--check', folder).stdout, 'docs/settings.md differs from what it is made from\n');
	generate(folder);

	writeFileSync(join(folder, 'docs/kinds/Gone.md'), 'x');
	assert.equal(generate('--check', folder).stdout, 'docs/kinds/Gone.md is made from nothing any more\n');
	assert.is(generate(folder).stdout, 'deleted docs/kinds/Gone.md\n');
	assert.is(generate('--check', folder).status, 0);
});

test('an option that is none is an error', () => {
	assert.match(generate('--chek', folder).stderr, 'there is no option --chek');
	assert.is(generate('--chek', folder).status, 1);
});

test('plugin.yaml is a plugin that every Application names, with the parameters that an Application may set', () => {
	const plugin = parse(readFileSync(join(PROJECT_ROOT, 'plugin.yaml'), 'utf8'));
	assert.equal([plugin.apiVersion, plugin.kind], ['argoproj.io/v1alpha1', 'ConfigManagementPlugin']);
	assert.equal(Object.keys(plugin.spec).sort(), ['generate', 'parameters', 'preserveFileMode']);
	const parameters: { name: string; string: string }[] = plugin.spec.parameters.static;
	const open = Object.entries(settings).filter(([, { scope }]) => scope === 'application');
	assert.equal(
		parameters.map(({ name }) => name),
		open.map(([name]) => name),
	);
	// What the user interface sends back when nobody changes anything means the same as nothing.
	const sent = { ARGOCD_APP_NAME: 'x', ARGOCD_APP_PARAMETERS: JSON.stringify(parameters) };
	assert.equal(resolveSettings({}, sent), resolveSettings({}, { ARGOCD_APP_NAME: 'x' }));
});

test('docs/settings.md names every flag and every environment variable', () => {
	const page = readFileSync(join(PROJECT_ROOT, 'docs/settings.md'), 'utf8');
	for (const [name, { flag }] of Object.entries(settings)) {
		assert.match(page, `\`${flag}\``);
		assert.match(page, `\`${environmentName(name)}\``);
	}
});

test.run();

function generate(...args: string[]) {
	const script = join(PROJECT_ROOT, 'tools/generate.mjs');
	const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
	return { status, stdout, stderr };
}
