/**
 * `npm run e2e [-- PART OF A STORY'S NAME...]`: builds the real components where they are missing, and runs the stories
 * against them. Needs Go 1.26, git, openssl and redis-server.
 */
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options, root } from '../tools/build.mjs';
import { crdFolder } from '../tools/schemas.mjs';
import { binaries, versionOf } from './binaries/build.mjs';

for (const program of ['go', 'git', 'openssl', 'redis-server']) {
	try {
		execFileSync(program, [program === 'go' || program === 'openssl' ? 'version' : '--version'], { stdio: 'ignore' });
	} catch {
		console.error(`e2e: ${program} is missing on PATH`);
		process.exit(1);
	}
}
execFileSync(process.execPath, [join(root, 'tools/build.mjs')], { stdio: 'inherit' });
const built = await binaries({ report: (text) => console.log(`e2e: ${text}`) });
const module = 'github.com/argoproj/argo-cd/v3';
const download = execFileSync('go', ['mod', 'download', '-json', `${module}@${versionOf('argocd', module)}`], {
	encoding: 'utf8',
});

const outfile = join(root, 'node_modules/.cache/kubedb-render/e2e.mjs');
await build({
	...options,
	format: 'esm',
	entryPoints: ['e2e/main.ts'],
	outfile,
	sourcemap: 'linked',
	banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
	define: { ...options.define, PROJECT_ROOT: JSON.stringify(root) },
});
const parts = { binaries: built, argocdModule: JSON.parse(download).Dir, crds: crdFolder() };
const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...process.argv.slice(2)], {
	stdio: 'inherit',
	env: { ...process.env, KUBEDB_RENDER_E2E: JSON.stringify(parts) },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
	process.exitCode = code ?? 1;
});
