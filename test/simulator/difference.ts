/** Whether what really runs is what git says: the judgement at the end of a history. */
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import { canonicalise } from '../../src/render/canonical.js';
import { isBelow, leafKey, leafPath, leavesOf } from '../../src/render/normalise.js';
import { getAt, parsePath, showPath } from '../../src/render/path.js';
import { canBeTakenBack } from '../../src/render/payload-checks.js';
import type { Api } from './api.js';
import { namespace, type Revision } from './commits.js';
import type { Actual, KubeDB } from './kubedb.js';
import { classOfLeaf, isConditional } from './verdict.js';

/** What means nothing without another field, or what a request set before it failed and no operation takes back: git says nothing about it any more. */
function isLeftBehind(kind: Kind, root: JsonObject, { halfDone }: Actual, key: string): boolean {
	const rows = kind.matching(leafPath(key)).flatMap(({ entry }) => entry.row ?? []);
	if (rows.some(({ to, onRemove }) => to === undefined && !onRemove)) return true;
	if (!halfDone.some((path) => isBelow(key, leafKey(parsePath(path))))) return false;
	const match = kind.matching(leafPath(key)).find(({ entry }) => entry.operation && entry.row);
	const { operation: type = '', row } = match?.entry ?? {};
	return match !== undefined && row !== undefined && !canBeTakenBack({ kind, root }, { type, row, match });
}

/** The first difference between a revision and what KubeDB runs, or undefined. */
export function differenceIn(wanted: Revision, api: Api, kubedb: KubeDB): string | undefined {
	for (const [key, object] of Object.entries(wanted.databases)) {
		const [kindName] = key.split(' ') as [string];
		const kind = kindOf(kindName);
		const database = api.get(`${kindName} ${namespace}/${String(getAt(object, ['metadata', 'name']))}`);
		const actual = database && kubedb.actualOf(database);
		if (!kind || !database || !actual) return `${key} is not there`;
		const desired = canonicalise(kind.facts, object);
		const [want, run, pods] = [
			desired,
			canonicalise(kind.facts, actual.root),
			canonicalise(kind.facts, actual.pods),
		].map((root) => leavesOf(kindName, root));
		for (const leaf of Object.keys(want ?? {})) {
			const path = leafPath(leaf);
			if (kind.isKeyOfOwnItem(path)) continue;
			const where = classOfLeaf(kind, path, desired);
			const have = where === 'operation' ? run : where === 'restart' ? pods : want;
			// What an operation carries out may also have come with what it belongs to, by a restart.
			const cameAlong = where === 'operation' && isConditional(kind, path) && pods?.[leaf] === want?.[leaf];
			if (have?.[leaf] !== want?.[leaf] && !cameAlong)
				return `${key} ${showPath(path)}: runs ${have?.[leaf]}, git ${want?.[leaf]}`;
		}
		for (const path of ['spec.configuration', 'spec.tls', 'spec.readReplicas']) {
			const [a, b] = [getAt(desired, parsePath(path)), getAt(canonicalise(kind.facts, actual.root), parsePath(path))];
			const [wanted, running] = [want, run].map((leaves) =>
				Object.keys(leaves ?? {}).filter(
					(key) => isBelow(key, leafKey(parsePath(path))) && !isLeftBehind(kind, desired, actual, key),
				),
			);
			if (wanted?.length === 0 && running?.length !== 0) return `${key} ${path} still runs: ${JSON.stringify(b)}`;
			for (const part of ['secretName', 'inline'])
				if (getAt(a, [part]) === undefined && getAt(b, [part]) !== undefined)
					return `${key} ${path}.${part} still runs`;
		}
		for (const [use, path] of [
			['auth', 'spec.authSecret.name'],
			['config', 'spec.configuration.secretName'],
		] as const) {
			const name = getAt(desired, parsePath(path));
			const content = typeof name === 'string' ? wanted.secrets[name] : undefined;
			if (content !== undefined && actual.secrets[use] !== content)
				return `${key} runs with ${use} Secret ${actual.secrets[use]}, git ${content}`;
		}
	}
	return undefined;
}
