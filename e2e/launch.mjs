/** Runs a program on the real components: builds what is missing, and bundles the program as the product is bundled. */
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options, root } from '../tools/build.mjs';
import { crdFolder } from '../tools/schemas.mjs';
import { binaries, versionOf } from './binaries/build.mjs';

/** `entry`: the program, below the project; `args`: its arguments. Needs Go 1.26, git, openssl and redis-server. */
export async function launch(entry, args) {
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
	const outfile = join(root, `node_modules/.cache/kubedb-render/${entry.replace(/\W/g, '-')}.mjs`);
	await build({
		...options,
		format: 'esm',
		entryPoints: [entry],
		outfile,
		sourcemap: 'linked',
		banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
		define: { ...options.define, PROJECT_ROOT: JSON.stringify(root) },
	});
	const parts = { binaries: built, argocdModule: JSON.parse(download).Dir, crds: crdFolder() };
	const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...args], {
		stdio: 'inherit',
		env: { ...process.env, KUBEDB_RENDER_E2E: JSON.stringify(parts) },
	});
	for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
	child.on('exit', (code) => {
		process.exitCode = code ?? 1;
	});
}
