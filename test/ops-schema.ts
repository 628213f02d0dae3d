/** The structural schemas of OpsRequests, from KubeDB's CRDs. */
import schemas from 'catalog:ops-schemas';
import { Ajv } from 'ajv';
import type { Json } from '../src/json.js';

const { kinds, $defs } = schemas();
const ajv = new Ajv({ strict: false, allErrors: true });
const validators = new Map<string, ReturnType<typeof ajv.compile>>();

/** What KubeDB's CRD has against the spec of an OpsRequest for a kind of databases; empty where it has nothing. */
export function schemaProblems(kind: string, spec: Json | undefined): string {
	let validate = validators.get(kind);
	if (!validate) {
		validate = ajv.compile({ ...kinds[kind], $defs });
		validators.set(kind, validate);
	}
	return validate(spec) ? '' : ajv.errorsText(validate.errors);
}
