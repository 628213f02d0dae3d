/** From argv to an exit code: the only file that touches `process`. */
import { writeSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { Cli, Flags } from './cli/form.js';
import { declareCommands } from './cli/program.js';
import type { Result } from './commands/build.js';
import { pause, readAll } from './input/stdin.js';
import { lazy } from './lazy.js';
import { coloured } from './output/paint.js';
import { isError, type Problem, Refusal, refuse, showProblem } from './problems.js';
import { isInArgoCD } from './settings.js';
import { version } from './version.js';

const cli: Cli = {
	world: {
		environment: process.env,
		stdinIsTerminal: () => isTerminal(0),
		readStdin: () => readAll(0),
	},
	finish,
	isColoured,
};

/** Options of the command that runs, for what it is refused with. */
let given: Flags = {};

/** kustomize runs a legacy exec plugin with a config file as argument 1 and knows no subcommands. */
function argumentsOf({ argv, env }: NodeJS.Process): string[] {
	const isPlugin = env.KUSTOMIZE_PLUGIN_CONFIG_STRING !== undefined && /(?:^|\/)Render$/.test(argv[1] ?? '');
	return isPlugin ? [...argv.slice(0, 2), 'fn', ...argv.slice(2)] : [...argv];
}

function finish({ stdout, warnings, exitCode }: Result, flags: Flags): void {
	// Argo CD keeps the stderr of a render that went well in a log that nobody reads.
	if (exitCode === 1 || !isInArgoCD(process.env)) printProblems(warnings, flags);
	print(1, stdout);
	process.exitCode = exitCode;
}

function printProblems(all: readonly Problem[], { color, quiet }: Flags): void {
	const problems = quiet ? all.filter(isError) : all;
	if (problems.length === 0) return;
	const paint = isColoured(2, color) ? coloured : undefined;
	for (const problem of problems) print(2, `${showProblem(problem, paint)}\n`);
	const errors = problems.filter(isError).length;
	if (errors > 1) print(2, `${errors} errors.\n`);
}

function isColoured(descriptor: 1 | 2, when = 'auto'): boolean {
	if (when !== 'auto') return when === 'always';
	const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
	if (NO_COLOR) return false;
	if (FORCE_COLOR) return FORCE_COLOR !== '0';
	return TERM !== 'dumb' && isTerminal(descriptor);
}

/** node:tty takes longer to load than many a render takes, and is seldom asked. */
function isTerminal(descriptor: number): boolean {
	return lazy.tty().isatty(descriptor);
}

/** Writes all of it. Ends quietly where nobody reads stdout any more, with the status that a shell gives to SIGPIPE. */
function print(descriptor: 1 | 2, text: string): void {
	const bytes = Buffer.from(text);
	for (let at = 0; at < bytes.length; ) {
		try {
			at += writeSync(descriptor, bytes, at);
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			if (code === 'EAGAIN') pause();
			else if (descriptor === 2) return;
			else if (code === 'EPIPE') process.exit(141);
			else refuse('unwritable', `stdout cannot be written: ${code}`, 'What was written of it is not complete.');
		}
	}
}

async function main(): Promise<void> {
	const argv = argumentsOf(process);
	const root = new Command('kubedb-render')
		.exitOverride()
		.configureOutput({ writeOut: (text) => print(1, text), writeErr: (text) => print(2, text) })
		.hook('preAction', (_, command) => {
			given = command.opts();
		});
	try {
		declareCommands(root, argv.slice(2), cli);
		await root.parseAsync(argv);
	} catch (error) {
		if (error instanceof CommanderError) {
			process.exitCode = error.exitCode === 0 ? 0 : 1;
			return;
		}
		process.exitCode = 1;
		if (error instanceof Refusal) {
			printProblems(error.problems, given);
			return;
		}
		const { message, stack } = error as Error;
		print(
			2,
			`error[internal]: ${message}\n   This is a bug of kubedb-render ${version}: please report it with what led to it.\n`,
		);
		if (process.env.KUBEDB_RENDER_DEBUG) print(2, `${stack}\n`);
	}
}

void main();
