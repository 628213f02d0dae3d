/** A client of the API server for one account: objects in, objects out. */
import { Agent, request } from 'node:https';
import { canonicalJson, isObject, type JsonObject, parseJson } from '../../src/json.js';

export class ApiError extends Error {
	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
	}
}

export interface Endpoint {
	readonly host: string;
	readonly port: number;
	readonly ca: string;
}

export interface Client {
	/** Undefined for 404. */
	get(path: string): Promise<JsonObject | undefined>;
	list(path: string): Promise<JsonObject[]>;
	create(path: string, object: JsonObject): Promise<JsonObject>;
	replace(path: string, object: JsonObject): Promise<JsonObject>;
	/** JSON merge patch. */
	patch(path: string, patch: JsonObject): Promise<JsonObject>;
	/** Server-side apply of an object, or of YAML text. */
	apply(path: string, object: JsonObject | string): Promise<JsonObject>;
	/**
	 * What the API server would make of YAML text that is created, and of the same text applied: a dry run with
	 * `fieldValidation=Strict`, so that unknown and double fields are errors. `path` is the collection's.
	 */
	tryOut(path: string, name: string, text: string): Promise<void>;
	delete(path: string, options?: JsonObject): Promise<void>;
}

export function client({ host, port, ca }: Endpoint, token: string, manager: string): Client {
	const agent = new Agent({ keepAlive: true, ca, maxSockets: 16 });
	const call = (method: string, path: string, body?: JsonObject | string, type = 'application/json') =>
		new Promise<JsonObject>((resolve, reject) => {
			const text = body === undefined || typeof body === 'string' ? body : canonicalJson(body);
			const headers = {
				authorization: `Bearer ${token}`,
				...(text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
			};
			const sent = request({ host, port, agent, method, path, headers }, (answer) => {
				const parts: Buffer[] = [];
				answer.on('data', (part: Buffer) => parts.push(part));
				answer.on('end', () => {
					const content = Buffer.concat(parts).toString();
					const status = answer.statusCode ?? 0;
					let value: unknown;
					try {
						value = parseJson(content);
					} catch {
						value = { message: content };
					}
					if (!isObject(value)) value = { message: content };
					if (status < 300) resolve(value as JsonObject);
					else reject(new ApiError(status, String((value as JsonObject).message)));
				});
			});
			sent.on('error', reject);
			sent.end(text);
		});
	const strict = 'dryRun=All&fieldValidation=Strict';
	const managed = (path: string) => `${path}${path.includes('?') ? '&' : '?'}fieldManager=${manager}`;
	return {
		async get(path) {
			try {
				return await call('GET', path);
			} catch (error) {
				if (error instanceof ApiError && error.status === 404) return undefined;
				throw error;
			}
		},
		async list(path) {
			const { items, apiVersion, kind } = await call('GET', path);
			const type = { apiVersion: apiVersion as string, kind: String(kind).replace(/List$/, '') };
			return ((items ?? []) as JsonObject[]).map((item) => ({ ...type, ...item }));
		},
		create: (path, object) => call('POST', managed(path), object),
		replace: (path, object) => call('PUT', managed(path), object),
		patch: (path, patch) => call('PATCH', managed(path), patch, 'application/merge-patch+json'),
		apply: (path, object) =>
			call(
				'PATCH',
				managed(`${path}${path.includes('?') ? '&' : '?'}force=true`),
				object,
				'application/apply-patch+yaml',
			),
		async tryOut(path, name, text) {
			await call('POST', managed(`${path}?${strict}`), text, 'application/yaml');
			await call('PATCH', managed(`${path}/${name}?${strict}&force=true`), text, 'application/apply-patch+yaml');
		},
		async delete(path, options) {
			await call('DELETE', path, options);
		},
	};
}
