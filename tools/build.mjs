/**
 * Builds dist/kubedb-render.cjs, one readable CommonJS file without dependencies, and the licences of what is in it.
 * `options` and `plugins` serve the tests too, which are bundled the same way.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, transform } from 'esbuild';
import { parse } from 'yaml';
import { schemaSet } from './schema-set.mjs';
import { spellingRules } from './spelling.mjs';
import { validatorsModule } from './validators.mjs';

export const root = resolve(new URL('..', import.meta.url).pathname);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** `github.com/kubedb/apimachinery@v0.66.0` */
const [, apiVersion] = JSON.parse(readFileSync(join(root, 'src/catalog/schemas.json'), 'utf8')).source.split('@');

/** Facts as JSON text, so that the bundle parses no YAML, and parses only the facts that a run asks for. */
const lazyJson = (value) => `JSON.parse(${JSON.stringify(JSON.stringify(value))})`;

/** YAML files as modules, and the virtual modules `catalog:*` (src/modules.d.ts). */
export const catalogPlugin = {
	name: 'catalog',
	setup(context) {
		context.onLoad({ filter: /\.yaml$/ }, ({ path }) => ({
			contents: `export default ${lazyJson(withoutRemarks(parse(readFileSync(path, 'utf8'))))}`,
			loader: 'js',
		}));
		// commander loads it at start for subcommands that are programs of their own, of which there are none.
		context.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
			importer.includes('node_modules/commander/') ? { path: 'child_process', namespace: 'nothing' } : undefined,
		);
		context.onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: 'export {}', loader: 'js' }));
		// Of what others wrote, readers of the bundle have the sources elsewhere.
		context.onLoad({ filter: /[\\/]node_modules[\\/].*\.js$/ }, async ({ path }) => {
			const { code } = await transform(readFileSync(path, 'utf8'), { minify: true, sourcefile: path });
			return { contents: code, loader: 'js' };
		});
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
		return packed({ kinds, $defs });
	}
	if (name === 'spelling') return `export default ${lazyJson(spellingRules(root))}`;
	if (name === 'ops-schemas') return `export default () => ${lazyJson(schemaSet(root, 'opsRequests'))}`;
	if (name === 'reserved') return packed(parse(readFileSync(join(root, 'src/catalog/reserved.yaml'), 'utf8')));
	const folder = join(root, 'src/catalog/kinds');
	const kinds = readdirSync(folder)
		.sort()
		.map((file) => parse(readFileSync(join(folder, file), 'utf8')));
	if (name === 'prose') return packed(Object.fromEntries(kinds.map((facts) => [facts.kind, proseOf(facts) ?? {}])));
	return `export default {${kinds.map((facts) => `${facts.kind}: () => ${lazyJson(rulesOf(facts))}`).join(',\n')}}`;
}

/** Facts without what their file says for those who maintain it. */
function withoutRemarks(value) {
	const remarks = ['notes', 'scheduling', 'precedence', 'sources', 'appliesTo', 'statusPath'];
	return JSON.parse(JSON.stringify(value, (key, member) => (remarks.includes(key) ? undefined : member)));
}

/** What only people read, and only where they ask for it. */
const prose = ['note', 'doubt', 'notes', 'doubts', 'clusterChecks', 'notForGitOps'];

function rulesOf(value) {
	if (Array.isArray(value)) return value.map(rulesOf);
	if (typeof value !== 'object' || value === null) return value;
	const rules = Object.entries(value).filter(([key]) => !prose.includes(key));
	return Object.fromEntries(rules.map(([key, member]) => [key, rulesOf(member)]));
}

/** The rest, in the same places; undefined where there is nothing. */
function proseOf(value) {
	if (typeof value !== 'object' || value === null) return undefined;
	const entries = Object.entries(value)
		.map(([key, member]) => [key, prose.includes(key) && !Array.isArray(value) ? member : proseOf(member)])
		.filter(([, member]) => member !== undefined);
	return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Data that few runs ask for, in an eighth of its size; Brotli's defaults are its best quality and its largest window. */
function packed(value) {
	const text = brotliCompressSync(JSON.stringify(value)).toString('base64');
	return `import { lazy } from ${JSON.stringify(join(root, 'src/lazy.ts'))};
		export default () => JSON.parse(lazy.zlib().brotliDecompressSync(Buffer.from('${text}', 'base64')).toString());`;
}

export const options = {
	bundle: true,
	minifySyntax: true,
	platform: 'node',
	format: 'cjs',
	target: 'node20',
	absWorkingDir: root,
	logLevel: 'warning',
	plugins: [catalogPlugin],
	// The package's ES modules, which unlike its CommonJS ones can be reduced to what is used.
	alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') },
	define: { KUBEDB_RENDER_VERSION: JSON.stringify(version), KUBEDB_API_VERSION: JSON.stringify(apiVersion) },
};

async function main() {
	const { metafile } = await build({
		...options,
		entryPoints: ['src/main.ts'],
		outfile: 'dist/kubedb-render.cjs',
		banner: { js: '#!/usr/bin/env node' },
		legalComments: 'none',
		// Coverage counts what tests run of the bundle, too.
		sourcemap: process.env.NODE_V8_COVERAGE ? 'linked' : false,
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
