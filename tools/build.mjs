/**
 * Builds dist/kubedb-render.cjs, one readable CommonJS file without dependencies, and the licences of what is in it.
 * `options` and `plugins` serve the tests too, which are bundled the same way.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { schemaSet } from './schema-set.mjs';
import { validatorsModule } from './validators.mjs';

export const root = resolve(new URL('..', import.meta.url).pathname);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Facts as JSON text, so that the bundle parses no YAML, and parses only the facts that a run asks for. */
const lazyJson = (value) => `JSON.parse(${JSON.stringify(JSON.stringify(value))})`;

/** YAML files as modules, and the virtual modules `catalog:*` (src/modules.d.ts). */
export const catalogPlugin = {
	name: 'catalog',
	setup(context) {
		context.onLoad({ filter: /\.yaml$/ }, ({ path }) => ({
			contents: `export default ${lazyJson(parse(readFileSync(path, 'utf8')))}`,
			loader: 'js',
		}));
		// commander loads it at start for subcommands that are programs of their own, of which there are none.
		context.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
			importer.includes('node_modules/commander/') ? { path: 'child_process', namespace: 'nothing' } : undefined,
		);
		context.onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: 'export {}', loader: 'js' }));
		context.onResolve({ filter: /^catalog:/ }, ({ path }) => ({ path, namespace: 'catalog' }));
		context.onLoad({ filter: /./, namespace: 'catalog' }, async ({ path }) => ({
			contents: await catalogModule(path.replace('catalog:', '')),
			loader: 'js',
			resolveDir: root,
		}));
	},
};

async function catalogModule(name) {
	if (name === 'validators') return validatorsModule(root);
	if (name === 'schemas') {
		const { kinds, $defs } = schemaSet(root, 'kinds');
		return `export default () => ${lazyJson({ kinds, $defs })}`;
	}
	if (name === 'ops-schemas') return `export default () => ${lazyJson(schemaSet(root, 'opsRequests'))}`;
	const folder = join(root, 'src/catalog/kinds');
	const kinds = readdirSync(folder)
		.sort()
		.map((file) => parse(readFileSync(join(folder, file), 'utf8')));
	return `export default {${kinds.map((facts) => `${facts.kind}: () => ${lazyJson(facts)}`).join(',\n')}}`;
}

export const options = {
	bundle: true,
	platform: 'node',
	format: 'cjs',
	target: 'node20',
	absWorkingDir: root,
	logLevel: 'warning',
	plugins: [catalogPlugin],
	// The package's ES modules, which unlike its CommonJS ones can be reduced to what is used.
	alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') },
	define: { KUBEDB_RENDER_VERSION: JSON.stringify(version) },
};

async function main() {
	const { metafile } = await build({
		...options,
		entryPoints: ['src/main.ts'],
		outfile: 'dist/kubedb-render.cjs',
		banner: { js: '#!/usr/bin/env node' },
		legalComments: 'none',
		metafile: true,
	});
	writeFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), licences(metafile));
	writeFileSync(join(root, 'dist/metafile.json'), JSON.stringify(metafile));
}

/** The licence text of every package that is in the bundle. */
function licences(metafile) {
	const packages = new Set(
		Object.keys(metafile.inputs).flatMap((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? []),
	);
	packages.add('ajv');
	return [...packages]
		.sort()
		.map((name) => {
			const folder = join(root, 'node_modules', name);
			const { version: installed, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
			const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
			const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
			return `${name} ${installed}\n${'='.repeat(name.length + installed.length + 1)}\n${text}\n`;
		})
		.join('\n\n');
}

if (process.argv[1] === new URL(import.meta.url).pathname) await main();
