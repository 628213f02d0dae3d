/**
 * One table of all settings: flag, environment variable, plugin parameter, default, help. commander, plugin.yaml and
 * docs/settings.md are made from it.
 *
 * Order: flag, plugin parameter, ARGOCD_ENV_KUBEDB_RENDER_<NAME>, KUBEDB_RENDER_<NAME>, default. What comes with an
 * Application is written by whoever may write Applications, so only settings for `application` are read from there.
 */
import { refuse } from './problems.js';

export interface Setting {
	/** As commander takes it. */
	readonly flag: string;
	readonly help: string;
	readonly default?: string;
	/** The default inside Argo CD, where it is another. */
	readonly argocd?: string;
	readonly values?: readonly string[];
	/** Words that it takes beside others, for completion. */
	readonly suggestions?: readonly string[];
	/** Which texts it takes, and how that is called. */
	readonly takes?: readonly [RegExp, string];
	/** Who may set it besides the command line: who runs the program, or an Application too. */
	readonly scope: 'operator' | 'application';
	/** The commands that take it; without it, all that render. */
	readonly commands?: readonly string[];
}

const table = {
	state: {
		flag: '--state <where>',
		help: 'where the previous rendered state is: `cluster`, a file or folder with the output of the render before, `-`, or `none`',
		argocd: 'cluster',
		suggestions: ['cluster', 'none'],
		scope: 'operator',
	},
	published: {
		flag: '--published <where>',
		help: 'the last published tree, where it may not have been applied yet: a folder, or `none` before the first',
		scope: 'operator',
		commands: ['build', 'plan'],
	},
	namespace: {
		flag: '-n, --namespace <name>',
		help: 'namespace of resources that name none',
		scope: 'operator',
	},
	source: {
		flag: '--source <how>',
		help: 'how folders are read: `kustomize` builds them, `plain` reads their files, `auto` builds those with a kustomization',
		default: 'auto',
		values: ['auto', 'plain', 'kustomize'],
		scope: 'application',
	},
	recursive: {
		flag: '-R, --recursive',
		help: 'read folders with all that is below them',
		default: 'false',
		values: ['true', 'false'],
		scope: 'application',
	},
	kustomize: {
		flag: '--kustomize <command>',
		help: 'the kustomize to build with',
		default: 'kustomize',
		scope: 'operator',
	},
	kubeconfig: { flag: '--kubeconfig <file>', help: 'kubeconfig for reading the cluster', scope: 'operator' },
	context: { flag: '--context <name>', help: 'context of the kubeconfig', scope: 'operator' },
	application: {
		flag: '--application <namespace/name>',
		help: 'the Argo CD Application whose operation in progress counts; inside Argo CD it is known',
		takes: [/^[^/]+\/[^/]+$/, '<namespace>/<name>'],
		scope: 'operator',
	},
	'argocd-namespace': {
		flag: '--argocd-namespace <name>',
		help: 'namespace of the Applications of Argo CD itself (default: the namespace of the pod, else argocd)',
		scope: 'operator',
	},
	'service-account': {
		flag: '--service-account <folder>',
		help: 'folder of the mounted token and CA, for reading the cluster from a pod',
		default: '/var/run/secrets/kubernetes.io/serviceaccount',
		scope: 'operator',
	},
	allow: {
		flag: '--allow <what>',
		help: 'inside Argo CD, what is refused otherwise: `other-namespaces` than the destination of the Application, `no-guards` (operations without guards and health rules)',
		scope: 'operator',
	},
	'request-timeout': {
		flag: '--request-timeout <seconds>',
		help: 'how long to wait for each answer of the API server',
		default: '15',
		takes: [/^(?:[1-9]\d{0,2}|[1-2]\d{3}|3[0-5]\d{2}|3600)$/, 'a number from 1 to 3600'],
		scope: 'operator',
	},
	'flux-namespace': {
		flag: '--flux-namespace <name>',
		help: 'namespace of the Flux Kustomizations and their source',
		default: 'flux-system',
		scope: 'operator',
		commands: ['build'],
	},
	'flux-source': {
		flag: '--flux-source <kind/name>',
		help: 'source that Flux fetches the tree from',
		default: 'OCIRepository/kubedb-rendered',
		scope: 'operator',
		commands: ['build'],
	},
	'flux-service-account': {
		flag: '--flux-service-account <name>',
		help: 'service account that Flux applies with',
		scope: 'operator',
		commands: ['build'],
	},
	'flux-decryption': {
		flag: '--flux-decryption <sops[/secret]>',
		help: 'how Flux decrypts Secrets: `sops`, or `sops/NAME` with the Secret that holds its keys',
		scope: 'operator',
		commands: ['build'],
	},
	'flux-interval': {
		flag: '--flux-interval <duration>',
		help: 'how often Flux looks for drift',
		default: '1h',
		scope: 'operator',
		commands: ['build'],
	},
	'flux-retry-interval': {
		flag: '--flux-retry-interval <duration>',
		help: 'how soon Flux tries a stage again',
		default: '30s',
		scope: 'operator',
		commands: ['build'],
	},
	'flux-timeout': {
		flag: '--flux-timeout <duration>',
		help: 'how long Flux waits for a stage at a time',
		default: '1m',
		scope: 'operator',
		commands: ['build'],
	},
	'flux-prune': {
		flag: '--flux-prune',
		help: 'let Flux prune what only passes through when it leaves the source',
		default: 'false',
		values: ['true', 'false'],
		scope: 'operator',
		commands: ['build'],
	},
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof table;
export const settings: Readonly<Record<SettingName, Setting>> = table;
export type Settings = Readonly<Record<SettingName, string | undefined>>;

/** Whether a command takes a setting. */
export function isSettingOf(command: string, name: SettingName): boolean {
	const { commands } = settings[name] as Setting;
	return commands?.includes(command) ?? true;
}

/** The environment variable of a setting, as whoever runs the program sets it. */
export function environmentName(name: string): string {
	return `KUBEDB_RENDER_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Inside Argo CD the environment says so. */
export function isInArgoCD(environment: NodeJS.ProcessEnv): boolean {
	return environment.ARGOCD_APP_NAME !== undefined;
}

/**
 * Every setting, from the flags that were given and the environment. Refuses values that a setting does not take.
 * `config` is what a function's config says (settingsIn); it comes with the source, as an Application's parameters do.
 */
export function resolveSettings(
	flags: Readonly<Record<string, unknown>>,
	environment: NodeJS.ProcessEnv,
	config: Readonly<Record<string, string>> = {},
): Settings {
	const parameters = argoParameters(environment);
	const inArgo = isInArgoCD(environment);
	const entries = Object.entries(settings).map(([name, setting]) => {
		const camel = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
		const variable = environmentName(name);
		const fromApplication: [string, unknown][] = [
			[`the plugin parameter ${name}`, parameters[name]],
			[`ARGOCD_ENV_${variable}`, environment[`ARGOCD_ENV_${variable}`]],
		];
		const given: [string, unknown][] = [
			[`--${name}`, flags[camel]],
			[`${name} of the function's config`, config[name]],
			...(setting.scope === 'application' ? fromApplication : []),
			[variable, environment[variable]],
			['the default', inArgo ? (setting.argocd ?? setting.default) : setting.default],
		];
		const [from, value] = given.find(([, each]) => each !== undefined && each !== '') ?? [];
		const text = value === undefined ? undefined : String(value);
		const takes = text === undefined ? undefined : misfit(setting, text);
		if (takes) refuse('setting', `${from} cannot be ${JSON.stringify(text)}`, `It takes ${takes}.`);
		return [name, text] as const;
	});
	return Object.fromEntries(entries) as Settings;
}

/** Which settings may stand in a function's config: all of them, but inside Argo CD those for whoever writes Applications. */
export function configurable(environment: NodeJS.ProcessEnv): string[] {
	const inArgo = isInArgoCD(environment);
	const all = Object.entries(settings as Record<string, Setting>);
	return all
		.filter(([, { scope, commands }]) => !commands && (!inArgo || scope === 'application'))
		.map(([name]) => name);
}

/** What a setting takes, where a value is none of it. */
function misfit({ values, takes }: Setting, value: string): string | undefined {
	if (values && !values.includes(value)) return values.join(', ');
	return takes && !takes[0].test(value) ? takes[1] : undefined;
}

/** The parameters of an Application's plugin, by name. Refuses parameters that are none of ours. */
function argoParameters(environment: NodeJS.ProcessEnv): Record<string, string> {
	const text = environment.ARGOCD_APP_PARAMETERS;
	if (!text || text === 'null') return {};
	let list: unknown;
	try {
		list = JSON.parse(text);
	} catch {
		list = undefined;
	}
	if (!Array.isArray(list)) refuse('setting', 'ARGOCD_APP_PARAMETERS is no JSON list');
	const known = Object.entries(settings).flatMap(([name, { scope }]) => (scope === 'application' ? [name] : []));
	const parameters: Record<string, string> = {};
	for (const each of list as unknown[]) {
		const { name, string } = (each ?? {}) as { name?: unknown; string?: unknown };
		if (typeof name !== 'string' || !known.includes(name)) {
			const hint = `An Application may set ${known.join(', ')}.`;
			return refuse('setting', `there is no plugin parameter ${JSON.stringify(name ?? null)}`, hint);
		}
		if (typeof string !== 'string') return refuse('setting', `the plugin parameter ${name} takes a string`);
		parameters[name] = string;
	}
	return parameters;
}
