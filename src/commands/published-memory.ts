/** Memory where CI publishes trees: the plan is that of the last published one, the state what is known to be applied. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSources } from '../input/files.js';
import { splitStream } from '../input/stream.js';
import { type FileMemory, memoryFrom } from '../memory/files.js';
import { type Identity, planContent, type State, stateContent } from '../memory/memory.js';
import { filesOf, indexName } from '../output/folder.js';
import { refuse } from '../problems.js';
import { waves } from '../render/order.js';
import { memoryObject } from '../render/render.js';
import type { Desired, Memory } from '../render/situation.js';
import type { Settings } from '../settings.js';
import { type MemorySource, refuseNoState } from './load.js';

/** `cluster` is what was read where --state is `cluster`; of it the states alone count, because Flux may be behind. */
export function publishedMemory(
	databases: readonly Desired[],
	{ published, state: where }: Settings,
	cluster: ((id: Identity) => Memory) | undefined,
): MemorySource {
	const plans = published === 'none' ? undefined : readTree(published as string);
	const stateOf = cluster ? (id: Identity) => cluster(id).state : acknowledged(where);
	const desired = new Set(databases.map(({ id }) => keyOf(id)));
	const gone = plans?.databases.filter((id) => !desired.has(keyOf(id))) ?? [];
	return {
		memoryOf(id) {
			const [plan, state, seen] = [plans?.of(id).plan, stateOf(id), cluster?.(id)];
			// One that nothing was ever rendered for, and that runs all the same, is taken over as it is.
			if (seen && !plan && !state && typeof seen.live === 'object') return { ...seen, published: true };
			const live = typeof seen?.live === 'object' ? seen.live : undefined;
			return { plan, state, live: 'unknown', requests: 'unknown', inProgress: 'unknown', published: true, seen: live };
		},
		// Nobody deletes a database because it left the source, so all that is known of it is kept for its return.
		tombstones: gone.flatMap((id) => {
			const { plan, state } = (plans as FileMemory).of(id);
			return [
				...(plan ? [{ wave: waves.plan, object: memoryObject(id, 'plan', planContent(id, plan)) }] : []),
				...(state ? [{ wave: waves.state, object: memoryObject(id, 'state', stateContent(id, state)) }] : []),
			];
		}),
	};
}

function keyOf({ kind, namespace, name }: Identity): string {
	return `${kind} ${namespace}/${name}`;
}

/** Plans and states in a published tree. */
export function readTree(folder: string): FileMemory {
	if (!existsSync(folder))
		refuse(
			'not-found',
			'there is no published tree',
			'Pull it (`flux pull artifact`), or give --published none before the first.',
			folder,
		);
	// What else lies in the folder is none of the tree's.
	const paths = filesOf(folder)?.filter((path) => /\/(?:01-plan|90-state)\/objects\.yaml$|^removed\//.test(path));
	const sources = paths ? paths.flatMap((path) => readSources(join(folder, path))) : readSources(folder, true);
	return memoryFrom(sources.flatMap(splitStream));
}

function acknowledged(where: string | undefined): (id: Identity) => State | undefined {
	if (where === undefined) return refuseNoState();
	if (where === 'none') return () => undefined;
	if (existsSync(join(where, indexName)))
		refuse(
			'unacknowledged',
			'this is a published tree, and that it was published does not say that it was applied',
			'Give --state cluster, or the file that `kubedb-render state acknowledge` writes once it was applied.',
			where,
		);
	const memory = memoryFrom(readSources(where, true).flatMap(splitStream));
	return (id) => memory.of(id).state;
}
