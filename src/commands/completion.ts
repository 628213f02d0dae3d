/** `completion`: the script that makes a shell complete what is typed behind the program's name. */
import type { Command } from 'commander';
import { bash } from '../completion/bash.js';
import { fish } from '../completion/fish.js';
import { wordsOf } from '../completion/words.js';
import { zsh } from '../completion/zsh.js';
import { settings } from '../settings.js';
import type { Result } from './build.js';

const scripts = { bash, zsh, fish };
export type Shell = keyof typeof scripts;

export function completion(shell: Shell, program: Command): Result {
	const suggestions = Object.entries(settings).flatMap(([name, setting]) =>
		setting.suggestions ? [[`--${name}`, setting.suggestions] as const] : [],
	);
	return { stdout: scripts[shell](wordsOf(program, new Map(suggestions))), warnings: [], exitCode: 0 };
}
