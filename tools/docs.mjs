/**
 * `node tools/docs.mjs`: writes the pages of the documentation that are made from the catalog (docs/coverage.md and
 * docs/kinds), and deletes those of kinds that are gone. `--check` only says which are not what they should be.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { options, root } from './build.mjs';

const outfile = join(root, 'node_modules/.cache/kubedb-render/docs.cjs');
await build({
	...options,
	stdin: { contents: "export { docPages } from './src/output/doc-pages.js'", resolveDir: root },
	outfile,
});
const pages = createRequire(outfile)(outfile).docPages();

const isCheck = process.argv.includes('--check');
mkdirSync(join(root, 'docs/kinds'), { recursive: true });
const there = readdirSync(join(root, 'docs/kinds')).map((name) => `docs/kinds/${name}`);
const gone = there.filter((file) => !pages.has(file));
const stale = [...pages].filter(([file, text]) => textOf(file) !== text).map(([file]) => file);
if (isCheck) {
	for (const file of [...stale, ...gone]) console.error(`${file} is out of date: run node tools/docs.mjs`);
	if (stale.length + gone.length > 0) process.exitCode = 1;
} else {
	for (const file of gone) rmSync(join(root, file));
	for (const file of stale) {
		mkdirSync(dirname(join(root, file)), { recursive: true });
		writeFileSync(join(root, file), pages.get(file));
	}
	console.log(`${pages.size} pages, ${stale.length} written, ${gone.length} deleted`);
}

function textOf(file) {
	try {
		return readFileSync(join(root, file), 'utf8');
	} catch {
		return undefined;
	}
}
