/** Conditions of the catalog in words: "spec.replicas is 2 or more and spec.remoteReplica is not set". */
import type { Condition, ItemState, Test } from '../catalog/types.js';

/** Nothing for a condition that always holds. */
export function conditionText(condition: Condition | undefined): string {
	if (!condition) return '';
	const { desired, previous, live, changes, item, any } = condition;
	const parts = [
		...Object.entries(desired ?? {}).map(([path, test]) => `${path} ${testText(test)}`),
		...Object.entries(previous ?? {}).map(([path, test]) => `before, ${path} ${testText(test)}`),
		...Object.entries(live ?? {}).map(([path, test]) => `in the cluster, ${path} ${testText(test)}`),
		...Object.entries(changes ?? {}).map(([path, kinds]) => `${path} is ${orList(kinds)}`),
		...(item === undefined ? [] : [`the item is ${orList([item].flat().map((state) => itemStates[state]))}`]),
		...(any === undefined ? [] : [alternatives(any)]),
	];
	return parts.join(' and ');
}

const itemStates: Record<ItemState, string> = { new: 'new', existing: 'there already', removed: 'removed' };

function alternatives(any: readonly Condition[]): string {
	const texts = any.map(conditionText);
	return texts.length === 1 ? (texts[0] as string) : `(${texts.join(' or ')})`;
}

function testText(test: Test): string {
	if (test === 'set') return 'is set';
	if (test === 'unset') return 'is not set';
	if (typeof test !== 'object') return `is ${test}`;
	const [[name, value]] = Object.entries(test) as [[string, unknown]];
	const say = tests[name];
	return say ? say(value) : `${name} ${JSON.stringify(value)}`;
}

const tests: Record<string, (value: unknown) => string> = {
	atLeast: (value) => `is ${value} or more`,
	atMost: (value) => `is ${value} or less`,
	in: (value) => `is ${orList(value as unknown[])}`,
	not: (value) => `is set, but not ${orList(value as unknown[])}`,
	below: (value) => `is older than ${value}`,
	atLeastField: (value) => `is ${value} or more`,
};

/** "a, b or c" */
export function orList(items: readonly unknown[]): string {
	const texts = items.map(String);
	return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}
