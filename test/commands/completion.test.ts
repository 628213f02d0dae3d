import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bash } from '../../src/completion/bash.js';
import { fish } from '../../src/completion/fish.js';
import { wordsOf } from '../../src/completion/words.js';
import { zsh } from '../../src/completion/zsh.js';
import { run } from '../run-cli.js';
import { matchesFixture } from '../snapshot.js';

const test = suite('completion');
let folder: string;
test.before(() => {
	folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
	writeFileSync(join(folder, 'script'), run(['completion', 'bash'], { cwd: folder }).stdout);
});
test.after(() => rmSync(folder, { recursive: true }));

test('bash offers commands, and nothing that does not begin as typed', () => {
	const commands = run(['--help']).stdout.split('Commands:')[1] ?? '';
	const named = [...commands.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1] as string);
	assert.ok(named.includes('build') && named.includes('help'));
	assert.equal(offered(['']), named.sort());
	assert.equal(offered(['bui']), ['build']);
	assert.equal(offered(['x']), []);
	assert.equal(offered(['help', 'pl']), ['plan']);
	assert.equal(offered(['completion', '']), ['bash', 'fish', 'zsh']);
});

test('bash offers the values of options, in one word with the option too', () => {
	assert.equal(offered(['build', '--source', '']), ['auto', 'kustomize', 'plain']);
	assert.equal(offered(['build', '--source', '=', 'k']), ['kustomize']);
	assert.equal(offered(['build', '--source', '=']), ['auto', 'kustomize', 'plain']);
	assert.equal(offered(['build', '-o', 'j']), ['json']);
	assert.equal(offered(['plan', '--output', '']), ['github', 'json', 'markdown', 'text']);
	assert.equal(offered(['build', '--state', 'c']), ['cluster']);
});

test('bash is left to offer files where there are paths', () => {
	for (const words of [
		['build', ''],
		['build', '-f', ''],
		['build', '--output-dir', ''],
		['build', '--state', './ren'],
	])
		assert.equal(offered(words), [], words.join(' '));
	assert.match(
		run(['completion', 'bash']).stdout,
		/^complete -o bashdefault -o default -F _kubedb_render kubedb-render$/m,
	);
});

test('bash offers every option that the help of a command names', () => {
	for (const command of ['build', 'plan', 'completion']) {
		const help = run([command, '--help']).stdout;
		const named = [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1] as string);
		assert.ok(named.includes('--help'));
		const options = offered([command, '-']);
		for (const option of named) assert.ok(options.includes(option), `${command} ${option}`);
	}
});

test('an option counts for its own command only, and a path that is called like a command is a path', () => {
	assert.equal(offered(['build', '--detailed']), []);
	assert.equal(offered(['plan', '--detailed']), ['--detailed-exitcode']);
	assert.equal(offered(['plan', 'build', '--detailed']), ['--detailed-exitcode']);
	assert.equal(offered(['build', 'plan', '--output-d']), ['--output-dir']);
});

test('the scripts are what they were, for zsh and fish that not every machine has', () => {
	for (const shell of ['bash', 'zsh', 'fish']) {
		const { stdout, stderr, status } = run(['completion', shell]);
		assert.is(stderr, '');
		assert.is(status, 0);
		matchesFixture(stdout, `cli/completion.${shell}`);
	}
});

test('a shell that is not known is an error that lists those that are', () => {
	const { stdout, stderr, status } = run(['completion', 'powershell']);
	assert.is(status, 1);
	assert.is(stdout, '');
	assert.match(stderr, /bash, zsh, fish/);
	assert.match(run(['completion']).stderr, "missing required argument 'shell'");
});

test('commands below commands are completed below them', () => {
	const program = new Command('tool').helpCommand(false);
	const state = program.command('state').helpCommand(false).summary("what is 'remembered'");
	state.command('show').option('-a, --all [how]', 'a: [b]').argument('<file>');
	state.command('adopt', { hidden: true });
	const words = wordsOf(program, new Map());
	writeFileSync(join(folder, 'tool'), bash(words));
	assert.equal(offered([''], 'tool'), ['state']);
	assert.equal(offered(['state', ''], 'tool'), ['show']);
	assert.equal(offered(['state', 'show', '-'], 'tool'), ['--all', '--help', '-a', '-h']);
	assert.match(zsh(words), "'state:what is '\\''remembered'\\'''");
	assert.match(zsh(words), "'(-a --all)'{-a+,--all=}'[a\\: \\[b\\]]:how:'");
	assert.match(fish(words), "-a state -d 'what is \\'remembered\\''");
	assert.match(
		fish(words),
		"complete -c tool -n '__fish_seen_subcommand_from state; and __fish_seen_subcommand_from show' -F",
	);
});

test.run();

/** What bash offers for the last word, sorted; `=` is a word of its own, as it is for bash. */
function offered(words: readonly string[], program = 'script'): string[] {
	const name = program === 'script' ? 'kubedb-render' : program;
	const quoted = [name, ...words].map((word) => `'${word}'`).join(' ');
	const text = `source ./${program}; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _${name.replace('-', '_')}
		printf '%s\\n' "\${COMPREPLY[@]}"`;
	const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', text], { cwd: folder, encoding: 'utf8' });
	assert.is(stderr, '');
	return stdout.split('\n').filter(Boolean).sort();
}
