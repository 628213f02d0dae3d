/** Everything that Flux and its cluster need once. Health rules are not among it: each stage of a tree brings its own. */
import type { JsonObject } from '../json.js';
import { guards } from './guards.js';
import { accountsOf, stream } from './install-argocd.js';

export interface FluxInstallOptions {
	/** Namespace that Flux runs in, and the Kustomizations of the trees. */
	readonly namespace: string;
	/** ServiceAccounts that apply databases, in that namespace or as `<namespace>/<name>`. */
	readonly controllers: readonly string[];
	/** Where trees are published: the source and the root Kustomization are printed too. */
	readonly source?: { readonly name: string; readonly url: string; readonly tag: string } | undefined;
}

/** The longest that a stage should wait for the one before, as the controller's flag has it. */
const requeue = '--requeue-dependency=5s';

/**
 * Guards, bound to the accounts that Flux applies with, and for `source` the two objects that make it fetch a tree. A
 * stream for `kubectl apply --server-side`, with what no manifest can add as a comment.
 */
export function fluxInstall(options: FluxInstallOptions): string {
	const accounts = accountsOf(options);
	const objects = [...guards(accounts), ...(options.source ? sourceObjects(options.namespace, options.source) : [])];
	return `${note(accounts)}${stream(objects)}`;
}

function sourceObjects(namespace: string, { name, url, tag }: NonNullable<FluxInstallOptions['source']>): JsonObject[] {
	const metadata = { name, namespace };
	return [
		{
			apiVersion: 'source.toolkit.fluxcd.io/v1',
			kind: 'OCIRepository',
			metadata,
			spec: { interval: '1m', url, ref: { tag } },
		},
		{
			apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
			kind: 'Kustomization',
			metadata,
			spec: {
				sourceRef: { kind: 'OCIRepository', name },
				path: './',
				interval: '1m',
				retryInterval: '30s',
				// The Kustomizations of stages that are over. They are deleted as orphans: what they applied stays.
				prune: true,
			},
		},
	];
}

/** The arguments of a Deployment are a list that server-side apply replaces as a whole: Flux's own way is a patch. */
function note(accounts: readonly string[]): string {
	return `# The guards bind ${accounts.join(', ')}.
# Guards have one name in a cluster, the last that are applied count: name all accounts that apply databases, those of
# --flux-service-account and of Argo CD too (--controller-service-account NAMESPACE/NAME, repeatable).
# Besides, in the kustomization.yaml of flux-system, else a stage waits up to 30 seconds for the one before:
#   patches:
#     - target: {kind: Deployment, name: kustomize-controller}
#       patch: |
#         - {op: add, path: /spec/template/spec/containers/0/args/-, value: ${requeue}}
`;
}
