/** Completion for fish 3 and later. */
import { type CommandWords, type OptionWords, withAllBelow } from './words.js';

export function fish(program: CommandWords): string {
	const lines = withAllBelow(program).flatMap((command) => {
		const here = command.path.split(' ').filter(Boolean).map(seen);
		const below = command.commands.map(({ name }) => name);
		const condition = [...here, ...(below.length > 0 ? [`not ${seen(below.join(' '))}`] : [])].join('; and ');
		const start = `complete -c ${program.name} -n ${quoted(condition)}`;
		return [
			...command.commands.map(({ name, help }) => `${start} -a ${name} -d ${quoted(help)}`),
			...(command.words.length > 0 ? [`${start} -a ${quoted(command.words.join(' '))}`] : []),
			...(command.takesFiles ? [`${start} -F`] : []),
			...command.options.map((option) => `${start} ${optionText(option)}`),
		];
	});
	return `# fish completion for ${program.name}: ${program.name} completion fish | source
complete -c ${program.name} -f
${lines.join('\n')}
`;
}

function seen(names: string): string {
	return `__fish_seen_subcommand_from ${names}`;
}

function optionText({ names, help, value }: OptionWords): string {
	const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
	const words = value && value.words.length > 0 ? [`-a ${quoted(value.words.join(' '))}`] : [];
	const takes = value ? [value.isPath ? '-r -F' : '-x'] : [];
	return [...flags, ...takes, ...words, `-d ${quoted(help)}`].join(' ');
}

function quoted(text: string): string {
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
