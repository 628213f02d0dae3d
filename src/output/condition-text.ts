/** Conditions of the catalog in words: "spec.replicas is 2 or more and spec.remoteReplica is not set". */
import type { Condition, ItemState, Test } from '../catalog/types.js';

/** Nothing for a condition that always holds. */
export function conditionText(condition: Condition | undefined): string {
	if (!condition) return '';
	const { desired, previous, live, changes, item, any } = condition;
	const parts = [
		...testTexts(previous).map((text) => text.replace(' is ', ' was ').replace(' does ', ' did ')),
		...testTexts(desired),
		...testTexts(live).map((text) => `in the cluster, ${text}`),
		...Object.entries(changes ?? {}).map(([path, kinds]) => `${path} is ${orList(kinds)}`),
		...(item === undefined ? [] : [`the item is ${orList([item].flat().map((state) => itemStates[state]))}`]),
	];
	if (any === undefined) return parts.join(' and ');
	const alternatives = any.map(conditionText).join(' or ');
	return parts.length === 0 ? alternatives : [...parts, `(${alternatives})`].join(' and ');
}

/** Tests of fields, or of parts of a request, one text for each. */
export function testTexts(tests: Readonly<Record<string, Test>> = {}): string[] {
	return Object.entries(tests).map(([path, test]) => `${path} ${testText(test)}`);
}

const itemStates: Record<ItemState, string> = { new: 'new', existing: 'there already', removed: 'removed' };

function testText(test: Test): string {
	if (test === 'set' || test === 'present') return 'is set';
	if (test === 'unset' || test === 'absent') return 'is not set';
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
	atLeastField: (value) => `is as large as ${value}, or larger`,
	equalsField: (value) => `is the same as ${value}`,
	differsFromField: (value) => `is not the same as ${value}`,
	lengthDiffersFromField: (value) => `has more or fewer items than ${value} says`,
	isNot: (value) => `is not ${value}`,
	unlike: (value) => `does not match /${value}/`,
	beneath: (value) => `is ${orList(value as unknown[])}, or lies below`,
	totalAtMost: (value) => `is ${value} or less in total`,
};

/** "a, b or c" */
export function orList(items: readonly unknown[]): string {
	const texts = items.map(String);
	return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}
