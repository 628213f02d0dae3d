/** What `doctor` finds of the guards in a cluster. */
import { canonicalJson, type JsonObject } from '../json.js';
import { getAt } from '../render/path.js';
import { bad, type Finding, type Found, good, textAt } from './findings.js';

const again = 'Apply what kubedb-render install (argocd or flux) prints.';

/**
 * Guards: `wanted` are those of this version, `read` gives what the cluster has of the same name. One that binds more
 * accounts than `accounts` (user names) serves another tool, too.
 */
export function guardFindings(
	wanted: readonly JsonObject[],
	read: (object: JsonObject) => Found,
	accounts: readonly string[],
): Finding[] {
	return wanted
		.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
		.map((policy) => {
			const name = textAt(policy, ['metadata', 'name']);
			const binding = wanted.find(
				(each) => each.kind === 'ValidatingAdmissionPolicyBinding' && textAt(each, ['metadata', 'name']) === name,
			);
			const [there, bound] = [read(policy), read(binding as JsonObject)];
			if (!there) return bad(name, 'the policy is missing: nothing would stop a stale render', again);
			if (canonicalJson(getAt(bound, ['spec', 'validationActions']) ?? null) !== '["Deny"]')
				return bad(name, bound ? 'its binding does not deny' : 'it is not bound', again);
			const [ours, its] = [policy, there].map((each) =>
				canonicalJson(['validations', 'matchConditions', 'variables'].map((part) => getAt(each, ['spec', part]) ?? [])),
			) as [string, string];
			const free = accounts.filter((account) => ours.includes(`'${account}'`) && !its.includes(`'${account}'`));
			if (free.length > 0)
				return bad(
					name,
					`does not bind ${free.join(', ')}`,
					`${again} Name all accounts with --controller-service-account.`,
				);
			if (withoutAccounts(ours) === withoutAccounts(its)) return good(name, 'is bound and ours');
			return { check: name, status: 'note', message: 'is bound, but not as this version makes it', mend: again };
		});
}

function withoutAccounts(text: string): string {
	return text.replace(/(?<=request\.userInfo\.username in \[)[^\]]*/g, '');
}
