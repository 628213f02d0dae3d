/** What can be typed, read from commander's own definition: completion scripts cannot go stale. */
import type { Command, Option } from 'commander';

export interface CommandWords {
	/** As it is typed behind the program's name: `build`, or `state show`; empty for the program itself. */
	readonly path: string;
	readonly name: string;
	readonly help: string;
	readonly options: readonly OptionWords[];
	readonly commands: readonly CommandWords[];
	/** Words that stand for themselves as an argument. */
	readonly words: readonly string[];
	readonly takesFiles: boolean;
}

export interface OptionWords {
	/** `-f` and `--filename`, or one of the two. */
	readonly names: readonly string[];
	readonly help: string;
	readonly isRepeated: boolean;
	readonly value?: { readonly name: string; readonly words: readonly string[]; readonly isPath: boolean };
}

/** `suggestions` are words that options take beside others, by the long name of the option. */
export function wordsOf(
	command: Command,
	suggestions: ReadonlyMap<string, readonly string[]>,
	path = '',
): CommandWords {
	const help = command.createHelp();
	const names = help.visibleCommands(command).map((each) => each.name());
	const commands = help.visibleCommands(command).map((each) => {
		const words = wordsOf(each, suggestions, `${path} ${each.name()}`.trim());
		// commander's own, whose argument is a command.
		return each.name() === 'help' ? { ...words, words: names.filter((name) => name !== 'help') } : words;
	});
	return {
		path,
		name: command.name(),
		help: command.summary() || command.description(),
		options: help.visibleOptions(command).map((option) => optionWords(option, suggestions)),
		commands,
		words: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
		takesFiles: command.registeredArguments.some((argument) => isPath(argument.name())),
	};
}

function optionWords(option: Option, suggestions: ReadonlyMap<string, readonly string[]>): OptionWords {
	const placeholder = /[<[]([^>\]]+)/.exec(option.flags)?.[1];
	const words = option.argChoices ?? suggestions.get(option.long ?? '') ?? [];
	return {
		names: [option.short, option.long].filter((name) => name !== undefined),
		help: option.description,
		isRepeated: option.variadic || /several times/.test(option.description),
		...(placeholder ? { value: { name: placeholder, words, isPath: isPath(placeholder) } } : {}),
	};
}

function isPath(placeholder: string): boolean {
	return /^(?:path|file|folder|dir|where)(?:\.\.\.)?$/i.test(placeholder);
}

/** A command and all below it. */
export function withAllBelow(command: CommandWords): CommandWords[] {
	return [command, ...command.commands.flatMap(withAllBelow)];
}
