/** From argv to an exit code: the only file that touches `process`. */
import { writeSync } from 'node:fs';
import { Argument, Command, CommanderError, Option } from 'commander';
import type { Layout, Result } from './commands/build.js';
import type { Shell } from './commands/completion.js';
import type { Host } from './commands/doctor.js';
import type { World } from './commands/load.js';
import type { PlanFormat } from './commands/plan.js';
import { pause, readAll } from './input/stdin.js';
import { lazy } from './lazy.js';
import type { Format } from './output/manifests.js';
import { coloured } from './output/paint.js';
import { type Problem, Refusal, refuse, showProblem } from './problems.js';
import { isInArgoCD, isSettingOf, resolveSettings, type Setting, type SettingName, settings } from './settings.js';
import { version } from './version.js';

const world: World = {
	environment: process.env,
	stdinIsTerminal: () => isTerminal(0),
	readStdin: () => readAll(0),
};

type Flags = Record<string, unknown> & { filename?: string[]; color?: string; quiet?: boolean };
/** Those of the command that runs, for what it is refused with. */
let given: Flags = {};

function program(): Command {
	const root = new Command('kubedb-render')
		.description('Renders gitops.kubedb.com resources to database CRs and ordered OpsRequests.')
		.version(version, '--version', 'print the version')
		.helpCommand('help [command]', 'show help for a command')
		.hook('preAction', (_, command) => {
			given = command.opts();
		})
		.showSuggestionAfterError(true)
		.exitOverride()
		.configureOutput({ writeOut: (text) => print(1, text), writeErr: (text) => print(2, text) });

	withSettings(root.command('build').argument('[path...]', 'files and folders; - is stdin (default: .)'))
		.summary('print manifests: plan, operations, databases, state, and all else in the source')
		.addOption(
			new Option('-o, --output <format>', 'form of the manifests (default: yaml; argocd inside Argo CD)').choices([
				'yaml',
				'json',
				'name',
				'argocd',
			]),
		)
		.option('--output-dir <folder>', 'write files into a folder instead of printing')
		.addOption(new Option('--layout <how>', 'how the files are arranged').choices(['flat', 'flux']).default('flat'))
		.addHelpText('after', examples.build)
		.action(async (paths: string[], flags: Flags) => {
			const { build } = await import('./commands/build.js');
			const options = {
				output: flags.output as Format | undefined,
				outputDir: flags.outputDir as string | undefined,
				layout: flags.layout as Layout,
			};
			finish(
				await build([...(flags.filename ?? []), ...paths], options, resolveSettings(flags, process.env), world),
				flags,
			);
		});

	withSettings(root.command('plan').argument('[path...]', 'files and folders; - is stdin (default: .)'))
		.summary('show what a render would do and why')
		.addOption(
			new Option('-o, --output <format>', 'form of the plan')
				.choices(['text', 'json', 'markdown', 'github'])
				.default('text'),
		)
		.option('--detailed-exitcode', 'exit 2 where there is something to do (0 nothing, 1 error)')
		.addHelpText('after', examples.plan)
		.action(async (paths: string[], flags: Flags) => {
			const { plan } = await import('./commands/plan.js');
			const options = {
				output: flags.output as PlanFormat,
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

	withSettings(root.command('fn').argument('[config]', 'config file of a legacy exec plugin, as kustomize names it'))
		.summary('render as a KRM function: a ResourceList on stdin and stdout; also a legacy exec plugin of kustomize')
		.option('--results <where>', 'write results to a file too, or with - to stdout even where there are errors')
		.action(async (config: string | undefined, flags: Flags) => {
			const { fn } = await import('./commands/fn.js');
			finish(await fn({ config, results: flags.results as string | undefined, flags }, world), flags);
		});
	const test = root
		.command('test')
		.argument('<folder...>', 'cases: folders with numbered steps, or folders with those below them')
		.summary('snapshot tests: a case is a folder of numbered steps')
		.option('--update', 'write what is expected anew')
		.option('--junit <file>', 'write the results as JUnit XML, too')
		.addOption(colorOption())
		.action(async (folders: string[], flags: Flags & { update?: boolean; junit?: string }) => {
			const { test: run } = await import('./commands/test.js');
			const color = isColoured(1, flags.color);
			finish(run(folders, { update: flags.update === true, junit: flags.junit, color }), flags);
		});
	withSettings(test.command('init').argument('<folder>', 'the case, which is made'))
		.summary('make the first case from a file or a running database')
		.option('--from <file>', 'a file with gitops resources')
		.option('--database <kind/namespace/name>', 'a database in the cluster')
		.action(async (folder: string, flags: Flags & { from?: string; database?: string }) => {
			const { testInit } = await import('./commands/test.js');
			const options = { file: flags.from, database: flags.database, color: isColoured(1, flags.color) };
			finish(await testInit(folder, options, resolveSettings(flags, process.env), world), flags);
		});

	const state = root.command('state').summary('what is remembered between renders').helpCommand(false);
	state
		.command('show')
		.argument('<path>', 'a file, a folder, a published tree, or - for stdin')
		.summary('show what is remembered of each database')
		.addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text'))
		.addOption(colorOption())
		.action(async (path: string, flags: Flags) => {
			const { stateShow } = await import('./commands/state-show.js');
			finish(stateShow(path, flags.output as 'text' | 'json', world), flags);
		});
	state
		.command('acknowledge')
		.argument('<tree>', 'the published tree (build --layout flux) that was applied')
		.summary('turn a published tree that was applied into the next state')
		.option('--into <file>', 'the file with the state: updated, or made')
		.option('--database <namespace/name>', 'what was applied; may be given several times (default: all)', collect)
		.option('--applied <file>', 'Kustomizations of the cluster, as kubectl get -o json prints them; - is stdin')
		.addOption(colorOption())
		.option('-q, --quiet', 'print no warnings')
		.action(async (tree: string, flags: Flags & { into?: string; database?: string[]; applied?: string }) => {
			const { acknowledge } = await import('./commands/state.js');
			const { into, database = [], applied } = flags;
			finish(acknowledge(tree, { into, databases: database, applied }, world), flags);
		});
	root
		.command('completion')
		.addArgument(new Argument('<shell>', 'the shell that is to complete').choices(['bash', 'zsh', 'fish']))
		.summary('print a script with which a shell completes commands and options')
		.addHelpText('after', examples.completion)
		.action(async (shell: Shell) => {
			const { completion } = await import('./commands/completion.js');
			finish(completion(shell, root), {});
		});
	withHosts(root);
	for (const command of root.commands) command.description(sentence(command.summary()));
	return root;
}

function collect(value: string, before: string[] = []): string[] {
	return [...before, value];
}

function colorOption(): Option {
	return new Option('--color <when>', 'when to use colours').choices(['auto', 'always', 'never']).default('auto');
}

/** kustomize runs a legacy exec plugin with a config file as argument 1 and knows no subcommands. */
function argumentsOf({ argv, env }: NodeJS.Process): string[] {
	const isPlugin = env.KUSTOMIZE_PLUGIN_CONFIG_STRING !== undefined && /(?:^|\/)Render$/.test(argv[1] ?? '');
	return isPlugin ? [...argv.slice(0, 2), 'fn', ...argv.slice(2)] : [...argv];
}

/** What the list of commands says of one, as the head of its own help. */
function sentence(summary: string): string {
	return `${summary.replace(/^./, (letter) => letter.toUpperCase())}.`;
}

const examples = {
	build: `
Examples:
  # What Argo CD runs: the source in the working directory, the state in the cluster
  kubedb-render build --state cluster
  # In CI: the state is the output of the render before
  kubedb-render build databases/ --state published/rendered.yaml
  # New databases, a preview
  helm template . | kubedb-render build - --state none`,
	plan: `
Examples:
  kubedb-render plan databases/ --state cluster
  # In CI: is there something to do?
  kubedb-render plan databases/ --state published/rendered.yaml --detailed-exitcode`,
	completion: `
Examples:
  source <(kubedb-render completion bash)
  source <(kubedb-render completion zsh)
  kubedb-render completion fish | source`,
};

/** The commands about the cluster that renders are applied to. */
function withHosts(root: Command): void {
	const collect = (value: string, before: string[] = []) => [...before, value];
	const accounts = { argocd: ['argocd-application-controller', 'argocd-server'], flux: ['kustomize-controller'] };
	const controllerHelp = 'account that the guards bind, in that namespace or as namespace/name; repeatable';
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
				controllerServiceAccount: (flags.controllerServiceAccount as string[] | undefined) ?? accounts.argocd,
				databaseNamespace: (flags.databaseNamespace as string[] | undefined) ?? [],
				allNamespaces: flags.allNamespaces === true,
				guards: flags.withoutGuards !== true,
				outputDir: flags.outputDir as string | undefined,
			});
			finish(result, flags);
		});
	install
		.command('flux')
		.summary('guards, and with --url the source and the root Kustomization of a tree')
		.option('-n, --namespace <name>', 'namespace of Flux', 'flux-system')
		.option('--controller-service-account <name>', controllerHelp, collect)
		.option('--url <oci://...>', 'where trees are published')
		.option('--tag <tag>', 'tag of the artifact that is applied', 'prod')
		.option('--name <name>', 'name of the source, as in --flux-source', 'kubedb-rendered')
		.action(async (flags: Flags & { namespace: string; url?: string; tag: string; name: string }) => {
			const { installFlux } = await import('./commands/install.js');
			const given = flags.controllerServiceAccount as string[] | undefined;
			finish(installFlux({ ...flags, controllerServiceAccount: given ?? accounts.flux }), flags);
		});
	root
		.command('doctor')
		.addArgument(new Argument('[host]', 'what applies the manifests').choices(['argocd', 'flux']).default('argocd'))
		.summary('check an installation in Argo CD or Flux and say how to mend it')
		.option('-n, --namespace <name>', 'its namespace (default: argocd, flux-system)')
		.option('--controller-service-account <name>', controllerHelp, collect)
		.option('--kubeconfig <file>', 'kubeconfig for reading the cluster')
		.option('--context <name>', 'context of the kubeconfig')
		.addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text'))
		.addOption(colorOption())
		.action(async (host: Host, flags: Flags & { namespace?: string; output: 'text' | 'json' }) => {
			const { doctor } = await import('./commands/doctor.js');
			const options = {
				host,
				namespace: flags.namespace ?? (host === 'flux' ? 'flux-system' : 'argocd'),
				controllers: (flags.controllerServiceAccount as string[] | undefined) ?? accounts[host],
				output: flags.output,
				color: isColoured(1, flags.color),
			};
			finish(await doctor(options, resolveSettings(flags, process.env), world), flags);
		});
}

function withSettings(command: Command): Command {
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

function finish({ stdout, warnings, exitCode }: Result, flags: Flags): void {
	// Argo CD keeps the stderr of a render that went well in a log that nobody reads.
	if (exitCode === 1 || !isInArgoCD(process.env)) printProblems(warnings, flags);
	print(1, stdout);
	process.exitCode = exitCode;
}

function printProblems(all: readonly Problem[], { color, quiet }: Flags): void {
	const problems = quiet ? all.filter(({ severity }) => severity === 'error') : all;
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
	const root = program();
	try {
		await root.parseAsync(argumentsOf(process));
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
