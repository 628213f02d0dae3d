/** The tables of changes, rendered: what a base gives when it is created, and what a change to it gives after that. */
import { type Kind, kindOf } from '../src/catalog/catalog.js';
import { splitStream } from '../src/input/stream.js';
import { type JsonObject, toJson } from '../src/json.js';
import { liveOf } from '../src/render/live.js';
import { type RenderedDatabase, render } from '../src/render/render.js';
import type { Memory } from '../src/render/situation.js';
import { takeApart } from '../src/render/source.js';
import { filled, merged, readTable, type Table, type TableChange, tableNames } from './kind-tables.js';

/** Nothing was rendered before, and there is no database. */
export const unread: Memory = {
	plan: undefined,
	state: undefined,
	live: 'absent',
	requests: new Map(),
	inProgress: false,
};

/** The gitops CR of a base, `given` and more merged in. */
export function sourceOf({ kind, bases }: Table, { base, given }: TableChange, patch: JsonObject = {}): JsonObject {
	const object: JsonObject = {
		apiVersion: 'gitops.kubedb.com/v1alpha1',
		kind,
		metadata: { name: 'db', namespace: 'demo' },
		spec: bases[base] as JsonObject,
	};
	return merged(merged(object, given ?? {}), patch) as JsonObject;
}

/** A render of one gitops CR; its problems as `code: message` where there are any. */
export function renderedFrom(object: JsonObject, memory: Memory): RenderedDatabase | string[] {
	const { databases, problems } = takeApart(splitStream({ name: 'db.yaml', text: toJson(object) }), undefined);
	const [desired] = databases;
	const result = desired && problems.length === 0 ? render(desired, memory) : undefined;
	const all = [...problems, ...(result?.problems ?? [])];
	return result && all.length === 0 ? result : all.map(({ code, message }) => `${code}: ${message}`);
}

/** The live database CR after everything of a render was applied. */
export function liveAfter({ objects }: RenderedDatabase, { live }: TableChange): JsonObject {
	const object = objects.find(({ wave }) => wave === 50)?.object as JsonObject;
	return merged(filled(object, live), { metadata: { uid: 'u' }, status: { phase: 'Ready' } }) as JsonObject;
}

/** What the next render sees once everything of a render was applied. */
export function settledAfter(kind: Kind, before: RenderedDatabase, change: TableChange): Memory {
	const { plan, state } = before.outcome;
	return { ...unread, plan, state, live: liveOf(kind, before.desired.id, liveAfter(before, change)) };
}

export interface TableStep {
	/** Where in fixtures/kinds it stands. */
	readonly place: string;
	readonly rendered: RenderedDatabase;
}

/** Every render of every table: each base, what stands before each change, and the change; what is refused gives none. */
export function tableSteps(): TableStep[] {
	return tableNames().flatMap((file) => {
		const table = readTable(file);
		const kind = kindOf(table.kind) as Kind;
		const step = (what: string, rendered: RenderedDatabase | string[]) =>
			Array.isArray(rendered) ? [] : [{ place: `fixtures/kinds/${file}, ${what}`, rendered }];
		const bases = Object.keys(table.bases).flatMap((base) =>
			step(`base ${base}`, renderedFrom(sourceOf(table, { name: base, base, patch: {} }), unread)),
		);
		const changes = table.changes.flatMap((change) => {
			const before = renderedFrom(sourceOf(table, change), unread);
			if (Array.isArray(before)) return [];
			const where = `${change.base}: ${change.name}`;
			const after = renderedFrom(sourceOf(table, change, change.patch), settledAfter(kind, before, change));
			return [...step(`before ${where}`, before), ...step(where, after)];
		});
		return [...bases, ...changes];
	});
}
