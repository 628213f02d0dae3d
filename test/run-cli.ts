/** Runs the bundle in `fixtures/cli`, where no other folder is given. */
import { join } from 'node:path';
import { type RunOptions, run as runBundle } from './commands/run.js';

declare const PROJECT_ROOT: string;

export const cliFixtures = join(PROJECT_ROOT, 'fixtures/cli');

export const run = (args: readonly string[], options: RunOptions = {}) =>
	runBundle(args, { cwd: cliFixtures, ...options });
