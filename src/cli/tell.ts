/** The commands that tell what is known: `explain` of the catalog, `completion` of the command line itself. */
import { Argument, type Command } from 'commander';
import type { Shell } from '../commands/completion.js';
import { type Cli, colorOption, type Declaration, type Flags, outputOption } from './form.js';

export const tellCommands: Declaration[] = [
	{
		name: 'explain',
		summary: 'show which operation carries out the change of a field',
		declare: declareExplain,
	},
	{
		name: 'completion',
		summary: 'print a script with which a shell completes commands and options',
		declare: declareCompletion,
	},
];

function declareExplain(command: Command, { finish, isColoured }: Cli): void {
	command
		.argument('[kind[.path]]', 'a kind, its plural or short name, and a field path (default: all kinds)')
		.addOption(outputOption('how'))
		.addOption(colorOption())
		.action(async (what: string | undefined, flags: Flags) => {
			const { explain } = await import('../commands/explain.js');
			const options = { output: flags.output as 'text' | 'json', color: isColoured(1, flags.color) };
			finish(explain(what, options), flags);
		});
}

function declareCompletion(command: Command, { finish }: Cli): void {
	command
		.addArgument(new Argument('<shell>', 'the shell that is to complete').choices(['bash', 'zsh', 'fish']))
		.addHelpText(
			'after',
			`
Examples:
  source <(kubedb-render completion bash)
  source <(kubedb-render completion zsh)
  kubedb-render completion fish | source`,
		)
		.action(async (shell: Shell) => {
			const { completion } = await import('../commands/completion.js');
			finish(completion(shell, command.parent as Command), {});
		});
}
