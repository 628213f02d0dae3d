/** What a person sees of an Application of the simulator: sync status, health and messages as Argo CD shows them. */
import type { Seen } from '../../e2e/application.js';
import phases from '../../src/catalog/phases.yaml';
import { wayOut } from '../../src/hosts/health.js';
import { ignoreDifferences } from '../../src/hosts/ignore-differences.js';
import type { JsonObject } from '../../src/json.js';
import { deleteAt, getAt } from '../../src/render/path.js';
import { type Api, isDatabase, keyOf } from './api.js';
import { type ArgoCD, names } from './argocd.js';
import { phaseOf } from './kubedb.js';

interface PhaseFacts {
	readonly phase: string;
	readonly health: string;
	readonly meaning: string;
}

/** As the health rule says it. */
export function healthMessage(object: JsonObject): string {
	const phase = phaseOf(object);
	const { phases: rows } = (phases as Record<'opsRequest' | 'database', { phases: PhaseFacts[] }>)[
		isDatabase(object) ? 'database' : 'opsRequest'
	];
	const reason = getAt(object, ['status', 'conditions', '[0]', 'message']);
	const text = reason ? String(reason) : rows.find((row) => row.phase === phase)?.meaning;
	const way = isDatabase(object) ? undefined : wayOut[phase];
	return `${phase}: ${text}${way ? ` -> ${way}` : ''}`;
}

/** Whether the live object is as the manifest says, but for what `install argocd` tells Argo CD not to compare. */
export function isSynced(argo: ArgoCD, api: Api, manifest: JsonObject): boolean {
	const live = api.get(keyOf(manifest));
	if (!live || !isDatabase(live)) return argo.isInSync(manifest);
	const [is, wanted] = [live, manifest].map((object) => {
		const copy = structuredClone(object);
		for (const pointer of pointersOf(String(object.kind))) deleteAt(copy, pointer);
		return copy;
	});
	return names(is?.spec, wanted?.spec);
}

function pointersOf(kind: string): string[][] {
	const text = ignoreDifferences()[`resource.customizations.ignoreDifferences.kubedb.com_${kind}`] ?? '';
	return [...String(text).matchAll(/^- \/(.*)$/gm)].map(([, pointer = '']) => pointer.split('/'));
}

/** The worst of all. */
export function healthOfAll(objects: readonly JsonObject[]): string {
	const states: string[] = objects.map((object) => {
		const phase = phaseOf(object);
		if (isDatabase(object)) return phase === 'Ready' ? 'Healthy' : 'Progressing';
		if (!String(object.kind).endsWith('OpsRequest') || phase === 'Successful') return 'Healthy';
		return ['Failed', 'Denied', 'Skipped'].includes(phase) ? 'Degraded' : 'Progressing';
	});
	return ['Degraded', 'Progressing'].find((state) => states.includes(state)) ?? 'Healthy';
}

export function seenOf(argo: ArgoCD, problems: readonly string[], isSynced: boolean, health: string): Seen {
	const outcome = argo.sync ? 'running' : argo.last?.outcome;
	const phases = { running: 'Running', done: 'Succeeded', failed: 'Failed' };
	const conditions = problems.map((problem) => {
		const [, subject, code, text] = /^(\S+ \S+): (\S+) (.*)$/s.exec(problem) ?? [];
		return `ComparisonError: error[${code}]: ${subject}: ${text}`;
	});
	return {
		sync: problems.length > 0 ? 'Unknown' : isSynced ? 'Synced' : 'OutOfSync',
		health,
		phase: problems.length > 0 && !argo.sync ? 'Error' : outcome ? phases[outcome] : '',
		message: '',
		conditions,
		results: argo.results,
	};
}

/** The status of the Application as far as stories read it. */
export function applicationObject(seen: Seen, argo: ArgoCD, tracked: number): JsonObject {
	const revision = argo.last ? `r${argo.last.revision}` : '';
	return {
		...(argo.sync ? { operation: {} } : {}),
		status: {
			operationState: { phase: seen.phase, syncResult: { revision } },
			sync: { status: seen.sync, revision: `r${tracked}` },
		},
	};
}
