/** The commands about what was rendered before: `test` compares it, `state` shows and acknowledges it. */
import type { Command } from 'commander';
import { resolveSettings } from '../settings.js';
import { type Cli, collect, colorOption, type Declaration, type Flags, outputOption, withSettings } from './form.js';

export const treeCommands: Declaration[] = [
	{ name: 'test', summary: 'snapshot tests: a case is a folder of numbered steps', declare: declareTest },
	{ name: 'state', summary: 'what is remembered between renders', declare: declareState },
];

function declareTest(command: Command, { world, finish, isColoured }: Cli): void {
	command
		.argument('<folder...>', 'cases: folders with numbered steps, or folders with those below them')
		.option('--update', 'write what is expected anew')
		.option('--junit <file>', 'write the results as JUnit XML, too')
		.addOption(colorOption())
		.action(async (folders: string[], flags: Flags & { update?: boolean; junit?: string }) => {
			const { test } = await import('../commands/test.js');
			const color = isColoured(1, flags.color);
			finish(test(folders, { update: flags.update === true, junit: flags.junit, color }), flags);
		});
	withSettings(command.command('init').argument('<folder>', 'the case, which is made'))
		.summary('make the first case from a file or a running database')
		.option('--from <file>', 'a file with gitops resources')
		.option('--database <kind/namespace/name>', 'a database in the cluster')
		.action(async (folder: string, flags: Flags & { from?: string; database?: string }) => {
			const { testInit } = await import('../commands/test.js');
			const options = { file: flags.from, database: flags.database, color: isColoured(1, flags.color) };
			finish(await testInit(folder, options, resolveSettings(flags, world.environment), world), flags);
		});
}

function declareState(command: Command, { world, finish }: Cli): void {
	command.helpCommand(false);
	command
		.command('show')
		.argument('<path>', 'a file, a folder, a published tree, or - for stdin')
		.summary('show what is remembered of each database')
		.addOption(outputOption('how'))
		.addOption(colorOption())
		.action(async (path: string, flags: Flags) => {
			const { stateShow } = await import('../commands/state-show.js');
			finish(stateShow(path, flags.output as 'text' | 'json', world), flags);
		});
	command
		.command('acknowledge')
		.argument('<tree>', 'the published tree (build --layout flux) that was applied')
		.summary('turn a published tree that was applied into the next state')
		.option('--into <file>', 'the file with the state: updated, or made')
		.option('--database <namespace/name>', 'what was applied; may be given several times (default: all)', collect)
		.option('--applied <file>', 'Kustomizations of the cluster, as kubectl get -o json prints them; - is stdin')
		.addOption(colorOption())
		.option('-q, --quiet', 'print no warnings')
		.action(async (tree: string, flags: Flags & { into?: string; database?: string[]; applied?: string }) => {
			const { acknowledge } = await import('../commands/state.js');
			const { into, database = [], applied } = flags;
			finish(acknowledge(tree, { into, databases: database, applied }, world), flags);
		});
}
