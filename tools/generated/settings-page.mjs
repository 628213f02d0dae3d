/** docs/settings.md: the table of all settings. */

export function settingsPage({ settings, environmentName }) {
	const rows = Object.entries(settings).map(([name, setting]) => {
		const { flag, help, values, scope, default: standard, argocd } = setting;
		const inside = argocd ?? standard;
		return [
			code(flag),
			help + (values ? ` (${values.map(code).join(', ')})` : ''),
			standard ? code(standard) : '',
			inside ? code(inside) : '',
			code(environmentName(name)),
			scope === 'application' ? code(name) : '',
		];
	});
	const head = ['flag', 'what it is', 'default', 'default inside Argo CD', 'environment variable', 'plugin parameter'];
	const open = Object.entries(settings).filter(([, { scope }]) => scope === 'application');
	const [example] = open[0];
	return `<!-- Made by \`npm run generate\` from src/settings.ts. -->

# Settings

${table([head, ...rows])}

The first of these that is given, and not empty, counts:

1. the flag
2. the plugin parameter of the Argo CD Application
3. the environment of the Application's plugin, which Argo CD passes on with \`ARGOCD_ENV_\` in front
4. the environment variable, as the sidecar or the CI job has it
5. the default

Plugin parameters and the Application's environment are written by whoever may write Applications, so they set only what
has a plugin parameter in the table. Which cluster is read, with which token, and which programs run is up to those who
run kubedb-render. A parameter that is not known is an error.

\`\`\`yaml
spec:
  source:
    plugin:
      name: kubedb-render
      parameters:
        - { name: ${example}, string: ${settings[example].values?.[1] ?? settings[example].default} }
\`\`\`

Inside Argo CD means: \`ARGOCD_APP_NAME\` is set. There \`build\` prints the form \`argocd\` (YAML whose own documents are
one-line JSON), resources without a namespace get the Application's destination namespace, and warnings are not printed,
because nobody would see them.

\`KUBEDB_RENDER_DEBUG=1\` adds the stack to the message of an internal error. \`NO_COLOR\`, \`FORCE_COLOR\` and
\`TERM=dumb\` are honoured where \`--color\` is \`auto\`.
`;
}

/** Columns as wide as their widest cell, as the formatter of the project wants them. */
function table([head, ...rows]) {
	const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column].length)));
	const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
	return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function code(text) {
	return `\`${text.replaceAll('|', '\\|')}\``;
}
