/** Completion for zsh, as a file `_kubedb-render` on fpath or sourced. */
import { functionName } from './bash.js';
import { type CommandWords, type OptionWords, withAllBelow } from './words.js';

const wordsOrFiles = '_kubedb_render_words_or_files';

export function zsh(program: CommandWords): string {
	const { name } = program;
	const functions = withAllBelow(program).map((command) => functionFor(name, command));
	return `#compdef ${name}
# zsh completion for ${name}: source <(${name} completion zsh)

${wordsOrFiles}() {
	_alternative "words:word:($*)" files:file:_files
}

${functions.join('\n')}
if [ "$funcstack[1]" = "_${functionName(name)}" ]; then
	_${functionName(name)} "$@"
else
	compdef _${functionName(name)} ${name}
fi
`;
}

function functionFor(program: string, command: CommandWords): string {
	const name = functionOf(program, command);
	const specs = command.options.map((option) => `\t\t${optionSpec(option)} \\\n`).join('');
	if (command.commands.length === 0)
		return `${name}() {\n\t_arguments -s \\\n${specs}\t\t${argumentSpec(command)}\n}\n`;
	const described = command.commands.map((each) => `\t\t${quoted(`${each.name}:${each.help}`)}\n`).join('');
	const cases = command.commands.map((each) => `\t\t${each.name}) ${functionOf(program, each)} ;;\n`).join('');
	return `${name}() {
	local line state
	local -a commands=(
${described}	)
	_arguments -C -s \\
${specs}		'1: :->command' \\
		'*:: :->rest'
	case $state in
	command) _describe command commands ;;
	rest)
		case $line[1] in
${cases}		esac
		;;
	esac
}
`;
}

function functionOf(program: string, { path }: CommandWords): string {
	return `_${functionName(`${program} ${path}`.trim().replaceAll(' ', '_'))}`;
}

function optionSpec({ names, help, value, isRepeated }: OptionWords): string {
	const text = `[${help.replace(/[[\]:]/g, '\\$&')}]`;
	const argument = value ? `:${value.name}:${actionFor(value)}` : '';
	const excluded = isRepeated ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
	// The value may stand in the same word: behind = for a long option.
	const spelled = names.map((name) => `${name}${value ? (name.startsWith('--') ? '=' : '+') : ''}`);
	if (spelled.length === 1) return quoted(`${excluded}${spelled[0]}${text}${argument}`);
	return `${quoted(excluded)}{${spelled.join(',')}}${quoted(`${text}${argument}`)}`;
}

function actionFor({ words, isPath }: { readonly words: readonly string[]; readonly isPath: boolean }): string {
	if (words.length === 0) return isPath ? '_files' : '';
	// Behind a space, zsh hands no arguments of its own to the function.
	return isPath ? ` ${wordsOrFiles} ${words.join(' ')}` : `(${words.join(' ')})`;
}

function argumentSpec({ words, takesFiles }: CommandWords): string {
	if (takesFiles) return quoted('*:path:_files');
	return words.length > 0 ? quoted(`1: :(${words.join(' ')})`) : quoted('*: :');
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
