/** The commands about the cluster that renders are applied to: `install` and `doctor`. */
import { Argument, type Command, Option } from 'commander';
import type { Host } from '../commands/doctor.js';
import { resolveSettings } from '../settings.js';
import { type Cli, collect, colorOption, type Declaration, type Flags, outputOption } from './form.js';

export const hostCommands: Declaration[] = [
	{ name: 'install', summary: 'print what a cluster needs once', declare: declareInstall },
	{
		name: 'doctor',
		summary: 'check an installation in Argo CD or Flux and say how to mend it',
		declare: declareDoctor,
	},
];

const accounts = { argocd: ['argocd-application-controller', 'argocd-server'], flux: ['kustomize-controller'] };
const controllerHelp = 'account that the guards bind, in that namespace or as namespace/name; repeatable';

function declareInstall(command: Command, { finish }: Cli): void {
	command
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
			const { installArgoCD } = await import('../commands/install.js');
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
	command
		.command('flux')
		.summary('guards, and with --url the source and the root Kustomization of a tree')
		.option('-n, --namespace <name>', 'namespace of Flux', 'flux-system')
		.option('--controller-service-account <name>', controllerHelp, collect)
		.option('--url <oci://...>', 'where trees are published')
		.option('--tag <tag>', 'tag of the artifact that is applied', 'prod')
		.option('--name <name>', 'name of the source, as in --flux-source', 'kubedb-rendered')
		.action(async (flags: Flags & { namespace: string; url?: string; tag: string; name: string }) => {
			const { installFlux } = await import('../commands/install.js');
			const given = flags.controllerServiceAccount as string[] | undefined;
			finish(installFlux({ ...flags, controllerServiceAccount: given ?? accounts.flux }), flags);
		});
}

function declareDoctor(command: Command, { world, finish, isColoured }: Cli): void {
	command
		.addArgument(new Argument('[host]', 'what applies the manifests').choices(['argocd', 'flux']).default('argocd'))
		.option('-n, --namespace <name>', 'its namespace (default: argocd, flux-system)')
		.option('--controller-service-account <name>', controllerHelp, collect)
		.option('--kubeconfig <file>', 'kubeconfig for reading the cluster')
		.option('--context <name>', 'context of the kubeconfig')
		.addOption(outputOption('how'))
		.addOption(colorOption())
		.action(async (host: Host, flags: Flags & { namespace?: string; output: 'text' | 'json' }) => {
			const { doctor } = await import('../commands/doctor.js');
			const options = {
				host,
				namespace: flags.namespace ?? (host === 'flux' ? 'flux-system' : 'argocd'),
				controllers: (flags.controllerServiceAccount as string[] | undefined) ?? accounts[host],
				output: flags.output,
				color: isColoured(1, flags.color),
			};
			finish(await doctor(options, resolveSettings(flags, world.environment), world), flags);
		});
}
