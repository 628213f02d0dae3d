/** Runs the bundle as its users do. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

declare const PROJECT_ROOT: string;

export const bundle = join(PROJECT_ROOT, 'dist/kubedb-render.cjs');
export const cliFixtures = join(PROJECT_ROOT, 'fixtures/cli');

export interface Ran {
	readonly stdout: string;
	readonly stderr: string;
	readonly status: number | null;
}

export interface RunOptions {
	readonly cwd?: string;
	readonly input?: string | Uint8Array;
	/** Beside PATH and nothing else. */
	readonly environment?: NodeJS.ProcessEnv;
}

/** Runs it in `fixtures/cli` where no other folder is given. */
export function run(args: readonly string[], { cwd = cliFixtures, input = '', environment }: RunOptions = {}): Ran {
	const env = { PATH: process.env.PATH, ...environment };
	const { stdout, stderr, status } = spawnSync(process.execPath, [bundle, ...args], {
		cwd,
		input,
		env,
		encoding: 'utf8',
		maxBuffer: 64 * 1024 * 1024,
	});
	return { stdout, stderr, status };
}
