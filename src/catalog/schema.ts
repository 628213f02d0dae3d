/** The structural schemas of the gitops kinds, and the validators that ajv made of them when the bundle was built. */
import schemas from 'catalog:schemas';
import validators from 'catalog:validators';
import { isObject } from '../json.js';

/** What is kept of a structural schema (tools/schemas.mjs). */
export interface Schema {
	readonly type?: string | readonly string[];
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly items?: Schema;
	readonly additionalProperties?: boolean | Schema;
	readonly enum?: readonly unknown[];
	readonly pattern?: string;
	readonly $ref?: string;
}

/** One thing that a validator has against a value; `instancePath` is a JSON Pointer. */
export interface SchemaError {
	readonly instancePath: string;
	readonly keyword: string;
	readonly params: Readonly<Record<string, unknown>>;
}

interface Validator {
	(value: unknown, context?: object): boolean;
	errors?: SchemaError[] | null;
}

type Factory = (refs: Record<string, Validator>, begin: typeof beginValidation) => Validator;

/** Collects what one call of a validator finds: the code that ajv made calls these (tools/validators.mjs). */
function beginValidation() {
	const errors: SchemaError[] = [];
	return {
		report(instancePath: string, keyword: string, params: SchemaError['params']): void {
			errors.push({ instancePath, keyword, params });
		},
		callRef(validate: Validator, data: unknown, instancePath: string): void {
			if (!validate(data, { instancePath })) errors.push(...(validate.errors ?? []));
		},
		end(validate: Validator): boolean {
			validate.errors = errors;
			return errors.length === 0;
		},
		isMap: isObject,
	};
}

/** Validators refer to one another by `refs.<name>`; each is compiled when it is called first. */
const refs: Record<string, Validator> = {};
for (const name of Object.keys(validators.definitions)) {
	const lazy: Validator = (value, context) => {
		const real = compile(validators.definitions[name] as string);
		refs[name] = real;
		const valid = real(value, context);
		lazy.errors = real.errors ?? null;
		return valid;
	};
	refs[name] = lazy;
}

function compile(source: string): Validator {
	// The source is our own, made by ajv when the bundle was built: nothing of a user's gets here.
	return (new Function(`return ${source}`)() as Factory)(refs, beginValidation);
}

const kinds = new Map<string, Validator>();

/** What is wrong with a spec by the CRD of its gitops kind; an empty list where nothing is. */
export function schemaErrors(kind: string, spec: unknown): readonly SchemaError[] {
	const validator = kinds.get(kind) ?? compile(validators.kinds[kind] as string);
	kinds.set(kind, validator);
	return validator(spec) ? [] : (validator.errors ?? []);
}

let parsed: ReturnType<typeof schemas> | undefined;

function resolve(schema: Schema | undefined): Schema | undefined {
	parsed ??= schemas();
	return schema?.$ref ? parsed.$defs[schema.$ref.replace('#/$defs/', '')] : schema;
}

function rootOf(kind: string): Schema | undefined {
	parsed ??= schemas();
	return resolve(parsed.kinds[kind]);
}

/** The schema at a path below the spec of a kind (list items by any segment in brackets), or undefined. */
export function schemaAt(kind: string, path: readonly string[]): Schema | undefined {
	let at = rootOf(kind);
	for (const segment of path) {
		const own = at?.properties && Object.hasOwn(at.properties, segment) ? at.properties[segment] : undefined;
		const open = typeof at?.additionalProperties === 'object' ? at.additionalProperties : undefined;
		at = resolve(at?.items ?? own ?? open);
	}
	return at;
}

/** Every field path of a kind from `spec` on, items of lists as `[*]`, in the order of the schema. */
export function fieldPaths(kind: string): string[][] {
	const found: string[][] = [];
	const visit = (schema: Schema | undefined, path: string[]): void => {
		const at = resolve(schema);
		if (at?.items) visit(at.items, [...path, '[*]']);
		for (const [name, child] of Object.entries(at?.properties ?? {})) {
			const field = [...path, name];
			found.push(field);
			visit(child, field);
		}
	};
	visit(rootOf(kind), ['spec']);
	return found;
}

/** Paths of all fields of a name, list items as `[*]`; a few levels deep, the shortest first. */
export function fieldsNamed(kind: string, name: string): string[][] {
	const paths = fieldPaths(kind).filter((path) => path.at(-1) === name && path.length <= 7);
	return paths.sort((a, b) => a.length - b.length);
}
