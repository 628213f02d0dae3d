/** From argv to an exit code: the only file that touches `process`. */
import { readFileSync, writeSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { Result } from './commands/build.js';
import type { World } from './commands/load.js';
import { lazy } from './lazy.js';
import type { Format } from './output/manifests.js';
import { coloured } from './output/paint.js';
import { type Problem, Refusal, showProblem } from './problems.js';
import { isInArgoCD, resolveSettings, settings } from './settings.js';
import { version } from './version.js';

const world: World = {
	environment: process.env,
	stdinIsTerminal: () => isTerminal(0),
	readStdin: () => readFileSync(0),
};

type Flags = Record<string, unknown> & { filename?: string[]; color?: string; quiet?: boolean };

function program(): Command {
	const root = new Command('kubedb-render')
		.description('Renders gitops.kubedb.com resources to database CRs and ordered OpsRequests.')
		.version(version, '--version', 'print the version')
		.helpCommand(false)
		.showSuggestionAfterError(true)
		.exitOverride()
		.configureOutput({ writeOut: (text) => print(1, text), writeErr: (text) => print(2, text) });

	withSettings(root.command('build').argument('[path...]', 'files and folders; - is stdin (default: .)'))
		.summary('print manifests: plan, operations, databases, state, and all else in the source')
		.addOption(new Option('-o, --output <format>', 'how').choices(['yaml', 'json', 'name', 'argocd']))
		.option('--output-dir <folder>', 'write files instead of printing')
		.action(async (paths: string[], flags: Flags) => {
			const { build } = await import('./commands/build.js');
			const options = { output: flags.output as Format | undefined, outputDir: flags.outputDir as string | undefined };
			finish(
				await build([...(flags.filename ?? []), ...paths], options, resolveSettings(flags, process.env), world),
				flags,
			);
		});

	withSettings(root.command('plan').argument('[path...]', 'files and folders; - is stdin (default: .)'))
		.summary('show what a render would do and why')
		.addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text'))
		.option('--detailed-exitcode', 'exit 2 where there is something to do (0 nothing, 1 error)')
		.action(async (paths: string[], flags: Flags) => {
			const { plan } = await import('./commands/plan.js');
			const options = {
				output: flags.output as 'text' | 'json',
				detailedExitcode: flags.detailedExitcode === true,
				color: isColoured(1, flags.color),
			};
			finish(
				await plan([...(flags.filename ?? []), ...paths], options, resolveSettings(flags, process.env), world),
				flags,
			);
		});

	root
		.command('explain')
		.argument('[kind[.path]]', 'a kind, its plural or short name, and a field path (default: all kinds)')
		.summary('show which operation carries out the change of a field')
		.addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text'))
		.addOption(colorOption())
		.action(async (what: string | undefined, flags: Flags) => {
			const { explain } = await import('./commands/explain.js');
			const options = { output: flags.output as 'text' | 'json', color: isColoured(1, flags.color) };
			finish(explain(what, options), flags);
		});
	withHosts(root);
	return root;
}

function colorOption(): Option {
	return new Option('--color <when>', 'when to use colours').choices(['auto', 'always', 'never']).default('auto');
}

/** The commands about the cluster that renders are applied to. */
function withHosts(root: Command): void {
	const collect = (value: string, before: string[] = []) => [...before, value];
	const controllers = ['argocd-application-controller', 'argocd-server'];
	const controllerHelp = 'account of a GitOps controller, in the namespace of Argo CD or as namespace/name; repeatable';
	const install = root.command('install').summary('print what a cluster needs once');
	install
		.command('argocd')
		.summary('guards, health rules, RBAC and the sidecar')
		.addOption(
			new Option('--form <form>', 'how')
				.choices(['manifests', 'component', 'helm-values', 'destination'])
				.default('manifests'),
		)
		.option('--image <image>', 'image of the sidecar, made with sidecar/Dockerfile')
		.option('-n, --namespace <name>', 'namespace of Argo CD', 'argocd')
		.option('--database-namespace <name>', 'a namespace that holds databases; repeatable', collect)
		.option('--all-namespaces', 'let the plugin read databases of every namespace')
		.option('--controller-service-account <name>', controllerHelp, collect)
		.option('--without-guards', 'leave the admission policies out')
		.option('--output-dir <folder>', 'write files instead of printing')
		.action(async (flags: Flags & { form: 'manifests'; image?: string; namespace: string }) => {
			const { installArgoCD } = await import('./commands/install.js');
			const result = installArgoCD({
				...flags,
				controllerServiceAccount: (flags.controllerServiceAccount as string[] | undefined) ?? controllers,
				databaseNamespace: (flags.databaseNamespace as string[] | undefined) ?? [],
				allNamespaces: flags.allNamespaces === true,
				guards: flags.withoutGuards !== true,
				outputDir: flags.outputDir as string | undefined,
			});
			finish(result, flags);
		});
	root
		.command('doctor')
		.summary('check an installation in Argo CD and say how to mend it')
		.option('-n, --namespace <name>', 'namespace of Argo CD', 'argocd')
		.option('--controller-service-account <name>', controllerHelp, collect)
		.option('--kubeconfig <file>', 'kubeconfig for reading the cluster')
		.option('--context <name>', 'context of the kubeconfig')
		.addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text'))
		.addOption(colorOption())
		.action(async (flags: Flags & { namespace: string; output: 'text' | 'json' }) => {
			const { doctor } = await import('./commands/doctor.js');
			const options = {
				namespace: flags.namespace,
				controllers: (flags.controllerServiceAccount as string[] | undefined) ?? controllers,
				output: flags.output,
				color: isColoured(1, flags.color),
			};
			finish(await doctor(options, resolveSettings(flags, process.env), world), flags);
		});
}

function withSettings(command: Command): Command {
	const collect = (value: string, before: string[] = []) => [...before, value];
	command.option('-f, --filename <path>', 'a file or folder; may be given several times', collect);
	for (const { flag, help } of Object.values(settings)) command.option(flag, help);
	return command.addOption(colorOption()).option('-q, --quiet', 'print no warnings');
}

function finish({ stdout, warnings, exitCode }: Result, flags: Flags): void {
	// Argo CD keeps the stderr of a render that went well in a log that nobody reads.
	if (!flags.quiet && !isInArgoCD(process.env)) printProblems(warnings, flags.color);
	print(1, stdout);
	process.exitCode = exitCode;
}

function printProblems(problems: readonly Problem[], color?: string): void {
	const paint = isColoured(2, color) ? coloured : undefined;
	for (const problem of problems) print(2, `${showProblem(problem, paint)}\n`);
	const errors = problems.filter(({ severity }) => severity === 'error').length;
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

/** Writes all of it, or ends quietly where nobody reads any more. */
function print(descriptor: 1 | 2, text: string): void {
	const bytes = Buffer.from(text);
	for (let at = 0; at < bytes.length; ) {
		try {
			at += writeSync(descriptor, bytes, at);
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			if (code === 'EAGAIN') continue;
			if (code === 'EPIPE') process.exit(0);
			throw error;
		}
	}
}

async function main(): Promise<void> {
	const root = program();
	try {
		await root.parseAsync();
	} catch (error) {
		if (error instanceof CommanderError) {
			process.exitCode = error.exitCode === 0 ? 0 : 1;
			return;
		}
		process.exitCode = 1;
		if (error instanceof Refusal) {
			printProblems(error.problems);
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
