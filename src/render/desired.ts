/** From a gitops CR of the source to the database that it asks for. */
import { kindNames, kindOf } from '../catalog/catalog.js';
import { isSet } from '../catalog/condition.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { nearest } from '../problems.js';
import { canonicalise } from './canonical.js';
import { checkDatabase } from './checks.js';
import { saltOf } from './live.js';
import { identityOf, optionsOf } from './metadata.js';
import { checkNameLength } from './name-length.js';
import { leavesOf, redact } from './normalise.js';
import { isToken } from './options.js';
import type { Desired, Origin, Report } from './situation.js';
import { checkDurations, typeProblem, validate } from './validate.js';

export const gitopsGroup = 'gitops.kubedb.com';
const version = 'gitops.kubedb.com/v1alpha1';

/** Reads one gitops CR. Returns undefined where a problem leaves nothing to go on with; problems are reported. */
export function desiredOf(
	object: JsonObject,
	origin: Origin,
	namespace: string | undefined,
	report: Report,
): Desired | undefined {
	if (object.apiVersion !== version) {
		report({
			code: 'unknown-version',
			message: `apiVersion is ${String(object.apiVersion)}, which is not known`,
			path: ['apiVersion'],
			proposed: version,
			hint: `Write ${version}.`,
		});
		return undefined;
	}
	const kindName = object.kind;
	const kind = typeof kindName === 'string' ? kindOf(kindName) : undefined;
	if (typeof kindName !== 'string' || !kind) {
		reportKind(kindName, report);
		return undefined;
	}
	const id = identityOf(object, namespace, report);
	const options = optionsOf(object, kind, report);
	if (!isObject(object.spec)) {
		const path = ['spec'];
		if (isSet(object.spec)) report({ code: 'wrong-type', path, ...typeProblem('spec', object.spec, 'object') });
		else report({ code: 'missing-field', message: 'spec is missing', path, hint: 'Give at least spec.version.' });
		return undefined;
	}
	const isValid = validate(kindName, object, report);
	if (!id) return undefined;

	const root = { ...canonicalise(kind.facts, object), metadata: { name: id.name } };
	checkNameLength(kind.facts, id, root, report);
	const spec = redact(kindName, root, saltOf(id));
	const leaves = leavesOf(kindName, spec);
	if (isValid) {
		checkDurations(kindName, root, leaves, report);
		checkDatabase(kind, root, report);
	}
	const tokens = Object.fromEntries(Object.entries(options).filter(([name]) => isToken(name)));
	return { id, kind, object, root, spec, leaves, tokens, options, origin };
}

function reportKind(name: Json | undefined, report: Report): void {
	const all = `There are ${kindNames().join(', ')}.`;
	const path = ['kind'];
	if (!isSet(name) || name === '') report({ code: 'unknown-kind', message: 'kind is missing', path, hint: all });
	else if (typeof name !== 'string') report({ code: 'wrong-type', path, ...typeProblem('kind', name, 'string') });
	else {
		const near = nearest(name, kindNames());
		const hint = near ? `Did you mean ${near}?` : all;
		const proposed = near ? { proposed: near } : {};
		report({ code: 'unknown-kind', message: `${version} has no kind ${name}`, path, hint, ...proposed });
	}
}
