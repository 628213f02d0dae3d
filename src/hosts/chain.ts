/**
 * The guard "chain": a plan in the cluster gives way only to a plan that was made from it. A render of an older state (a
 * rollback, a moved tag, a render from before another sync) then fails in its first wave, with nothing touched.
 */
import type { JsonObject } from '../json.js';
import { policyObjects } from './policy.js';

export const chainName = 'kubedb-render-chain';

const isNumber = (text: string) => `${text}.matches('^[0-9]{1,9}$')`;

/** Binds every account: no one writes a plan but a render. A plan that is no plan at all may be mended by hand. */
export function chain(): JsonObject[] {
	return policyObjects({
		name: chainName,
		rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['configmaps'] }],
		// Looks at the object before and after: it matches where either has the label.
		objectSelector: { matchLabels: { 'kubedb-render/role': 'plan' } },
		conditions: {},
		variables: {
			old: 'oldObject.?data.orValue({})',
			new: 'object.?data.orValue({})',
			oldGeneration: "variables.old[?'generation'].orValue('')",
			newGeneration: "variables.new[?'generation'].orValue('')",
			isSame: 'variables.old == variables.new && oldObject.?binaryData.orValue({}) == object.?binaryData.orValue({})',
			isNext: [
				isNumber('variables.newGeneration'),
				'int(variables.newGeneration) > int(variables.oldGeneration)',
				"variables.old[?'digest'].orValue('none') in variables.new[?'follows'].orValue('').split(',')",
			].join(' && '),
		},
		validations: [
			{
				expression: "object.metadata.?labels[?'kubedb-render/role'].orValue('') == 'plan'",
				message: "'kubedb-render: the label kubedb-render/role=plan may not be taken from ' + request.name",
			},
			{
				expression: `variables.isSame || !${isNumber('variables.oldGeneration')} || (${'variables.isNext'})`,
				message: [
					"'kubedb-render: stale plan refused, nothing was changed: ' + request.name + ' is at generation ' + variables.oldGeneration",
					"' in the cluster, and this render (generation ' + variables.newGeneration + ') was not made from that.'",
					"' Hard-refresh the Application and sync again (Flux: render and publish again); to roll back, revert the commit in git.'",
				].join(' + '),
			},
		],
	});
}
