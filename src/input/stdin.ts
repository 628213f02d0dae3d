/** All bytes of a descriptor such as stdin, whatever kind of file it is. */
import { readSync } from 'node:fs';
import { refuse } from '../problems.js';

export function readAll(descriptor: number): Uint8Array {
	const buffer = Buffer.allocUnsafe(256 * 1024);
	const parts: Buffer[] = [];
	for (;;) {
		let size: number;
		try {
			size = readSync(descriptor, buffer);
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			// Some parents share a pipe that does not block: there is nothing yet.
			if (code === 'EAGAIN') {
				pause();
				continue;
			}
			return refuse('unreadable', `it cannot be read: ${code}`, 'Pipe something in, or name a file.', '<stdin>');
		}
		if (size === 0) return Buffer.concat(parts);
		parts.push(Buffer.from(buffer.subarray(0, size)));
	}
}

/** Waits for ten milliseconds without burning them. */
export function pause(): void {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
}
