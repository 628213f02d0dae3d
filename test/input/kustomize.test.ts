import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildKustomization } from '../../src/input/kustomize.js';
import { refusal } from '../refusal.js';

/** Scripts stand in for kustomize and kubectl: they are all that is on the PATH. */
const test = suite<{ folder: string; path: string | undefined }>('kustomize');

test.before.each((context) => {
	context.folder = mkdtempSync(join(tmpdir(), 'kubedb-render-kustomize-'));
	context.path = process.env.PATH;
	process.env.PATH = context.folder;
});
test.after.each(({ folder, path }) => {
	process.env.PATH = path;
	rmSync(folder, { recursive: true });
});

function script(folder: string, name: string, body: string): string {
	const path = join(folder, name);
	writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$0" "$@" > ${folder}/called\n${body}\n`);
	chmodSync(path, 0o755);
	return path;
}

const called = (folder: string) => readFileSync(join(folder, 'called'), 'utf8').trimEnd().split('\n');

test('a folder is built by kustomize, and the source is called so', ({ folder }) => {
	const kustomize = script(folder, 'kustomize', "printf 'a: \\303\\251\\n'; echo warning >&2");
	script(folder, 'kubectl', 'exit 1');
	assert.equal(buildKustomization('some/folder', 'kustomize'), {
		name: 'some/folder (kustomize build)',
		text: 'a: é\n',
	});
	assert.equal(called(folder), [kustomize, 'build', 'some/folder']);
});

test('without kustomize, the one in kubectl builds it', ({ folder }) => {
	const kubectl = script(folder, 'kubectl', 'echo a: b');
	assert.is(buildKustomization('x', 'kustomize').text, 'a: b\n');
	assert.equal(called(folder), [kubectl, 'kustomize', 'x']);
});

test('a kustomize of the user is called by its path, and nothing stands in for it', ({ folder }) => {
	const own = script(folder, 'kustomize-5', 'echo a: b');
	script(folder, 'kubectl', 'echo c: d');
	assert.is(buildKustomization('x', own).text, 'a: b\n');
	const { code, message } = refusal(() => buildKustomization('x', 'kustomize-6'));
	assert.is(code, 'no-kustomize');
	assert.match(message, 'kustomize-6 cannot be run');
});

test('without any of them it is refused with the way out', () => {
	const { code, message, hint, source } = refusal(() => buildKustomization('x', 'kustomize'));
	assert.equal([code, source], ['no-kustomize', 'x']);
	assert.match(message, 'the folder holds a kustomization, and kustomize cannot be run');
	assert.match(hint ?? '', 'Install kustomize (or kubectl)');
});

test('a build that fails is refused with all that it says, and kubectl is not asked', ({ folder }) => {
	script(folder, 'kustomize', "printf 'Error: first\\nsecond\\n' >&2; echo half; exit 3");
	script(folder, 'kubectl', 'echo a: b');
	const { code, message, source } = refusal(() => buildKustomization('x', 'kustomize'));
	assert.equal([code, source], ['kustomize', 'x']);
	assert.is(message, 'kustomize build failed: Error: first\nsecond');
});

test('a build that fails without a word is refused with its exit status, or the signal that ended it', ({ folder }) => {
	script(folder, 'kustomize', 'exit 7');
	assert.is(refusal(() => buildKustomization('x', 'kustomize')).message, 'kustomize build failed: exit status 7');
	script(folder, 'kustomize', 'kill -9 $$');
	assert.is(refusal(() => buildKustomization('x', 'kustomize')).message, 'kustomize build failed: ended by SIGKILL');
});

test('what cannot be executed is refused', ({ folder }) => {
	writeFileSync(join(folder, 'kustomize'), 'no program');
	const { code, message } = refusal(() => buildKustomization('x', 'kustomize'));
	assert.is(code, 'kustomize');
	assert.match(message, 'EACCES');
});

test('output that is not UTF-8 is refused', ({ folder }) => {
	script(folder, 'kustomize', "printf 'a: \\351\\n'");
	const { code, source } = refusal(() => buildKustomization('x', 'kustomize'));
	assert.equal([code, source], ['not-utf8', 'x (kustomize build)']);
});

test('a folder whose name begins with a dash is no option', ({ folder }) => {
	script(folder, 'kustomize', 'echo a: b');
	buildKustomization('-x', 'kustomize');
	assert.equal(called(folder).slice(1), ['build', './-x']);
});

test.run();
