/** Completion for bash 3.2 and later. Where it has no word to offer, bash offers files. */
import { type CommandWords, withAllBelow } from './words.js';

export function bash(program: CommandWords): string {
	const commands = withAllBelow(program);
	const paths = commands.flatMap(({ path }) => (path ? [quoted(path)] : [])).join('|');
	const values = commands.flatMap(({ path, options }) =>
		options.flatMap(({ names, value }) =>
			value ? [`\t\t${names.map((name) => quoted(`${path} ${name}`)).join('|')}) words=${quoted(value.words)} ;;`] : [],
		),
	);
	const words = commands.flatMap(({ path, options, commands: below, words }) => {
		const all = [...below.map(({ name }) => name), ...words];
		const names = options.flatMap((option) => option.names);
		return [`\t\t${quoted(path)}) words=${quoted(all)} options=${quoted(names)} ;;`];
	});
	return `# bash completion for ${program.name}: source <(${program.name} completion bash)

_${functionName(program.name)}() {
	local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} path= words= options= i
	# --option=value is three words.
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=\${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		case "\${path:+$path }\${COMP_WORDS[i]}" in
		${paths}) path="\${path:+$path }\${COMP_WORDS[i]}" ;;
		esac
	done
	COMPREPLY=()
	case "$path $prev" in
${values.join('\n')}
	*)
		case $path in
${words.join('\n')}
		esac
		if [[ $cur == -* ]]; then words=$options; fi
		;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o bashdefault -o default -F _${functionName(program.name)} ${program.name}
`;
}

export function functionName(name: string): string {
	return name.replaceAll('-', '_');
}

function quoted(words: string | readonly string[]): string {
	return `'${(typeof words === 'string' ? words : words.join(' ')).replaceAll("'", "'\\''")}'`;
}
