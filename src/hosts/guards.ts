/** All guards: what a cluster refuses whatever a GitOps tool was told to apply. */
import { kindNames, kindOf } from '../catalog/catalog.js';
import type { JsonObject } from '../json.js';
import { chain } from './chain.js';
import { fence } from './fence-policy.js';
import { noReplace } from './no-replace.js';

/** ValidatingAdmissionPolicies and bindings; `accounts` are the user names of the GitOps controllers. */
export function guards(accounts: readonly string[]): JsonObject[] {
	const fences = kindNames().flatMap((name) => {
		const kind = kindOf(name);
		return kind ? fence(kind, accounts) : [];
	});
	return [...chain(), ...noReplace(accounts), ...fences];
}
