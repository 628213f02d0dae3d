/** SHA-256 over values: the text that is hashed is the canonical JSON of the list of them. */
import { canonicalJson, type Json } from '../json.js';
import { lazy } from '../lazy.js';

/** Hexadecimal, 64 characters. */
export function digestOf(...values: Json[]): string {
	return lazy.crypto().createHash('sha256').update(canonicalJson(values)).digest('hex');
}
