/**
 * `node tools/check-kind.mjs KIND...`: holds the facts of kinds against KubeDB's CRDs (src/catalog/schemas.json) and
 * prints what is wrong or left open, as test/catalog/agreement.test.ts does. Without a kind: all that have facts.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options, root } from './build.mjs';

const outfile = join(root, 'node_modules/.cache/kubedb-render/check-kind.cjs');
await build({
	...options,
	stdin: {
		contents:
			"export { kindNames, kindOf } from './src/catalog/catalog.js'; export { findingsOf } from './test/catalog/agreement.js'",
		resolveDir: root,
	},
	outfile,
});
const { kindNames, kindOf, findingsOf } = createRequire(outfile)(outfile);
const wanted = process.argv.length > 2 ? process.argv.slice(2) : kindNames();
for (const name of wanted) {
	const kind = kindOf(name);
	const findings = kind ? findingsOf(kind) : [`there are no facts about it; there are: ${kindNames().join(', ')}`];
	console.log(`${name}: ${findings.length === 0 ? 'clean' : `${findings.length} findings`}`);
	for (const finding of findings) console.log(`  ${finding}`);
	if (findings.length > 0) process.exitCode = 1;
}
