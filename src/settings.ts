/**
 * One table of all settings: flag, environment variable, plugin parameter, default, help. commander, plugin.yaml and
 * docs/settings.md are made from it.
 *
 * Order: flag, plugin parameter, ARGOCD_ENV_KUBEDB_RENDER_<NAME>, KUBEDB_RENDER_<NAME>, default. What comes with an
 * Application is written by whoever may write Applications, so only settings for `application` are read from there.
 */
import { refuse } from './problems.js';

interface Setting {
	/** As commander takes it. */
	readonly flag: string;
	readonly help: string;
	readonly default?: string;
	/** The default inside Argo CD, where it is another. */
	readonly argocd?: string;
	readonly values?: readonly string[];
	/** Who may set it besides the command line: who runs the program, or an Application too. */
	readonly scope: 'operator' | 'application';
}

export const settings = {
	state: {
		flag: '--state <where>',
		help: 'where the previous rendered state is: `cluster`, a file or folder with the output of the render before, `-`, or `none`',
		argocd: 'cluster',
		scope: 'operator',
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
		scope: 'operator',
	},
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export type Settings = Readonly<Record<SettingName, string | undefined>>;

/** The environment variable of a setting, as whoever runs the program sets it. */
export function environmentName(name: string): string {
	return `KUBEDB_RENDER_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Inside Argo CD the environment says so. */
export function isInArgoCD(environment: NodeJS.ProcessEnv): boolean {
	return environment.ARGOCD_APP_NAME !== undefined;
}

/** Every setting, from the flags that were given and the environment. Refuses values that a setting does not take. */
export function resolveSettings(flags: Readonly<Record<string, unknown>>, environment: NodeJS.ProcessEnv): Settings {
	const parameters = argoParameters(environment);
	const inArgo = isInArgoCD(environment);
	const entries = Object.entries(settings as Record<string, Setting>).map(([name, setting]) => {
		const camel = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
		const variable = environmentName(name);
		const fromApplication =
			setting.scope === 'application' ? [parameters[name], environment[`ARGOCD_ENV_${variable}`]] : [];
		const fallback = inArgo ? (setting.argocd ?? setting.default) : setting.default;
		const given = [flags[camel], ...fromApplication, environment[variable], fallback];
		const value = given.find((each) => each !== undefined && each !== '');
		const text = value === undefined ? undefined : String(value);
		if (text !== undefined && setting.values && !setting.values.includes(text))
			refuse('setting', `${name} cannot be ${JSON.stringify(text)}`, `It takes ${setting.values.join(', ')}.`);
		return [name, text] as const;
	});
	return Object.fromEntries(entries) as Settings;
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
	const known = Object.entries(settings as Record<string, Setting>).filter(([, { scope }]) => scope === 'application');
	const parameters: Record<string, string> = {};
	for (const { name, string } of list as { name?: string; string?: string }[]) {
		if (!known.some(([each]) => each === name)) {
			const hint = `An Application may set ${known.map(([each]) => each).join(', ')}.`;
			refuse('setting', `there is no plugin parameter ${JSON.stringify(name)}`, hint);
		}
		if (typeof string !== 'string') refuse('setting', `the plugin parameter ${name} takes a string`);
		parameters[name as string] = string as string;
	}
	return parameters;
}
