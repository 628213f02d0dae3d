/** Colours for a terminal. */
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Whether to colour is decided by who prints: util.styleText would look at process.stdout by itself, and at that only. */
export function coloured(style: Style, text: string): string {
	return styleText(style, text, { validateStream: false });
}
