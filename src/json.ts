/** JSON values as Kubernetes has them: integers are exact over the whole of int64, beyond 2^53 as a bigint. */

export type Json = null | boolean | number | bigint | string | Json[] | JsonObject;
export interface JsonObject {
	[key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a value in canonical JSON: compact, keys sorted by code unit, integers exact. */
export function canonicalJson(value: Json): string {
	if (typeof value === 'bigint') return value.toString();
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	let text = '';
	if (Array.isArray(value)) {
		for (const item of value) text += `${text === '' ? '' : ','}${canonicalJson(item)}`;
		return `[${text}]`;
	}
	for (const key of Object.keys(value).sort()) {
		const member = value[key];
		if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
	}
	return `{${text}}`;
}

/** The text of a value in JSON with the keys in their own order. */
export function toJson(value: Json): string {
	if (typeof value === 'bigint') return value.toString();
	if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
	if (!isObject(value)) return JSON.stringify(value);
	return `{${Object.entries(value)
		.filter(([, member]) => member !== undefined)
		.map(([key, member]) => `${JSON.stringify(key)}:${toJson(member)}`)
		.join(',')}}`;
}

/** The text of a value in JSON for people: two spaces for each level, as `JSON.stringify` indents. */
export function prettyJson(value: Json, indent = ''): string {
	if (typeof value !== 'object' || value === null) return toJson(value);
	const isList = Array.isArray(value);
	const inner = `${indent}  `;
	const members = isList
		? value.map((item) => prettyJson(item, inner))
		: Object.entries(value)
				.filter(([, member]) => member !== undefined)
				.map(([key, member]) => `${JSON.stringify(key)}: ${prettyJson(member, inner)}`);
	if (members.length === 0) return isList ? '[]' : '{}';
	const text = members.map((member) => `\n${inner}${member}`).join();
	return isList ? `[${text}\n${indent}]` : `{${text}\n${indent}}`;
}

const bigInteger = /(?<![\d.eE+"-])-?\d{16,}(?![\d.eE])/;
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

/** Reads JSON with integers beyond 2^53 kept exact. Throws SyntaxError as JSON.parse does. */
export function parseJson(text: string): Json {
	// Nearly no document has such an integer: the slow way is taken only where one may stand.
	if (!bigInteger.test(text)) return JSON.parse(text) as Json;
	// JSON.parse would round it, so it travels as a string that begins with NUL; a string that does so by itself gets one more.
	const marked = text.replace(stringOrNumber, (token, offset: number) => {
		const isKey = token.startsWith('"') && /^\s*:/.test(text.slice(offset + token.length, offset + token.length + 20));
		if (isKey) return token;
		if (token.startsWith('"')) return token.startsWith('"\\u0000') ? `"\\u0000${token.slice(1)}` : token;
		return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"\\u0000${token}"` : token;
	});
	return JSON.parse(marked, (_, value: unknown) => {
		if (typeof value !== 'string' || !value.startsWith('\0')) return value;
		return value.startsWith('\0\0') ? value.slice(1) : integer(value.slice(1));
	}) as Json;
}

/** An integer from its decimal digits: a number where that is exact, a bigint within int64, else the nearest number. */
export function integer(digits: string): number | bigint {
	const number = Number(digits);
	if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
	const exact = BigInt(digits);
	return exact >= -(2n ** 63n) && exact < 2n ** 63n ? exact : number;
}
