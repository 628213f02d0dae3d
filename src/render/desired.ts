/** From a gitops CR of the source to the database that it asks for. */
import { kindNames, kindOf, lacks } from '../catalog/catalog.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import type { Identity } from '../memory/memory.js';
import { nearest } from '../problems.js';
import { canonicalise } from './canonical.js';
import { checkDatabase } from './checks.js';
import { saltOf } from './live.js';
import { checkNameLength } from './name-length.js';
import { leavesOf, redact } from './normalise.js';
import { isToken, prefix, readOptions } from './options.js';
import type { Desired, Origin, Report } from './situation.js';
import { validate } from './validate.js';

export const gitopsGroup = 'gitops.kubedb.com';
const version = 'gitops.kubedb.com/v1alpha1';

/** Reads one gitops CR. Returns undefined where a problem leaves nothing to go on with; problems are reported. */
export function desiredOf(
	object: JsonObject,
	origin: Origin,
	namespace: string | undefined,
	report: Report,
): Desired | undefined {
	const kindName = String(object.kind ?? '');
	const kind = kindOf(kindName);
	if (object.apiVersion !== version) {
		report({
			code: 'unknown-version',
			message: `apiVersion ${String(object.apiVersion)} is not known`,
			path: ['apiVersion'],
			proposed: version,
			hint: `Use ${version}.`,
		});
		return undefined;
	}
	if (!kind) {
		const near = nearest(kindName, kindNames());
		report({
			code: 'unknown-kind',
			message: `there is no gitops form of the kind ${kindName || '(none)'}`,
			path: ['kind'],
			hint: near ? `Did you mean ${near}?` : `There are: ${kindNames().join(', ')}.`,
			...(near ? { proposed: near } : {}),
		});
		return undefined;
	}
	const id = identityOf(kindName, object, namespace, report);
	const metadata = isObject(object.metadata) ? object.metadata : {};
	const options = readOptions(isObject(metadata.annotations) ? metadata.annotations : {}, report);
	checkArgo(metadata, report);
	if (!isObject(object.spec)) {
		report({ code: 'missing-field', message: 'spec is missing', path: ['spec'] });
		return undefined;
	}
	validate(kindName, object, report);
	if (!id) return undefined;

	const root = { ...canonicalise(kind.facts, object), metadata: { name: id.name } };
	checkNameLength(kind.facts, id, root, report);
	for (const option of Object.keys(options))
		if (option.split('.')[0] === 'max-retries' && lacks(kind, 'spec.maxRetries'))
			report({
				code: 'annotation',
				message: `${kindName} has no retries: its OpsRequests have no maxRetries`,
				path: ['metadata', 'annotations', prefix + option],
				hint: 'Leave the annotation out.',
			});
	checkDatabase(kind, root, report);
	const spec = redact(kindName, root, saltOf(id));
	const tokens = Object.fromEntries(Object.entries(options).filter(([name]) => isToken(name)));
	return { id, kind, object, root, spec, leaves: leavesOf(kindName, spec), tokens, options, origin };
}

function identityOf(
	kind: string,
	object: JsonObject,
	defaultNamespace: string | undefined,
	report: Report,
): Identity | undefined {
	const metadata = isObject(object.metadata) ? object.metadata : {};
	const name = metadata.name;
	if (typeof name !== 'string' || name === '') {
		const hint = metadata.generateName ? 'generateName gives another database with each render.' : 'Give it a name.';
		report({ code: 'missing-name', message: 'metadata.name is missing', path: ['metadata', 'name'], hint });
		return undefined;
	}
	if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
		const hint = 'Lower-case letters, digits and dashes, beginning with a letter: KubeDB names Services after it.';
		report({
			code: 'bad-name',
			message: `${JSON.stringify(name)} is no name for a database`,
			path: ['metadata', 'name'],
			hint,
		});
		return undefined;
	}
	const namespace = metadata.namespace ?? defaultNamespace;
	if (typeof namespace !== 'string' || namespace === '') {
		const hint = 'Set metadata.namespace, or give --namespace.';
		report({ code: 'missing-namespace', message: 'it has no namespace', path: ['metadata', 'namespace'], hint });
		return undefined;
	}
	// It becomes part of API paths and of file names.
	if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
		const hint = 'At most 63 lower-case letters, digits and dashes.';
		report({
			code: 'bad-namespace',
			message: `${JSON.stringify(namespace)} is no name of a namespace`,
			path: ['metadata', 'namespace'],
			hint,
		});
		return undefined;
	}
	return { kind, namespace, name };
}

/** Marks for Argo CD that would undo what the render relies on. */
function checkArgo(metadata: JsonObject, report: Report): void {
	const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
	const refused: [string, RegExp, string][] = [
		['argocd.argoproj.io/hook', /./, 'A database is no hook.'],
		[
			'argocd.argoproj.io/sync-options',
			/\b(?:Replace|Force)=true\b/,
			'Replacing a database deletes what KubeDB wrote into it, with Force its data.',
		],
	];
	for (const [key, pattern, hint] of refused) {
		const value: Json | undefined = annotations[key];
		if (typeof value !== 'string' || !pattern.test(value)) continue;
		report({
			code: 'argocd',
			message: `${key}: ${value} cannot stand on a database`,
			path: ['metadata', 'annotations', key],
			hint,
		});
	}
}
