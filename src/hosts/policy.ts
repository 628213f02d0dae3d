/** ValidatingAdmissionPolicies: what all guards have in common. */
import type { JsonObject } from '../json.js';

export interface Validation {
	/** CEL; true admits. */
	readonly expression: string;
	/** CEL for the text that whoever is refused reads. */
	readonly message: string;
}

export interface Policy {
	readonly name: string;
	readonly rules: readonly JsonObject[];
	readonly objectSelector?: JsonObject;
	/** All must hold for the policy to be looked at. */
	readonly conditions: Readonly<Record<string, string>>;
	readonly variables?: Readonly<Record<string, string>>;
	readonly validations: readonly Validation[];
}

/**
 * The policy and its binding. Dry runs are exempt: Argo CD's server-side diff is a dry run of every object, and a
 * refusal there ends the sync that was to make the change in order. `Forbidden`, because Flux deletes and creates anew
 * what is refused as invalid.
 */
export function policyObjects({
	name,
	rules,
	objectSelector,
	conditions,
	variables = {},
	validations,
}: Policy): JsonObject[] {
	const metadata = { name, labels: { 'app.kubernetes.io/part-of': 'kubedb-render' } };
	const all = { 'not-a-dry-run': '!(has(request.dryRun) && request.dryRun)', ...conditions };
	return [
		{
			apiVersion: 'admissionregistration.k8s.io/v1',
			kind: 'ValidatingAdmissionPolicy',
			metadata,
			spec: {
				failurePolicy: 'Fail',
				matchConstraints: {
					matchPolicy: 'Equivalent',
					...(objectSelector ? { objectSelector } : {}),
					resourceRules: [...rules],
				},
				matchConditions: namedExpressions(all),
				variables: namedExpressions(variables),
				validations: validations.map(({ expression, message }) => ({
					expression,
					messageExpression: message,
					reason: 'Forbidden',
				})),
			},
		},
		{
			apiVersion: 'admissionregistration.k8s.io/v1',
			kind: 'ValidatingAdmissionPolicyBinding',
			metadata,
			spec: { policyName: name, validationActions: ['Deny'] },
		},
	];
}

function namedExpressions(map: Readonly<Record<string, string>>): JsonObject[] {
	return Object.entries(map).map(([name, expression]) => ({ name, expression }));
}
