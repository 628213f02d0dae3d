/**
 * YAML as Kubernetes reads it: a chunk of text becomes a value on demand. Whatever is not asked for stays text, so that
 * foreign documents pass through byte for byte and cost next to nothing.
 */
import type { Json } from '../json.js';
import { lazy } from '../lazy.js';
import type { Problem } from '../problems.js';
import { readSimple } from './simple-yaml.js';
import { type Chunk, textOf } from './stream.js';

/** A value together with what a reader should be warned of. */
export interface Parsed {
	readonly value: Json;
	readonly warnings: readonly Problem[];
}

/** Reads a chunk. Throws a Refusal with every problem of it. */
export function parseChunk(chunk: Chunk): Parsed {
	if (chunk.parsed) return chunk.parsed;
	const simple = readSimple(textOf(chunk));
	return simple === undefined ? lazy.yaml().parseFully(chunk) : { value: simple, warnings: [] };
}
