/** The little Markdown that generated pages are made of. */

/**
 * A table; cells are text that stands as it is, but for what would end a cell. Columns in which nothing stands are left
 * out. Empty for no rows.
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
	if (rows.length === 0) return [];
	const isUsed = (_: string, column: number) => rows.some((row) => row[column] !== '');
	const line = (cells: readonly string[]) => `| ${cells.filter(isUsed).map(cell).join(' | ')} |`;
	return [line(headings), line(headings.map(() => '---')), ...rows.map(line), ''];
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Code, or nothing for nothing. */
export function code(text: string | undefined): string {
	return text ? `\`${text}\`` : '';
}

/** Field paths, annotations and patterns within a sentence, as code. */
export function codePaths(text: string): string {
	return text
		.replace(/(?<=(?:does|did) not match )\/.*\/(?= and | or |\)|$)/g, '`$&`')
		.replace(
			/(?<![\w`/-])(?:spec|metadata)(?:\.[\w*]+|\[[^\]]*\])+|(?<![\w`])kubedb-render\/[\w-]+(?:\.[\w-]+)?/g,
			'`$&`',
		);
}

export function list(items: readonly string[]): string[] {
	return items.length === 0 ? [] : [...items.map((item) => `- ${item}`), ''];
}

/** A heading and what is below it; nothing where there is nothing below. */
export function section(heading: string, lines: readonly string[]): string[] {
	return lines.length === 0 ? [] : [heading, '', ...lines];
}
