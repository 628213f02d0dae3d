/**
 * How the `yaml` package is asked to parse: as text only. What scalars mean, which keys are equal and what aliases
 * stand for is decided in `yaml.ts`, as Kubernetes decides it.
 */
export const yamlOptions = {
	schema: 'failsafe',
	resolveKnownTags: false,
	uniqueKeys: false,
	prettyErrors: false,
	logLevel: 'silent',
	version: '1.2',
} as const;
