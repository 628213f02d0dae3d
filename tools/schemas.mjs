/**
 * Writes src/catalog/schemas.json: the structural schemas of the specs of all gitops kinds and of their OpsRequests,
 * taken from the CRDs of KubeDB's Go module (Apache-2.0), without descriptions and defaults, equal subtrees folded into
 * $defs. The database CR of every kind has the same schema as its gitops CR, which is checked; `names` says in which
 * version, and what the CRDs call things. Needs Go, which downloads the module. `npm run catalog`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const MODULE = 'github.com/kubedb/apimachinery';
export const VERSION = 'v0.66.0';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const target = join(here, '../src/catalog/schemas.json');

/** The folder of the CRDs, downloaded where it is not in the module cache. */
export function crdFolder(version = VERSION) {
	const json = execFileSync('go', ['mod', 'download', '-json', `${MODULE}@${version}`], { encoding: 'utf8' });
	return join(JSON.parse(json).Dir, 'crds');
}

/** The schema of a CRD's version, by the name of its file without the ending. */
export function crdSchema(folder, name, version) {
	const crd = parse(readFileSync(join(folder, `${name}.yaml`), 'utf8'));
	const found = crd.spec.versions.find((each) => version === undefined || each.name === version);
	return found.schema.openAPIV3Schema;
}

const rfc3339 = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:Z|[-+]\\d{2}:\\d{2})$';

/** What a validator needs of a structural schema: unknown fields are refused unless the CRD preserves them. */
function simplify(schema) {
	const result = {};
	for (const key of [
		'type',
		'enum',
		'pattern',
		'minimum',
		'maximum',
		'minLength',
		'maxLength',
		'minItems',
		'maxItems',
		'required',
	]) {
		if (schema[key] !== undefined) result[key] = schema[key];
	}
	if (schema.format === 'int32')
		Object.assign(result, { minimum: schema.minimum ?? -(2 ** 31), maximum: schema.maximum ?? 2 ** 31 - 1 });
	if (schema.format === 'date-time') result.pattern = rfc3339;
	if (schema['x-kubernetes-int-or-string']) result.type = ['integer', 'string'];
	// The API server fills in defaults before it looks for what is missing.
	const required = schema.required?.filter((key) => schema.properties?.[key]?.default === undefined) ?? [];
	if (required.length > 0) result.required = required;
	// null equals absence, everywhere: the API server prunes it.
	if (result.type !== undefined) result.type = [result.type, 'null'].flat();
	if (result.enum) result.enum = [...new Set([...result.enum, null])];
	if (schema.properties) {
		result.properties = Object.fromEntries(
			Object.entries(schema.properties).map(([key, value]) => [key, simplify(value)]),
		);
	}
	if (schema.items) result.items = simplify(schema.items);
	const isObject = schema.type === 'object' || schema.properties;
	if (typeof schema.additionalProperties === 'object')
		result.additionalProperties = simplify(schema.additionalProperties);
	else if (isObject && !schema['x-kubernetes-preserve-unknown-fields'] && schema.additionalProperties !== true)
		result.additionalProperties = false;
	return result;
}

/**
 * Replaces subtrees by references: those that stand in several places, and large ones, so that a run loads only the
 * validators of what its documents contain.
 */
function fold(groups) {
	const counts = new Map();
	const count = (schema) => {
		const key = JSON.stringify(schema);
		counts.set(key, (counts.get(key) ?? 0) + 1);
		if (counts.get(key) === 1) mapChildren(schema, count);
	};
	for (const schemas of Object.values(groups)) for (const schema of Object.values(schemas)) count(schema);
	const isShared = (key) => (counts.get(key) > 1 && key.length > 60) || key.length > 1500;
	const defs = {};
	const replace = (schema) => {
		const key = JSON.stringify(schema);
		if (!isShared(key)) return mapChildren(schema, replace);
		const name = `d${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
		if (!(name in defs)) {
			defs[name] = null;
			defs[name] = mapChildren(schema, replace);
		}
		return { $ref: `#/$defs/${name}` };
	};
	const folded = mapValues(groups, (schemas) => mapValues(schemas, (schema) => mapChildren(schema, replace)));
	return { ...folded, $defs: Object.fromEntries(Object.entries(defs).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function mapValues(object, change) {
	return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/** A copy of a schema whose own subschemas are replaced. A field may be called `type` or `items`: its map is no schema. */
function mapChildren(schema, change) {
	const result = { ...schema };
	if (schema.properties) result.properties = mapValues(schema.properties, change);
	if (schema.items) result.items = change(schema.items);
	if (typeof schema.additionalProperties === 'object')
		result.additionalProperties = change(schema.additionalProperties);
	return result;
}

/** The CRDs of a group in a folder, by kind. */
function crdsOf(folder, group) {
	const files = readdirSync(folder).filter((file) => file.startsWith(`${group}_`));
	const crds = files.map((file) => parse(readFileSync(join(folder, file), 'utf8')));
	return new Map(crds.map((crd) => [crd.spec.names.kind, crd]));
}

function specOf({ schema }) {
	return schema.openAPIV3Schema.properties.spec;
}

/** The apiVersion of the database CRD whose spec is that of the gitops CRD; undefined where it is that of none. */
function databaseVersion(spec, crd) {
	const text = JSON.stringify(simplify(spec));
	const same = crd.spec.versions.find((version) => JSON.stringify(simplify(specOf(version))) === text);
	return same && `${crd.spec.group}/${same.name}`;
}

/**
 * The content of schemas.json for a version of the module: `source` (the module and its version), `names`, `kinds` and
 * `opsRequests` by kind, and the `$defs` that their `$ref`s name. A kind whose gitops CRD has no database CRD of the same
 * spec, or no OpsRequest, has none in `names`: a difference between two versions is to show that, not to fail of it.
 */
export function schemasOf(version = VERSION) {
	const folder = crdFolder(version);
	const gitops = crdsOf(folder, 'gitops.kubedb.com');
	const databases = crdsOf(folder, 'kubedb.com');
	const requests = crdsOf(folder, 'ops.kubedb.com');
	const schemas = { kinds: {}, opsRequests: {} };
	const names = {};
	for (const kind of [...gitops.keys()].sort()) {
		const spec = specOf(gitops.get(kind).spec.versions[0]);
		schemas.kinds[kind] = simplify(spec);
		const request = requests.get(`${kind}OpsRequest`);
		if (request) schemas.opsRequests[kind] = simplify(specOf(request.spec.versions[0]));
		const database = databases.get(kind);
		names[kind] = {
			plural: database.spec.names.plural,
			shortNames: database.spec.names.shortNames ?? [],
			database: databaseVersion(spec, database),
			opsRequest: request?.spec.names.kind,
			opsRequestPlural: request?.spec.names.plural,
		};
	}
	return { source: `${MODULE}@${version}`, names, ...fold(schemas) };
}

function main() {
	const { source, names, kinds, opsRequests, $defs } = schemasOf();
	for (const [kind, { database, opsRequest }] of Object.entries(names)) {
		if (!database) throw new Error(`${kind}: the spec of the gitops CRD is that of no version of the database CRD`);
		if (!opsRequest) throw new Error(`${kind}: there is no CRD of its OpsRequests`);
	}
	const lines = (object) =>
		Object.entries(object)
			.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
			.join(',\n');
	const parts = { names, kinds, opsRequests, $defs };
	const text = Object.entries(parts).map(([name, part]) => `"${name}":{\n${lines(part)}\n}`);
	writeFileSync(target, `{"source":${JSON.stringify(source)},\n${text.join(',\n')}}\n`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) main();
