/**
 * The check after every story, from the API server's audit log: no managed field of a database was changed but by
 * KubeDB's operator, or, where KubeDB does not write it back, by the plan whose operation had been carried out.
 */
import { readFileSync } from 'node:fs';
import { isObject, type JsonObject, parseJson } from '../src/json.js';
import { getAt } from '../src/render/path.js';
import { changedManagedLeaves } from '../test/simulator/fence.js';

interface Write {
	readonly user: string;
	readonly verb: string;
	readonly version: number;
	readonly object: JsonObject;
}

/** Accounts that may change what they like: KubeDB's operator, and a person whom a story lets do so. */
const free = ['system:serviceaccount:kubedb:kubedb-ops-manager', 'admin'];

/** One line for each forbidden change in a namespace. Throws where the log does not show the namespace at all. */
export function violations(auditLog: string, namespace: string): string[] {
	const found: string[] = [];
	const before = new Map<string, JsonObject>();
	const writes = databaseWrites(auditLog, namespace);
	if (writes.length === 0) throw new Error(`the audit log has no write of a database in ${namespace}`);
	for (const { user, verb, object } of writes) {
		const uid = String(getAt(object, ['metadata', 'uid']));
		const old = before.get(uid);
		before.set(uid, object);
		if (!old || free.includes(user)) continue;
		for (const change of changedManagedLeaves(old, object)) found.push(`${user} ${verb}: ${change}`);
	}
	return found;
}

/** Databases that were deleted by a GitOps account. */
export function deletions(auditLog: string, namespace: string): string[] {
	return eventsOf(auditLog, namespace)
		.filter(
			({ verb, code, user, resource, subresource }) =>
				verb === 'delete' && code < 300 && !free.includes(user) && resource !== 'configmaps' && !subresource,
		)
		.map(({ user, resource, name }) => `${user} deleted ${resource} ${name}`);
}

function databaseWrites(auditLog: string, namespace: string): Write[] {
	const writes: Write[] = [];
	for (const { user, verb, code, group, subresource, object, isDryRun } of eventsOf(auditLog, namespace)) {
		if (group !== 'kubedb.com' || subresource || code >= 300 || isDryRun || verb === 'delete') continue;
		if (!object || !isObject(object.spec)) continue;
		writes.push({ user, verb, object, version: Number(getAt(object, ['metadata', 'resourceVersion'])) });
	}
	return writes.sort((a, b) => a.version - b.version);
}

function* lines(auditLog: string, namespace: string): Generator<JsonObject> {
	const mark = `"namespace":${JSON.stringify(namespace)}`;
	for (const line of readFileSync(auditLog, 'utf8').split('\n')) {
		// Nearly all lines are of other stories, and each is long.
		if (!line.includes(mark)) continue;
		try {
			yield parseJson(line) as JsonObject;
		} catch {
			// The last line may be written at this moment.
		}
	}
}

function eventsOf(auditLog: string, namespace: string) {
	const events = [];
	for (const event of lines(auditLog, namespace)) {
		const reference = event.objectRef as JsonObject | undefined;
		if (reference?.namespace !== namespace || event.stage !== 'ResponseComplete') continue;
		const requested = getAt(event, ['requestObject', 'dryRun']);
		events.push({
			user: String(getAt(event, ['user', 'username'])),
			verb: String(event.verb),
			code: Number(getAt(event, ['responseStatus', 'code'])),
			group: String(reference.apiGroup ?? ''),
			resource: String(reference.resource),
			subresource: reference.subresource !== undefined,
			name: String(reference.name),
			object: isObject(event.responseObject) ? event.responseObject : undefined,
			isDryRun:
				/[?&]dryRun=All/.test(String(event.requestURI)) || (Array.isArray(requested) && requested.includes('All')),
		});
	}
	return events;
}
