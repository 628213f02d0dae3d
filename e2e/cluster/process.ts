/** Plain processes: started with a log each, stopped all together, none left running. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Running {
	readonly name: string;
	readonly log: string;
	/** Ends it, and starts it again with the same arguments. */
	restart(): Promise<void>;
	/** Ends it: SIGTERM, and SIGKILL where that is not enough (the cmp-server ignores the first). */
	stop(signal?: NodeJS.Signals): Promise<void>;
	start(): void;
	isRunning(): boolean;
}

const all: Running[] = [];
const children = new Set<ChildProcess>();
process.on('exit', () => {
	for (const child of children) child.kill('SIGKILL');
});

export function start(
	name: string,
	logs: string,
	command: readonly string[],
	environment: Record<string, string> = {},
): Running {
	const log = join(logs, `${name}.log`);
	let child: ChildProcess | undefined;
	let stopping = false;
	const running: Running = {
		name,
		log,
		start() {
			const descriptor = openSync(log, 'a');
			stopping = false;
			child = spawn(command[0] as string, command.slice(1), {
				env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment } as NodeJS.ProcessEnv,
				stdio: ['ignore', descriptor, descriptor],
			});
			closeSync(descriptor);
			const own = child;
			children.add(own);
			own.on('error', (error) => console.error(`${name} cannot be started: ${error.message}`));
			own.on('exit', (code, signal) => {
				children.delete(own);
				if (stopping || own !== child) return;
				console.error(`${name} ended by itself (${signal ?? code}): ${tail(log)}`);
			});
		},
		async stop(signal = 'SIGTERM') {
			stopping = true;
			const own = child;
			child = undefined;
			if (!own || own.exitCode !== null || own.signalCode !== null) return;
			const ended = once(own, 'exit');
			own.kill(signal);
			const timer = setTimeout(() => own.kill('SIGKILL'), 3000);
			await ended;
			clearTimeout(timer);
		},
		async restart() {
			await running.stop();
			running.start();
		},
		isRunning: () => child !== undefined,
	};
	running.start();
	all.push(running);
	return running;
}

/** Ends everything, the latest first. */
export async function stopAll(): Promise<void> {
	for (const running of all.splice(0).reverse()) await running.stop();
}

export function tail(log: string, lines = 8): string {
	return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as { port: number };
	server.close();
	await once(server, 'close');
	return port;
}

/** The output of a short program; throws with its stderr. The webhooks run in this process: nothing may block it. */
export async function run(
	command: readonly string[],
	options: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<string> {
	const { input, ...others } = options;
	const child = promisify(execFile)(command[0] as string, command.slice(1), { maxBuffer: 1 << 28, ...others });
	child.child.stdin?.end(input);
	return (await child).stdout;
}

/** Does something for every item, so many at a time. */
export async function inTurns<T>(
	items: readonly T[],
	atOnce: number,
	action: (item: T) => Promise<void>,
): Promise<void> {
	const queue = [...items];
	const worker = async () => {
		for (let next = queue.shift(); next !== undefined; next = queue.shift()) await action(next);
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits until a probe gives something else than undefined or false. */
export async function until<T>(
	what: string,
	seconds: number,
	probe: () => T | Promise<T>,
	every = 250,
): Promise<NonNullable<T>> {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const found = await probe();
		if (found !== undefined && found !== null && found !== false) return found as NonNullable<T>;
		if (Date.now() > end) throw new Error(`after ${seconds} s still not: ${what}`);
		await sleep(every);
	}
}
