/** YAML files of the catalog, compiled to JSON when the bundle is built (tools/build.mjs). */
declare module '*.yaml' {
	const value: unknown;
	export default value;
}

/** The rules of every kind, by kind; parsed when asked for (tools/build.mjs). */
declare module 'catalog:kinds' {
	const kinds: Record<string, () => unknown>;
	export default kinds;
}

/** What the files of the kinds say for people, by kind, in the places of the facts; unpacked when asked for. */
declare module 'catalog:prose' {
	const texts: () => Record<string, import('./json.js').JsonObject>;
	export default texts;
}

/** catalog/reserved.yaml, unpacked when asked for. */
declare module 'catalog:reserved' {
	const reserved: () => Record<string, import('./catalog/types.js').Reserved[]>;
	export default reserved;
}

/** catalog/schemas.json, parsed when asked for. */
declare module 'catalog:schemas' {
	const schemas: () => {
		kinds: Record<string, import('./catalog/schema.js').Schema>;
		$defs: Record<string, import('./catalog/schema.js').Schema>;
	};
	export default schemas;
}

/** The schemas of the OpsRequests' specs, by the kind of database: for tests of the catalog, never in the program. */
declare module 'catalog:ops-schemas' {
	interface Names {
		plural: string;
		shortNames: string[];
		/** apiVersion of the database CR. */
		database: string;
		opsRequest: string;
		opsRequestPlural: string;
	}
	const schemas: () => {
		source: string;
		names: Record<string, Names>;
		kinds: Record<string, import('./catalog/schema.js').Schema>;
		$defs: Record<string, import('./catalog/schema.js').Schema>;
	};
	export default schemas;
}

/** The rules of canonical.yaml and secretive.yaml by the last segment of their path (tools/spelling.mjs). */
declare module 'catalog:spelling' {
	type Rules = Record<string, Partial<Record<import('./catalog/spelling.js').Rule, string[]>>>;
	const rules: { all: Rules; kinds: Record<string, Rules>; freeMaps: string[] };
	export default rules;
}

/** Source texts of the validators that ajv made of schemas.json (tools/validators.mjs). */
declare module 'catalog:validators' {
	const validators: { kinds: Record<string, string>; definitions: Record<string, string> };
	export default validators;
}
