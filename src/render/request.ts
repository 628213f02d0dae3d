/** The OpsRequest of an operation as a manifest, with the marks that Argo CD needs on it. */
import { isObject, type JsonObject } from '../json.js';
import { waveOf } from './order.js';
import type { Desired } from './situation.js';
import { fieldsAnnotation, type Operation, retryAnnotation } from './standing.js';

/** An OpsRequest without its name and its place in a plan. */
export function requestOf({ id, kind }: Desired, spec: JsonObject): JsonObject {
	return {
		apiVersion: 'ops.kubedb.com/v1alpha1',
		kind: kind.facts.opsRequest,
		metadata: {
			namespace: id.namespace,
			annotations: {
				// A finished request stays: nobody prunes it, nobody misses it, and its failure is not the Application's for ever.
				'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
				'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
				'argocd.argoproj.io/ignore-healthcheck': 'true',
			},
		},
		spec,
	};
}

/** The complete OpsRequest of an operation at its place in the plan. */
export function placed({ manifest, name, type, fields, retry }: Operation, position: number): JsonObject {
	const metadata = isObject(manifest.metadata) ? manifest.metadata : {};
	const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
	return {
		...manifest,
		metadata: {
			...metadata,
			name,
			annotations: {
				...annotations,
				'argocd.argoproj.io/sync-wave': String(waveOf(type, position)),
				[fieldsAnnotation]: fields.join(', '),
				...(retry ? { [retryAnnotation]: retry } : {}),
			},
		},
	};
}
