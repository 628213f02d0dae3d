/**
 * Builds the real components from their Go modules, each once: results lie outside git, in a folder named by the hash of
 * the module files that they were built from. Needs Go 1.26.
 *
 *   node e2e/binaries/build.mjs [PROGRAM...]          builds all, or those that are named, and prints where they are
 *   node e2e/binaries/build.mjs --path [PROGRAM...]   prints that without building
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const cache = process.env.KUBEDB_RENDER_E2E_CACHE ?? join(homedir(), '.cache/kubedb-render-e2e');

/** What is built from which module; `stamp` sets the variables that hold the version of a Kubernetes program. */
const modules = {
	etcd: { programs: { etcd: '.' } },
	kubernetes: {
		programs: { 'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver', kubectl: 'k8s.io/kubernetes/cmd/kubectl' },
		stamp: { package: 'k8s.io/component-base/version', require: 'k8s.io/kubernetes' },
	},
	argocd: { programs: { argocd: 'github.com/argoproj/argo-cd/v3/cmd' } },
};

/** Paths of all programs by name, or of those that are wanted, built where they are missing. `report` is told of each build. */
export async function binaries({ report = () => {}, wanted = [], build = true } = {}) {
	const paths = {};
	for (const [name, module] of Object.entries(modules)) {
		const folder = join(cache, hashOf(name));
		for (const [program, source] of Object.entries(module.programs)) {
			if (wanted.length > 0 && !wanted.includes(program)) continue;
			paths[program] = join(folder, program);
			if (!build || existsSync(paths[program])) continue;
			mkdirSync(folder, { recursive: true });
			report(`building ${program} (once; minutes)`);
			const began = Date.now();
			// Built beside its place, so that what was interrupted is not taken for built.
			const unfinished = `${paths[program]}.${process.pid}`;
			try {
				await go(join(here, name), ['build', '-trimpath', '-ldflags', flagsOf(name, module), '-o', unfinished, source]);
				renameSync(unfinished, paths[program]);
			} finally {
				rmSync(unfinished, { force: true });
			}
			report(`built ${program} in ${Math.round((Date.now() - began) / 1000)} s`);
		}
	}
	return paths;
}

/** The version of a module that the module files of a component require. */
export function versionOf(name, path) {
	const line = readFileSync(join(here, name, 'go.mod'), 'utf8')
		.split('\n')
		.find((each) => each.includes(`${path} v`) && !each.includes('=>'));
	return /(v\d+\.\d+\.\d+)/.exec(line)[1];
}

function hashOf(name) {
	const hash = createHash('sha256');
	for (const file of readdirSync(join(here, name)).sort())
		hash.update(`${file}\n`).update(readFileSync(join(here, name, file)));
	return hash.digest('hex').slice(0, 16);
}

/** Argo CD does not parse the version of an API server that was built without it. */
function flagsOf(name, { stamp }) {
	if (!stamp) return '-s -w';
	const version = versionOf(name, stamp.require);
	const [major, minor] = version.slice(1).split('.');
	const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
	return ['-s -w', ...Object.entries(values).map(([key, value]) => `-X ${stamp.package}.${key}=${value}`)].join(' ');
}

function go(folder, args) {
	return new Promise((resolve, reject) => {
		const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' };
		const child = spawn('go', args, { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] });
		child.on('error', (error) => reject(new Error(`go cannot be run: ${error.message}`)));
		child.on('exit', (code) =>
			code === 0 ? resolve() : reject(new Error(`go ${args.join(' ')} failed in ${folder}`)),
		);
	});
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
	const names = process.argv.slice(2);
	const wanted = names.filter((name) => name !== '--path');
	const report = (text) => console.error(text);
	const paths = await binaries({ report, wanted, build: !names.includes('--path') });
	for (const path of Object.values(paths)) console.log(path);
}
