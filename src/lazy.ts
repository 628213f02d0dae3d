/**
 * What a plain run does without, and loads only where it is needed: the start is most of the time that one database
 * takes. `require` is esbuild's, which puts the module into the bundle and evaluates it at the first call.
 */
export const lazy = {
	/** The full YAML parser; most documents are simple. */
	yaml: () => require('./input/full-yaml.js') as typeof import('./input/full-yaml.js'),
	/** Places are looked up where something is wrong. */
	place: () => require('./input/place.js') as typeof import('./input/place.js'),
	/** For memory that is too large for plain text. */
	zlib: () => require('node:zlib') as typeof import('node:zlib'),
	/** Asked for colours, and before stdin is read. */
	tty: () => require('node:tty') as typeof import('node:tty'),
	/** For Secrets that stand beside a database, and for every digest. */
	crypto: () => require('node:crypto') as typeof import('node:crypto'),
};
