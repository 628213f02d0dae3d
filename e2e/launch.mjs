/** Bundles a program of the end-to-end tests as kubedb-render is bundled, and runs it in place of this process. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options, root } from '../tools/build.mjs';

/** `entry` is a path below the project; `parts`, any JSON, is handed over in KUBEDB_RENDER_E2E; its exit code becomes ours. */
export async function launch(entry, parts, args = process.argv.slice(2)) {
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
	const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...args], {
		stdio: 'inherit',
		env: { ...process.env, KUBEDB_RENDER_E2E: JSON.stringify(parts) },
	});
	for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
	child.on('exit', (code) => {
		process.exitCode = code ?? 1;
	});
}
