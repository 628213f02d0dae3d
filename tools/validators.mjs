/**
 * Compiles src/catalog/schemas.json to validators with ajv, one small function per kind and per shared definition, as
 * source text: ajv is not in the bundle, and a run compiles only the functions that its documents ask for.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ajvModule from 'ajv';
import codegen from 'ajv/dist/compile/codegen/index.js';
import names from 'ajv/dist/compile/names.js';
import standaloneModule from 'ajv/dist/standalone/index.js';
import { transform } from 'esbuild';
import { schemaSet } from './schema-set.mjs';

const Ajv = ajvModule.default ?? ajvModule;
const standaloneCode = standaloneModule.default ?? standaloneModule;
const { _, Name, strConcat } = codegen;
const N = names.default ?? names;

/** `{"$ref": "#/$defs/x"}` becomes a call of `refs.x`, which the loader makes when it is called first. */
const reference = {
	keyword: 'definition',
	schemaType: 'string',
	code(cxt) {
		const { gen, schema, data, it } = cxt;
		const path = strConcat(N.instancePath, it.errorPath);
		gen.code(_`${new Name('callRef')}(${new Name('refs')}.${new Name(schema)}, ${data}, ${path})`);
		cxt.ok(true);
	},
};

/** References as the keyword above, and `null` beside another type as ajv says it in fewest words. */
function prepared(node) {
	if (typeof node !== 'object' || node === null) return node;
	if (Array.isArray(node)) return node.map(prepared);
	if (typeof node.$ref === 'string') return { definition: node.$ref.replace('#/$defs/', '') };
	const { type, ...rest } = Object.fromEntries(Object.entries(node).map(([key, child]) => [key, prepared(child)]));
	if (type === undefined) return rest;
	const types = Array.isArray(type) ? type.filter((each) => each !== 'null') : [type];
	const isNullable = types.length === 1 && Array.isArray(type) && types.length < type.length;
	return { type: isNullable ? types[0] : type, ...(isNullable ? { nullable: true } : {}), ...rest };
}

/**
 * What a validator begins with; `begin` is given to it (src/catalog/schema.ts). ajv writes the making of an error out at
 * each place where something may be wrong, which made two thirds of the bundle.
 */
const prelude = 'const { report, callRef, end, isMap } = begin();';

/** ajv puts whole schemas beside the code for the few parts that the code looks up: names of properties, values of enums. */
function withoutSchemas(code) {
	return code.replace(/const (schema\d+) = (\{.*?\});(?=const |function |let )/g, (_, name, text) => {
		const schema = new Function(`return ${text}`)();
		const used = {};
		for (const [, path] of code.matchAll(new RegExp(`\\b${name}((?:\\.\\w+|\\["[^"]*"\\])+)`, 'g'))) {
			const keys = [...path.matchAll(/\.(\w+)|\["([^"]*)"\]/g)].map(([, plain, quoted]) => plain ?? quoted);
			const value = keys.reduce((at, key) => at[key], schema);
			const last = keys.pop();
			const place = keys.reduce((at, key) => {
				if (typeof at[key] !== 'object') at[key] = {};
				return at[key];
			}, used);
			const isNames = last === 'properties';
			place[last] = isNames
				? { ...Object.fromEntries(Object.keys(value).map((key) => [key, 1])), ...place[last] }
				: value;
		}
		return Object.keys(used).length > 0 ? `const ${name} = ${JSON.stringify(used)};` : '';
	});
}

async function sourceOf(schema) {
	const ajv = new Ajv({
		strict: true,
		allowUnionTypes: true,
		allErrors: true,
		messages: false,
		keywords: [reference],
		code: { source: true, lines: false },
	});
	const code = withoutSchemas(standaloneCode(ajv, ajv.compile(prepared(schema))))
		// Where the rule stands in the schema helps nobody who reads the error.
		.replace(/schemaPath:"(?:[^"\\]|\\.)*",/g, '')
		.replace(
			/const (err\d+) = \{instancePath(?::(.*?))?,keyword:("\w+"),params:(\{.*?\})\};if\(vErrors === null\)\{vErrors = \[\1\];\}else \{vErrors\.push\(\1\);\}errors\+\+;/g,
			(_, __, path = 'instancePath', keyword, params) => `report(${path},${keyword},${params});`,
		)
		// Five hundred times the same test.
		.replace(/(\w+) && typeof \1 == "object" && !Array\.isArray\(\1\)/g, 'isMap($1)')
		.replace(/let vErrors = null;let errors = 0;/, prelude)
		.replace(/(\w+)\.errors = vErrors;return errors === 0;/, 'return end($1);')
		.replace(/\{instancePath="", parentData, parentDataProperty, rootData=data\}=\{\}/, '{ instancePath = "" } = {}');
	if (code.includes('require(')) throw new Error(`the validator needs a module: ${code.match(/require\([^)]*\)/)}`);
	if (/vErrors|errors\+\+|parentData/.test(code))
		throw new Error('ajv writes its errors in another way than is expected here');
	const name = /module\.exports = (\w+);/.exec(code)?.[1];
	const body = code.replace(/"use strict";|module\.exports(?:\.default)? = \w+;/g, '');
	const { code: small } = await transform(`f = function (refs, begin) { ${body} return ${name} }`, { minify: true });
	return small.trim().replace(/^f=/, '').replace(/;$/, '');
}

/** The module `catalog:validators`: source texts by kind and by definition. Cached by the hash of what they are made from. */
export async function validatorsModule(root) {
	const { kinds, $defs } = schemaSet(root, 'kinds');
	const input = JSON.stringify({ kinds, $defs });
	const own = readFileSync(new URL(import.meta.url), 'utf8');
	const key = createHash('sha256').update(input).update(own).digest('hex').slice(0, 16);
	const cacheFolder = join(root, 'node_modules/.cache/kubedb-render');
	const cached = join(cacheFolder, `validators-${key}.js`);
	if (existsSync(cached)) return readFileSync(cached, 'utf8');
	const compileAll = async (schemas) =>
		Object.fromEntries(
			await Promise.all(Object.entries(schemas).map(async ([name, schema]) => [name, await sourceOf(schema)])),
		);
	const module = `export default ${JSON.stringify({ kinds: await compileAll(kinds), definitions: await compileAll($defs) })}`;
	mkdirSync(cacheFolder, { recursive: true });
	writeFileSync(cached, module);
	return module;
}
