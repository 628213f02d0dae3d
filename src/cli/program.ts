/** All commands of the command line. */
import type { Command } from 'commander';
import { apiVersion, version } from '../version.js';
import type { Cli, Declaration } from './form.js';
import { hostCommands } from './hosts.js';
import { renderCommands } from './render.js';
import { tellCommands } from './tell.js';
import { treeCommands } from './trees.js';

const [build, plan, fn] = renderCommands as [Declaration, Declaration, Declaration];
const [explain, completion] = tellCommands as [Declaration, Declaration];
const commands = [build, plan, explain, fn, ...treeCommands, completion, ...hostCommands];

/**
 * Declares the commands below `root`. `argv` tells which of them the run may be about: the options of the others, half of
 * the time that it takes to get here, are left out.
 */
export function declareCommands(root: Command, argv: readonly string[], cli: Cli): void {
	root
		.description('Renders gitops.kubedb.com resources to database CRs and ordered OpsRequests.')
		.version(`${version} (catalog of KubeDB's API ${apiVersion})`, '--version', 'print the version')
		.helpCommand('help [command]', 'show help for a command')
		.showSuggestionAfterError(true);
	const named = commands.filter(({ name }) => argv.includes(name));
	const isForAll = named.length === 0 || named.includes(completion);
	for (const declaration of commands) {
		const command = root.command(declaration.name).summary(declaration.summary);
		if (isForAll || named.includes(declaration)) declaration.declare(command, cli);
		for (const each of [command, ...command.commands]) each.description(sentence(each.summary()));
	}
}

/** What the list of commands says of one, as the head of its own help. */
function sentence(summary: string): string {
	return `${summary.replace(/^./, (letter) => letter.toUpperCase())}.`;
}
