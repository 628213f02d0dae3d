/** What the commands' declarations have in common. */
import { type Command, Option } from 'commander';
import type { Result } from '../commands/build.js';
import type { World } from '../commands/load.js';
import { isSettingOf, type Setting, type SettingName, settings } from '../settings.js';

/** Options as commander hands them over. */
export type Flags = Record<string, unknown> & { filename?: string[]; color?: string; quiet?: boolean };

/** What the process is to a command. */
export interface Cli {
	readonly world: World;
	/** Prints the result and sets the exit code. */
	finish(result: Result, flags: Flags): void;
	/** Whether a descriptor takes colours, by `--color`, the environment and what it is. */
	isColoured(descriptor: 1 | 2, when?: string): boolean;
}

/** A command in the list of all. */
export interface Declaration {
	readonly name: string;
	/** One line, without a capital or a full stop. */
	readonly summary: string;
	/** Declares arguments, options and action. Called for the command that runs, and for all where all are shown. */
	declare(command: Command, cli: Cli): void;
}

/** Collects the values of an option that may be given several times. */
export function collect(value: string, before: string[] = []): string[] {
	return [...before, value];
}

export function colorOption(): Option {
	return new Option('--color <when>', 'when to use colours').choices(['auto', 'always', 'never']).default('auto');
}

/** `-o text|json`, and more forms where there are any. */
export function outputOption(help: string, more: readonly string[] = []): Option {
	return new Option('-o, --output <format>', help).choices(['text', 'json', ...more]).default('text');
}

/** Adds the settings that a command obeys, and the options that all commands with settings have. */
export function withSettings(command: Command): Command {
	command.option('-f, --filename <path>', 'a file or folder; may be given several times', collect);
	for (const [name, setting] of Object.entries(settings))
		if (isSettingOf(command.name(), name as SettingName)) command.addOption(optionFor(setting));
	return command.addOption(colorOption()).option('-q, --quiet', 'print no warnings');
}

function optionFor({ flag, help, default: standard, values }: Setting): Option {
	// The default is not commander's: a flag that is not given leaves the word to plugin parameters and the environment.
	const hasValue = flag.includes('<');
	const option = new Option(flag, hasValue && standard ? `${help} (default: ${standard})` : help);
	return hasValue && values ? option.choices(values) : option;
}

/** All files and folders that were named, with or without `-f`. */
export function inputsOf(paths: readonly string[], { filename = [] }: Flags): string[] {
	return [...filename, ...paths];
}
