/**
 * The Kubernetes API, reading only: in a pod over TLS with the mounted token, elsewhere through the user's own kubectl,
 * which knows every way of logging in.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { isObject, type JsonObject, parseJson } from '../json.js';
import { refuse } from '../problems.js';

/** The answer to a GET: an object, or `undefined` for 404. Everything else is refused. */
export type Get = (path: string) => Promise<JsonObject | undefined>;

export interface ApiSettings {
	readonly kubeconfig?: string | undefined;
	readonly context?: string | undefined;
	/** Folder with `token` and `ca.crt`. */
	readonly serviceAccount: string;
	readonly environment: NodeJS.ProcessEnv;
	readonly timeoutSeconds: number;
}

export function connect(settings: ApiSettings): Get {
	const { kubeconfig, context, serviceAccount, environment } = settings;
	const inPod = environment.KUBERNETES_SERVICE_HOST && existsSync(join(serviceAccount, 'token'));
	return inPod && !kubeconfig && !context
		? viaToken(inPodAccess(settings), settings.timeoutSeconds)
		: viaKubectl(settings);
}

/** What it takes to talk to an API server with a bearer token. */
export interface Access {
	readonly host: string;
	readonly port: string;
	/** Of all paths, where the API server does not stand at the root of its host. */
	readonly prefix?: string;
	readonly ca: string;
	/** Tokens rotate: asked for anew for each request. */
	token(): string;
}

function inPodAccess({ serviceAccount, environment }: ApiSettings): Access {
	return {
		host: environment.KUBERNETES_SERVICE_HOST as string,
		port: environment.KUBERNETES_SERVICE_PORT ?? '443',
		ca: readMounted(serviceAccount, 'ca.crt'),
		token: () => readMounted(serviceAccount, 'token').trim(),
	};
}

export function viaToken({ host, port, prefix = '', ca, token }: Access, timeoutSeconds: number): Get {
	const agent = new Agent({ keepAlive: true, maxSockets: 8, ca });
	const ask = (path: string) =>
		new Promise<Answer>((resolve, reject) => {
			const fail = (why: string) => {
				try {
					unreadable(path, why);
				} catch (error) {
					reject(error);
				}
			};
			const bearer = token();
			if (!/^[\x21-\x7e]+$/.test(bearer)) return fail('the file of the token holds none');
			const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json' };
			const options = { host, port, path: prefix + path, agent, headers, timeout: timeoutSeconds * 1000 };
			const sent = request(options, (answer) => {
				const parts: Buffer[] = [];
				answer.on('data', (part: Buffer) => parts.push(part));
				answer.on('aborted', () => fail('the answer broke off'));
				answer.on('error', (error) => fail(error.message));
				answer.on('end', () => {
					if (!answer.complete) return fail('the answer broke off');
					const { statusCode = 0, headers } = answer;
					resolve({ status: statusCode, retryAfter: headers['retry-after'], body: Buffer.concat(parts).toString() });
				});
			});
			sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutSeconds} s`)));
			sent.on('error', (error) => fail(error.message));
			sent.end();
		});
	return async (path) => {
		for (let attempt = 1; ; attempt++) {
			const answer = await ask(path);
			const seconds = attempt < ATTEMPTS ? waitFor(answer) : undefined;
			if (seconds === undefined) return judged(path, answer);
			await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
		}
	};
}

interface Answer {
	readonly status: number;
	readonly retryAfter: string | undefined;
	readonly body: string;
}

const ATTEMPTS = 4;

/**
 * Seconds after which an API server that has too much to do wants to be asked again, or undefined where it does not say
 * so: kubernetes/client-go v0.35 rest/with_retry.go holds to the same.
 */
function waitFor({ status, retryAfter }: Answer): number | undefined {
	if (status !== 429 && status < 500) return undefined;
	return /^(?:\d|10)$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
}

function readMounted(folder: string, name: string): string {
	try {
		return readFileSync(join(folder, name), 'utf8');
	} catch (error) {
		const why = (error as NodeJS.ErrnoException).code ?? String(error);
		return refuse(
			'no-token',
			`${join(folder, name)} cannot be read: ${why}`,
			'Mount a ServiceAccount token into this container.',
		);
	}
}

function judged(path: string, { status, body }: Answer): JsonObject | undefined {
	if (status === 404) return undefined;
	if (status === 403) return forbidden(path, messageIn(body));
	if (status === 401) return unreadable(path, 'the API server does not accept the token (401)');
	if (status !== 200) return unreadable(path, `the API server answered ${status}: ${messageIn(body)}`);
	return objectIn(path, body);
}

function objectIn(path: string, body: string): JsonObject {
	try {
		const value = parseJson(body);
		if (isObject(value)) return value;
	} catch {
		// Half an answer is no answer.
	}
	return unreadable(path, 'the answer is no JSON object');
}

function messageIn(body: string): string {
	try {
		const value = parseJson(body);
		if (isObject(value) && typeof value.message === 'string') return value.message;
	} catch {
		// Not from Kubernetes; its first line will do.
	}
	return body.split('\n')[0]?.slice(0, 200) ?? '';
}

function viaKubectl({ kubeconfig, context, serviceAccount, environment, timeoutSeconds }: ApiSettings): Get {
	const flags = [
		...(kubeconfig ? [`--kubeconfig=${kubeconfig}`] : []),
		...(context ? [`--context=${context}`] : []),
		`--request-timeout=${timeoutSeconds}s`,
	];
	const options = { env: environment, maxBuffer: 256 * 1024 * 1024, timeout: (timeoutSeconds + 10) * 1000 };
	return (path) =>
		new Promise((resolve, reject) => {
			execFile('kubectl', [...flags, 'get', '--raw', path], options, (error, stdout, stderr) => {
				try {
					if (!error) return resolve(objectIn(path, stdout));
					if ((error as NodeJS.ErrnoException).code === 'ENOENT')
						return environment.KUBERNETES_SERVICE_HOST && !kubeconfig && !context
							? unreadable(
									path,
									`there is no token in ${serviceAccount}`,
									'Mount a ServiceAccount token into this container.',
								)
							: unreadable(path, 'there is no kubectl on PATH', 'Install kubectl, or give --state a file.');
					const why = stderr.trim().split('\n').at(-1) ?? error.message;
					if (why.startsWith('Error from server (NotFound): ')) return resolve(undefined);
					const denied = 'Error from server (Forbidden): ';
					if (why.startsWith(denied)) return forbidden(path, why.slice(denied.length));
					return unreadable(path, why || error.message);
				} catch (refusal) {
					return reject(refusal);
				}
			});
		});
}

/** `/api/v1/namespaces/x/configmaps?...` -> what a Role has to allow. */
function ruleFor(path: string): string {
	const [plain = ''] = path.split('?');
	const parts = plain.split('/').filter(Boolean);
	const group = parts[0] === 'api' ? '""' : parts[1];
	const rest = parts.slice(parts[0] === 'api' ? 2 : 3);
	const [namespace, resource, name] = rest[0] === 'namespaces' ? rest.slice(1) : ['', ...rest];
	const verb = name ? 'get' : 'list';
	return `{apiGroups: [${group}], resources: [${resource}], verbs: [${verb}]}${namespace ? ` in the namespace ${namespace}` : ''}`;
}

function forbidden(path: string, message: string): never {
	return refuse(
		'forbidden',
		`the cluster does not let what was rendered before be read: ${message}`,
		`A Role must allow: ${ruleFor(path)}.`,
	);
}

function unreadable(path: string, why: string, hint?: string): never {
	return refuse(
		'cluster-unreadable',
		`what was rendered before cannot be read from the cluster: ${why} (GET ${path.split('?')[0]})`,
		hint ?? 'Nothing was rendered: an outage must not look like a first installation. Try again.',
	);
}
