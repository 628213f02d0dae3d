/** What the end-to-end tests run on, made where it is missing. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../tools/build.mjs';
import { crdFolder } from '../tools/schemas.mjs';
import { binaries, versionOf } from './binaries/build.mjs';

/** The bundle, the binaries, the folder of Argo CD's module and that of KubeDB's CRDs: what `launch` hands over. */
export async function parts() {
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
	return { binaries: built, argocdModule: JSON.parse(download).Dir, crds: crdFolder() };
}
