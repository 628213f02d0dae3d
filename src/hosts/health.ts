/**
 * Argo CD's health rules for KubeDB's kinds, in Lua, made from the catalog's phases. A sync wave waits only for kinds
 * with a health rule, and hangs for ever on a rule that raises an error or returns nil, so the rules are closed: whatever
 * they do not know is Progressing. Argo CD gives scripts of argocd-cm no string library.
 */
import phases from '../catalog/phases.yaml';

interface Phase {
	readonly phase: string;
	readonly health: string;
	readonly meaning: string;
}

const facts = phases as Record<'opsRequest' | 'database', { phases: Phase[] }>;

/** What a person does about an OpsRequest that is in this phase. */
export const wayOut: Readonly<Record<string, string>> = {
	Failed: 'raise the annotation kubedb-render/retry or revert the commit, then sync',
	Denied: 'raise the annotation kubedb-render/retry or revert the commit, then sync',
	Skipped:
		'another request took its place; when that has ended, hard-refresh and sync: what is still missing is planned anew',
	WaitingForApproval: 'approve or deny it, the sync waits',
};

/** For `ops.kubedb.com/*`. */
export function opsRequestHealth(): string {
	return script('waiting for the KubeDB ops-manager to pick the request up', facts.opsRequest.phases, wayOut);
}

/**
 * For `kubedb.com/*`. Critical and NotReady are Progressing: an operation that restarts pods passes through them, and
 * Degraded would end the sync in the middle.
 */
export function databaseHealth(): string {
	const rows = facts.database.phases.map((row) => ({
		...row,
		health: row.health === 'Degraded' ? 'Progressing' : row.health,
	}));
	const notes = { Halted: 'the database is stopped by spec.halted' };
	return script('waiting for the KubeDB provisioner', rows, notes);
}

/** The value of the key `resource.customizations` of argocd-cm: a group with a wildcard is understood in that key alone. */
export function healthCustomizations(): string {
	const rule = (group: string, lua: string) => `${group}/*:\n  health.lua: |\n${lua.replace(/^(?=.)/gm, '    ')}`;
	return `${rule('ops.kubedb.com', opsRequestHealth())}${rule('kubedb.com', databaseHealth())}`;
}

function script(waiting: string, rows: readonly Phase[], notes: Readonly<Record<string, string>>): string {
	const known = rows.filter(({ phase }) => phase !== '');
	const table = (name: string, entries: readonly (readonly [string, string])[]) => [
		`local ${name} = {`,
		...entries.map(([key, value]) => `  [${luaString(key)}] = ${luaString(value)},`),
		'}',
	];
	const meanings = known.map(({ phase, meaning }) => [phase, meaning] as const);
	return `${[
		'-- Made by kubedb-render install argocd.',
		...table(
			'health',
			known.map(({ phase, health }) => [phase, health] as const),
		),
		...table('meaning', meanings),
		...table('todo', Object.entries(notes)),
		`local result = { status = "Progressing", message = ${luaString(waiting)} }`,
		'if type(obj) ~= "table" or type(obj.status) ~= "table" then return result end',
		'local phase = obj.status.phase',
		'if type(phase) ~= "string" or phase == "" then return result end',
		'local text = meaning[phase] or "a phase that this health rule does not know"',
		'if type(obj.status.conditions) == "table" then',
		'  for _, condition in ipairs(obj.status.conditions) do',
		'    if type(condition) == "table" and condition.type == phase and type(condition.message) == "string" and condition.message ~= "" then text = condition.message end',
		'  end',
		'end',
		'result.message = phase .. ": " .. text',
		'if todo[phase] then result.message = result.message .. " -> " .. todo[phase] end',
		'local generation = type(obj.metadata) == "table" and obj.metadata.generation or nil',
		'local observed = obj.status.observedGeneration',
		'if type(generation) == "number" and type(observed) == "number" and observed < generation then return result end',
		'result.status = health[phase] or "Progressing"',
		'return result',
	].join('\n')}\n`;
}

function luaString(text: string): string {
	return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
