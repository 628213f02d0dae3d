/** A file to write, or commands to run. */
export interface Step {
	readonly file?: string;
	readonly text: string;
}

/** The blocks of a page that name a file (`title="..."`), and those of commands below a mark. */
export function stepsOf(page: string, mark: string): Step[] {
	const block = /(?:^(<!-- [^\n]* -->)\n)?^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$/gms;
	return [...page.matchAll(block)].flatMap(([, above, language, file, text = '']): Step[] => {
		if (file !== undefined) return [{ file, text }];
		return language === 'sh' && above === mark ? [{ text }] : [];
	});
}
