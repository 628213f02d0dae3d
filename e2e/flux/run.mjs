/**
 * `node e2e/flux/run.mjs [PART OF A STORY'S NAME...]`: stories of CI that publishes trees, on the real kustomize-controller
 * and kube-apiserver. source-controller cannot be built from the module proxy: a small process stands in for it. Needs
 * Go 1.26, openssl and tar.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options, root } from '../../tools/build.mjs';
import { crdFolder } from '../../tools/schemas.mjs';
import { binaries } from '../binaries/build.mjs';
import { fluxParts } from './parts.mjs';

const say = (text) => console.log(`e2e: ${text}`);
const parts = {
	binaries: await binaries({ report: say, wanted: ['etcd', 'kube-apiserver', 'kubectl'] }),
	crds: crdFolder(),
	...fluxParts(say),
};
const outfile = join(root, 'node_modules/.cache/kubedb-render/e2e-flux.mjs');
await build({
	...options,
	format: 'esm',
	entryPoints: ['e2e/flux/main.mjs'],
	outfile,
	sourcemap: 'linked',
	banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
	define: { ...options.define, PROJECT_ROOT: JSON.stringify(root) },
});
const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...process.argv.slice(2)], {
	stdio: 'inherit',
	env: { ...process.env, KUBEDB_RENDER_E2E: JSON.stringify(parts) },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
	process.exitCode = code ?? 1;
});
