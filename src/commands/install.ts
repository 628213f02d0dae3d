/** `install argocd` and `install flux`: print what a cluster needs once. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	component,
	destinationObjects,
	helmValues,
	type InstallOptions,
	manifests,
	stream,
} from '../hosts/install-argocd.js';
import { fluxInstall } from '../hosts/install-flux.js';
import { refuse } from '../problems.js';
import type { Result } from './build.js';

export interface InstallFlags {
	readonly form: 'manifests' | 'component' | 'helm-values' | 'destination';
	readonly image?: string | undefined;
	readonly namespace: string;
	readonly controllerServiceAccount: readonly string[];
	readonly databaseNamespace: readonly string[];
	readonly allNamespaces: boolean;
	readonly guards: boolean;
	readonly outputDir?: string | undefined;
}

export function installArgoCD(flags: InstallFlags): Result {
	const { form, outputDir } = flags;
	const options = optionsFrom(flags);
	if (form === 'component') {
		if (outputDir === undefined)
			refuse('setting', 'a kustomize Component is several files', 'Name a folder for them with --output-dir.');
		const files = component(options);
		mkdirSync(outputDir as string, { recursive: true });
		for (const [name, text] of Object.entries(files)) writeFileSync(join(outputDir as string, name), text);
		return { stdout: '', warnings: [], exitCode: 0 };
	}
	if (form === 'destination') return { stdout: stream(destinationObjects(options)), warnings: [], exitCode: 0 };
	const stdout = form === 'helm-values' ? helmValues(options) : stream(manifests(options));
	return { stdout, warnings: [], exitCode: 0 };
}

export interface FluxInstallFlags {
	readonly namespace: string;
	readonly controllerServiceAccount: readonly string[];
	/** Where trees are published; without it only the guards are printed. */
	readonly url?: string | undefined;
	readonly tag: string;
	readonly name: string;
}

export function installFlux({ namespace, controllerServiceAccount, url, tag, name }: FluxInstallFlags): Result {
	if (url !== undefined && !url.startsWith('oci://'))
		refuse(
			'setting',
			`--url cannot be ${JSON.stringify(url)}`,
			'It is the repository of an OCI artifact: oci://HOST/PATH.',
		);
	const source = url === undefined ? undefined : { name, url, tag };
	const stdout = fluxInstall({ namespace, controllers: controllerServiceAccount, source });
	return { stdout, warnings: [], exitCode: 0 };
}

function optionsFrom(flags: InstallFlags): InstallOptions {
	const { image, namespace, databaseNamespace, allNamespaces, guards } = flags;
	if (!image && flags.form !== 'destination')
		return refuse(
			'setting',
			'--image is missing: the image of the sidecar',
			'Build it with sidecar/Dockerfile, push it to your registry, and name it: --image registry.example.org/kubedb-render:0.1.0',
		);
	if (databaseNamespace.length > 0 === allNamespaces)
		return refuse(
			'setting',
			allNamespaces
				? '--database-namespace and --all-namespaces exclude one another'
				: 'which namespaces hold databases is not said',
			'--database-namespace NAME (repeatable) lets the plugin read databases there, --all-namespaces lets it read them everywhere.',
		);
	return {
		image: image ?? '',
		namespace,
		databaseNamespaces: databaseNamespace,
		controllers: flags.controllerServiceAccount,
		withGuards: guards,
		environment: {},
	};
}
