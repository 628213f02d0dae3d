/** `state show`: what is remembered, for people and programs. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readSources } from '../input/files.js';
import { splitStream } from '../input/stream.js';
import { memoryFrom } from '../memory/files.js';
import { indexName } from '../output/folder.js';
import { refuse } from '../problems.js';
import { operationsOf } from '../render/standing.js';
import type { Result } from './build.js';
import { stdin, type World } from './load.js';
import { readTree } from './published-memory.js';

interface Shown {
	readonly kind: string;
	readonly namespace: string;
	readonly name: string;
	readonly generation: number;
	/** Digests of the plan and of the state, where they are remembered. */
	readonly plan?: string;
	readonly state?: string;
	/** Whether the plan is known to be carried out. */
	readonly settled: boolean;
	readonly operations: readonly { readonly name: string; readonly type: string; readonly fields: readonly string[] }[];
}

/** `path` is a file, a folder, a published tree, or `-`: the output of `kubectl get configmaps -l kubedb-render/role -o yaml`. */
export function stateShow(path: string, output: 'text' | 'json', world: World): Result {
	const isTree = path !== '-' && existsSync(join(path, indexName)) && statSync(path).isDirectory();
	const sources = () => (path === '-' ? [stdin(world, 'the state')] : readSources(path, true));
	const memory = isTree ? readTree(path) : memoryFrom(sources().flatMap(splitStream));
	if (memory.databases.length === 0)
		refuse(
			'no-memory',
			'nothing is remembered there',
			'Plans and states are ConfigMaps with the label kubedb-render/role.',
			path,
		);
	const shown = memory.databases.map((id): Shown => {
		const { plan, state } = memory.of(id);
		return {
			...id,
			generation: (plan ?? state)?.generation ?? 0,
			...(plan ? { plan: plan.digest } : {}),
			...(state ? { state: state.digest } : {}),
			// A tree holds the state that it would lead to.
			settled: !isTree && state !== undefined && (plan === undefined || plan.digest === state.digest),
			operations: plan ? operationsOf(plan).map(({ name, type, fields }) => ({ name, type, fields })) : [],
		};
	});
	shown.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
	const stdout =
		output === 'json'
			? `${JSON.stringify({ databases: shown }, undefined, 2)}\n`
			: shown.map((each) => textOf(each, isTree)).join('');
	return { stdout, warnings: [], exitCode: 0 };
}

function keyOf({ kind, namespace, name }: Shown): string {
	return `${namespace}/${name} ${kind}`;
}

function textOf(
	{ kind, namespace, name, generation, plan, state, settled, operations }: Shown,
	isTree: boolean,
): string {
	const digests = [plan ? `plan ${plan.slice(0, 8)}` : 'no plan', state ? `state ${state.slice(0, 8)}` : 'no state'];
	const head = `${`${kind} ${namespace}/${name}`.padEnd(50)}  generation ${generation}  ${digests.join('  ')}  ${isTree ? 'published' : settled ? 'settled' : 'not settled'}\n`;
	if (settled) return head;
	return head + operations.map((each) => `   ${each.type}  ${each.name}  ${each.fields.join(', ')}\n`).join('');
}
