/** Runs the bundle as a user does. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

declare const PROJECT_ROOT: string;

export const bundle = join(PROJECT_ROOT, 'dist/kubedb-render.cjs');

export interface Ran {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunOptions {
	readonly input?: string | Uint8Array;
	readonly env?: NodeJS.ProcessEnv;
	readonly cwd?: string;
	/** Instead of the bundle: a link to it, say. */
	readonly program?: string;
}

const { NODE_V8_COVERAGE } = process.env;
const coverage = NODE_V8_COVERAGE ? { NODE_V8_COVERAGE } : {};

/** The environment holds nothing of the caller's but PATH, so that no setting leaks in. */
export function run(args: readonly string[], { input = '', env = {}, cwd, program = bundle }: RunOptions = {}): Ran {
	const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
		input,
		encoding: 'utf8',
		env: { PATH: process.env.PATH ?? '', ...coverage, ...env },
		maxBuffer: 64 * 1024 * 1024,
		...(cwd === undefined ? {} : { cwd }),
	});
	return { status, stdout, stderr };
}
