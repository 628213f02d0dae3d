/** kustomize from its Go module, once, into a folder of its version outside git. Needs Go 1.26. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The oldest with `args` of an exec function is 5.7.0; 5.8.3 needs Go 1.27. */
export const version = 'v5.8.2';
const cache = process.env.KUBEDB_RENDER_E2E_CACHE ?? join(homedir(), '.cache/kubedb-render-e2e');

/** The folder that holds `kustomize`, for PATH. */
export function kustomizeFolder() {
	const folder = join(cache, `kustomize-${version}`);
	if (!existsSync(join(folder, 'kustomize')))
		execFileSync('go', ['install', `sigs.k8s.io/kustomize/kustomize/v5@${version}`], {
			env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '' },
			stdio: ['ignore', 'inherit', 'inherit'],
		});
	return folder;
}
