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
const { _, Name, not, strConcat } = codegen;
const N = names.default ?? names;

/** `{"$ref": "#/$defs/x"}` becomes a call of `refs.x`, which the loader makes when it is called first. */
const reference = {
	keyword: 'definition',
	schemaType: 'string',
	code(cxt) {
		const { gen, schema, data, it } = cxt;
		const call = _`refs.${new Name(schema)}`;
		const path = strConcat(N.instancePath, it.errorPath);
		const valid = gen.const('valid', _`${call}(${data}, {instancePath: ${path}})`);
		gen.if(not(valid), () => {
			gen.assign(N.vErrors, _`${N.vErrors} === null ? ${call}.errors : ${N.vErrors}.concat(${call}.errors)`);
			gen.assign(N.errors, _`${N.vErrors}.length`);
		});
		cxt.ok(true);
	},
};

function withReferences(node) {
	if (typeof node !== 'object' || node === null) return node;
	if (Array.isArray(node)) return node.map(withReferences);
	if (typeof node.$ref === 'string') return { definition: node.$ref.replace('#/$defs/', '') };
	return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, withReferences(child)]));
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
	const code = standaloneCode(ajv, ajv.compile(withReferences(schema)))
		// Where the rule stands in the schema helps nobody who reads the error.
		.replace(/schemaPath:"(?:[^"\\]|\\.)*",/g, '')
		.replace('require("ajv/dist/runtime/ucs2length").default', 'ucs2length')
		.replace('require("ajv/dist/runtime/equal").default', 'equal');
	if (code.includes('require(')) throw new Error(`the validator needs a module: ${code.match(/require\([^)]*\)/)}`);
	const body = `return (function () { const module = { exports: {} }; ${code}; return module.exports })()`;
	const { code: small } = await transform(`f = function (refs) { ${body} }`, { minify: true });
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
