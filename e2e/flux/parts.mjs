/** kustomize-controller, built once from its Go module into a folder outside git, and the CRDs of Flux. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const here = new URL('.', import.meta.url).pathname;
const root = process.cwd();
const cache = process.env.KUBEDB_RENDER_E2E_CACHE ?? join(homedir(), '.cache/kubedb-render-e2e');
const version = 'v1.9.5';

export function fluxParts(say) {
	const source = join(
		existsSync(join(here, 'kustomize-controller')) ? here : join(root, 'e2e/flux'),
		'kustomize-controller',
	);
	const hash = createHash('sha256');
	for (const file of readdirSync(source).sort()) hash.update(readFileSync(join(source, file)));
	const folder = join(cache, `flux-${hash.digest('hex').slice(0, 16)}`);
	const program = join(folder, 'kustomize-controller');
	if (!existsSync(program)) {
		say('building kustomize-controller (once; minutes)');
		mkdirSync(folder, { recursive: true });
		const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' };
		const args = [
			'build',
			'-trimpath',
			'-ldflags',
			'-s -w',
			'-o',
			`${program}.unfinished`,
			'github.com/fluxcd/kustomize-controller',
		];
		execFileSync('go', args, { cwd: source, env, stdio: ['ignore', 'inherit', 'inherit'] });
		renameSync(`${program}.unfinished`, program);
	}
	return { kustomizeController: program, fluxCrds: ['kustomize-controller', 'source-controller'].map(crdsOf) };
}

/** The module's zip is the repository, CRDs and all, even of what cannot be built. */
function crdsOf(name) {
	const text = execFileSync('go', ['mod', 'download', '-json', `github.com/fluxcd/${name}@${version}`], {
		encoding: 'utf8',
	});
	return join(JSON.parse(text).Dir, 'config/crd/bases');
}
