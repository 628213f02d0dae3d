/** The commands that render: `build`, `plan` and `fn`. */
import { type Command, Option } from 'commander';
import type { Layout } from '../commands/build.js';
import type { PlanFormat } from '../commands/plan.js';
import type { Format } from '../output/manifests.js';
import { resolveSettings } from '../settings.js';
import { type Cli, type Declaration, type Flags, inputsOf, outputOption, withSettings } from './form.js';

const paths = ['[path...]', 'files and folders; - is stdin (default: .)'] as const;

export const renderCommands: Declaration[] = [
	{
		name: 'build',
		summary: 'print manifests: plan, operations, databases, state, and all else in the source',
		declare: declareBuild,
	},
	{ name: 'plan', summary: 'show what a render would do and why', declare: declarePlan },
	{
		name: 'fn',
		summary: 'render as a KRM function: a ResourceList on stdin and stdout; also a legacy exec plugin of kustomize',
		declare: declareFn,
	},
];

function declareBuild(command: Command, { world, finish }: Cli): void {
	const forms = ['yaml', 'json', 'name', 'argocd'];
	withSettings(command.argument(...paths))
		.addOption(
			new Option('-o, --output <format>', 'form of the manifests (default: yaml; argocd inside Argo CD)').choices(
				forms,
			),
		)
		.option('--output-dir <folder>', 'write files into a folder instead of printing')
		.addOption(new Option('--layout <how>', 'how the files are arranged').choices(['flat', 'flux']).default('flat'))
		.addHelpText(
			'after',
			`
Examples:
  # What Argo CD runs: the source in the working directory, the state in the cluster
  kubedb-render build --state cluster
  # In CI: the state is the output of the render before
  kubedb-render build databases/ --state published/rendered.yaml
  # New databases, a preview
  helm template . | kubedb-render build - --state none`,
		)
		.action(async (named: string[], flags: Flags) => {
			const { build } = await import('../commands/build.js');
			const options = {
				output: flags.output as Format | undefined,
				outputDir: flags.outputDir as string | undefined,
				layout: flags.layout as Layout,
			};
			const settings = resolveSettings(flags, world.environment);
			finish(await build(inputsOf(named, flags), options, settings, world), flags);
		});
}

function declarePlan(command: Command, { world, finish, isColoured }: Cli): void {
	withSettings(command.argument(...paths))
		.addOption(outputOption('form of the plan', ['markdown', 'github']))
		.option('--detailed-exitcode', 'exit 2 where there is something to do (0 nothing, 1 error)')
		.addHelpText(
			'after',
			`
Examples:
  kubedb-render plan databases/ --state cluster
  # In CI: is there something to do?
  kubedb-render plan databases/ --state published/rendered.yaml --detailed-exitcode`,
		)
		.action(async (named: string[], flags: Flags) => {
			const { plan } = await import('../commands/plan.js');
			const options = {
				output: flags.output as PlanFormat,
				detailedExitcode: flags.detailedExitcode === true,
				color: isColoured(1, flags.color),
			};
			const settings = resolveSettings(flags, world.environment);
			finish(await plan(inputsOf(named, flags), options, settings, world), flags);
		});
}

function declareFn(command: Command, { world, finish }: Cli): void {
	withSettings(command.argument('[config]', 'config file of a legacy exec plugin, as kustomize names it'))
		.option('--results <where>', 'write results to a file too, or with - to stdout even where there are errors')
		.action(async (config: string | undefined, flags: Flags) => {
			const { fn } = await import('../commands/fn.js');
			finish(await fn({ config, results: flags.results as string | undefined, flags }, world), flags);
		});
}
