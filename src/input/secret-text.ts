/** Whether a text may hold a Secret in the clear: then no line of it, and no value, is shown in a problem. */
export function mayHoldSecret(text: string): boolean {
	return /\bkind["']?\s*:\s*["']?Secret\b/.test(text);
}
