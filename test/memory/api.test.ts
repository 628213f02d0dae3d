import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiSettings, connect } from '../../src/memory/api.js';
import { refusal, refusalOf } from '../refusal.js';

declare const PROJECT_ROOT: string;
const tls = (name: string) => readFileSync(join(PROJECT_ROOT, 'test/memory/tls', name), 'utf8');
const path = '/api/v1/namespaces/demo/configmaps?labelSelector=kubedb-render%2Frole';

let folder: string;
let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let requests: IncomingMessage[];

const pod = suite('in a pod');
const laptop = suite('through kubectl');

for (const each of [pod, laptop])
	each.before(() => {
		folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
	});
for (const each of [pod, laptop]) each.after(() => rmSync(folder, { recursive: true }));

pod.before(async () => {
	server = createServer({ key: tls('server.key'), cert: tls('server.crt') }, (request, response) => {
		requests.push(request);
		answer(request, response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
pod.after(() => {
	server.closeAllConnections();
	server.close();
});
pod.before.each(() => {
	requests = [];
	answer = (_, response) => json(response, 200, { kind: 'ConfigMapList', items: [] });
	mount({ token: 'secret-1\n', 'ca.crt': tls('ca.crt') });
});

pod('an object is read over TLS, with the mounted token', async () => {
	answer = (_, response) => json(response, 200, { kind: 'ConfigMapList', items: [], big: 1 });
	assert.equal(await inPod()(path), { kind: 'ConfigMapList', items: [], big: 1 });
	const [request] = requests;
	assert.is(request?.method, 'GET');
	assert.is(request?.url, path);
	assert.is(request?.headers.authorization, 'Bearer secret-1');
	assert.is(request?.headers.accept, 'application/json');
});

pod('integers beyond 2^53 are exact', async () => {
	answer = (_, response) => response.end('{"spec":{"n":9007199254740993}}');
	assert.equal(await inPod()(path), { spec: { n: 9007199254740993n } });
});

pod('the token is read anew for each request, since it rotates', async () => {
	const get = inPod();
	await get(path);
	mount({ token: 'secret-2' });
	await get(path);
	assert.equal(
		requests.map(({ headers }) => headers.authorization),
		['Bearer secret-1', 'Bearer secret-2'],
	);
});

pod('an API server whose certificate the mounted CA did not sign is not asked', async () => {
	mount({ 'ca.crt': tls('other-ca.crt') });
	const problem = await refusalOf(() => inPod()(path));
	assert.is(problem.code, 'cluster-unreadable');
	assert.match(problem.message, /certificate/);
	assert.is(requests.length, 0);
});

pod('an API server of another name than its certificate says is not asked', async () => {
	server.setSecureContext({ key: tls('server.key'), cert: tls('elsewhere.crt') });
	const problem = await refusalOf(() => inPod()(path));
	server.setSecureContext({ key: tls('server.key'), cert: tls('server.crt') });
	assert.match(problem.message, "127.0.0.1 is not in the cert's list");
	assert.is(requests.length, 0);
});

pod('404 says that there is no such object', async () => {
	answer = (_, response) => json(response, 404, { kind: 'Status', reason: 'NotFound' });
	assert.is(await inPod()(path), undefined);
	answer = (_, response) => response.writeHead(404).end('404 page not found\n');
	assert.is(await inPod()(path), undefined);
});

pod('403 names the rule that is missing', async () => {
	const rules: Record<string, string> = {
		[path]: '{apiGroups: [""], resources: [configmaps], verbs: [list]} in the namespace demo',
		'/apis/ops.kubedb.com/v1alpha1/namespaces/demo/postgresopsrequests?limit=500':
			'{apiGroups: [ops.kubedb.com], resources: [postgresopsrequests], verbs: [list]} in the namespace demo',
		'/apis/kubedb.com/v1/namespaces/shop/postgreses':
			'{apiGroups: [kubedb.com], resources: [postgreses], verbs: [list]} in the namespace shop',
		'/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop':
			'{apiGroups: [argoproj.io], resources: [applications], verbs: [get]} in the namespace argocd',
		'/api/v1/nodes': '{apiGroups: [""], resources: [nodes], verbs: [list]}',
	};
	answer = (_, response) => json(response, 403, { kind: 'Status', message: 'User "x" cannot list it' });
	for (const [each, rule] of Object.entries(rules)) {
		const problem = await refusalOf(() => inPod()(each));
		assert.is(problem.code, 'forbidden');
		assert.match(problem.message, 'does not let what was rendered before be read: User "x" cannot list it');
		assert.is(problem.hint, `A Role must allow: ${rule}.`);
	}
});

pod('an expired token is an error that says so, without the token', async () => {
	answer = (_, response) => json(response, 401, { kind: 'Status', message: 'Unauthorized' });
	const problem = await refusalOf(() => inPod()(path));
	assert.match(problem.message, 'the API server does not accept the token (401)');
	assert.not.match(JSON.stringify(problem), 'secret-1');
});

pod('every other answer is an error with its status and reason, and never nothing', async () => {
	const cases: [number, string, RegExp][] = [
		[429, '{"message":"too many requests"}', /answered 429: too many requests/],
		[500, '{"message":"etcdserver: leader changed"}', /answered 500: etcdserver: leader changed/],
		[503, 'the server is starting\nmore', /answered 503: the server is starting \(GET/],
		[502, `<html>${'x'.repeat(500)}`, /answered 502: <html>x{194} \(GET/],
		[204, '', /answered 204: {2}\(GET/],
		[301, '', /answered 301/],
		[400, '{"code":400}', /answered 400: {"code":400}/],
	];
	for (const [status, body, why] of cases) {
		answer = (_, response) => response.writeHead(status).end(body);
		const problem = await refusalOf(() => inPod()(path));
		assert.is(problem.code, 'cluster-unreadable');
		assert.match(problem.message, why);
		assert.match(problem.message, '(GET /api/v1/namespaces/demo/configmaps)');
		assert.match(problem.hint ?? '', 'an outage must not look like a first installation');
	}
});

pod('a redirect is not followed: the token is for this server alone', async () => {
	answer = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end();
	assert.match((await refusalOf(() => inPod()(path))).message, 'answered 302');
	assert.is(requests.length, 1);
});

pod('an API server that has too much to do is asked again when it says so, a few times', async () => {
	const overloaded = (times: number, retryAfter: string) => (_: IncomingMessage, response: ServerResponse) => {
		if (requests.length > times) return json(response, 200, { items: [] });
		response.writeHead(429, { 'retry-after': retryAfter }).end('{"message":"too many requests"}');
	};
	answer = overloaded(3, '0');
	assert.equal(await inPod()(path), { items: [] });
	assert.is(requests.length, 4);

	requests = [];
	answer = overloaded(99, '0');
	assert.match((await refusalOf(() => inPod()(path))).message, 'answered 429: too many requests');
	assert.is(requests.length, 4);

	for (const retryAfter of ['60', 'Wed, 21 Oct 2037 07:28:00 GMT', '-1']) {
		requests = [];
		answer = overloaded(99, retryAfter);
		await refusalOf(() => inPod()(path));
		assert.is(requests.length, 1, retryAfter);
	}

	requests = [];
	answer = (_, response) => response.writeHead(403, { 'retry-after': '0' }).end();
	assert.is((await refusalOf(() => inPod()(path))).code, 'forbidden');
	assert.is(requests.length, 1);
});

pod('half an answer is none', async () => {
	const whole = '{"items":[]}';
	answer = (_, response) => {
		response.writeHead(200, { 'content-length': whole.length + 1 });
		response.write(whole, () => response.destroy());
	};
	assert.match((await refusalOf(() => inPod()(path))).message, 'the answer broke off');
	answer = (_, response) => {
		response.write('{"items":[', () => response.destroy());
	};
	assert.match((await refusalOf(() => inPod()(path))).message, 'the answer broke off');
	answer = (request) => {
		request.socket.destroy();
	};
	assert.match((await refusalOf(() => inPod()(path))).message, 'cannot be read from the cluster: ');
});

pod('an answer that is no JSON object is refused', async () => {
	for (const body of ['', 'ok', '[]', 'null', '"x"', '{"items":[]', '{"items":[]} {}']) {
		answer = (_, response) => response.end(body);
		assert.match((await refusalOf(() => inPod()(path))).message, 'the answer is no JSON object', body);
	}
});

pod('no answer within the time that is given is an error', async () => {
	answer = () => undefined;
	const problem = await refusalOf(() => inPod({ timeoutSeconds: 0.1 })(path));
	assert.match(problem.message, 'no answer within 0.1 s');
});

pod('an API server that is not there is an error', async () => {
	const environment = { ...podEnvironment(), KUBERNETES_SERVICE_PORT: '1' };
	const problem = await refusalOf(() => inPod({ environment })(path));
	assert.is(problem.code, 'cluster-unreadable');
	assert.match(problem.message, 'ECONNREFUSED');
});

pod('a CA or token that cannot be read is an error with its path', async () => {
	rmSync(join(folder, 'ca.crt'));
	const noCa = refusal(() => inPod());
	assert.is(noCa.code, 'no-token');
	assert.is(noCa.message, `${join(folder, 'ca.crt')} cannot be read: ENOENT`);

	mount({ 'ca.crt': tls('ca.crt') });
	const get = inPod();
	rmSync(join(folder, 'token'));
	mkdirSync(join(folder, 'token'));
	const noToken = await refusalOf(() => get(path));
	rmSync(join(folder, 'token'), { recursive: true });
	assert.is(noToken.message, `${join(folder, 'token')} cannot be read: EISDIR`);
	assert.is(noToken.hint, 'Mount a ServiceAccount token into this container.');
});

pod('a token that is none is an error that does not show it', async () => {
	for (const token of ['', '\n', 'two\nlines', 'ümlaut']) {
		mount({ token });
		const problem = await refusalOf(() => inPod()(path));
		assert.match(problem.message, 'the file of the token holds none');
		assert.not.match(JSON.stringify(problem), /lines|mlaut/);
	}
	assert.is(requests.length, 0);
});

laptop.before.each(() => mount({ token: '' }));

laptop('kubectl is asked with the kubeconfig, the context and the time that are given', async () => {
	kubectl(`printf '%s ' "$@" >'${join(folder, 'arguments')}'; echo '{"items":[]}'`);
	await viaKubectl({ kubeconfig: '/k/config', context: 'prod', timeoutSeconds: 7 })(path);
	assert.is(
		readFileSync(join(folder, 'arguments'), 'utf8'),
		`--kubeconfig=/k/config --context=prod --request-timeout=7s get --raw ${path} `,
	);
	assert.equal(await viaKubectl()(path), { items: [] });
	assert.is(readFileSync(join(folder, 'arguments'), 'utf8'), `--request-timeout=15s get --raw ${path} `);
});

laptop('kubectl gets the environment, where KUBECONFIG may stand', async () => {
	kubectl(`printf '{"kubeconfig":"%s"}' "$KUBECONFIG"`);
	const environment = { PATH: `${folder}:${process.env.PATH}`, KUBECONFIG: '/k/config' };
	assert.equal(await viaKubectl({ environment })(path), { kubeconfig: '/k/config' });
});

laptop('a kubeconfig or a context that is named counts in a pod too', async () => {
	kubectl(`echo '{"from":"kubectl"}'`);
	mount({ token: 'x', 'ca.crt': tls('ca.crt') });
	const environment = { PATH: `${folder}:${process.env.PATH}`, KUBERNETES_SERVICE_HOST: '127.0.0.1' };
	assert.equal(await viaKubectl({ environment, context: 'prod' })(path), { from: 'kubectl' });
	assert.equal(await viaKubectl({ environment, kubeconfig: '/k' })(path), { from: 'kubectl' });
});

laptop('a pod without a mounted token asks kubectl', async () => {
	kubectl(`echo '{"from":"kubectl"}'`);
	rmSync(join(folder, 'token'));
	const environment = { PATH: `${folder}:${process.env.PATH}`, KUBERNETES_SERVICE_HOST: '127.0.0.1' };
	assert.equal(await viaKubectl({ environment })(path), { from: 'kubectl' });
});

// What kubectl 1.32 prints, asked of a server that answers so.
laptop('NotFound says that there is no such object', async () => {
	for (const message of [
		'the server could not find the requested resource',
		'applications.argoproj.io "x" not found',
	]) {
		kubectl(`echo 'Error from server (NotFound): ${message}' >&2; exit 1`);
		assert.is(await viaKubectl()(path), undefined);
	}
});

laptop('Forbidden names the rule that is missing', async () => {
	const message = 'configmaps is forbidden: User "x" cannot list resource "configmaps"';
	kubectl(`echo 'Warning: something else' >&2; echo 'Error from server (Forbidden): ${message}' >&2; exit 1`);
	const problem = await refusalOf(() => viaKubectl()(path));
	assert.is(problem.code, 'forbidden');
	assert.is(problem.message, `the cluster does not let what was rendered before be read: ${message}`);
	assert.match(problem.hint ?? '', 'resources: [configmaps], verbs: [list]} in the namespace demo');
});

laptop('every other failure of kubectl is an error with its last line, and never nothing', async () => {
	for (const message of [
		'error: You must be logged in to the server (Unauthorized)',
		'Error from server (TooManyRequests): slow down',
		'Error from server (InternalError): boom',
		'error: unexpected EOF',
		'error: context "zz" does not exist',
		'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
		'exec plugin: said (NotFound) of (Forbidden)',
	]) {
		kubectl(`echo first >&2; echo '${message}' >&2; exit 1`);
		const problem = await refusalOf(() => viaKubectl()(path));
		assert.is(problem.code, 'cluster-unreadable');
		assert.match(
			problem.message,
			`cannot be read from the cluster: ${message} (GET /api/v1/namespaces/demo/configmaps)`,
		);
	}
});

laptop('a kubectl that fails without a word is an error, whatever it printed before', async () => {
	kubectl(`echo '{"items":[]}'; exit 3`);
	assert.is((await refusalOf(() => viaKubectl()(path))).code, 'cluster-unreadable');
	kubectl(`echo '{"items":[]}'; kill -9 $$`);
	assert.is((await refusalOf(() => viaKubectl()(path))).code, 'cluster-unreadable');
});

laptop('half an answer of kubectl is none, even where it exits with 0', async () => {
	for (const output of ['{"items":[', '', 'null', 'No resources found']) {
		kubectl(`printf '%s' '${output}'`);
		assert.match((await refusalOf(() => viaKubectl()(path))).message, 'the answer is no JSON object');
	}
});

laptop('in a pod, it is the token that is said to be missing', async () => {
	rmSync(join(folder, 'token'));
	const environment = { PATH: join(folder, 'nowhere'), KUBERNETES_SERVICE_HOST: '127.0.0.1' };
	const problem = await refusalOf(() => viaKubectl({ environment })(path));
	assert.match(problem.message, `there is no token in ${folder}`);
	assert.is(problem.hint, 'Mount a ServiceAccount token into this container.');
});

laptop('a missing kubectl is said to be missing', async () => {
	const environment = { PATH: join(folder, 'nowhere') };
	const problem = await refusalOf(() => viaKubectl({ environment })(path));
	assert.match(problem.message, 'there is no kubectl on PATH');
	assert.is(problem.hint, 'Install kubectl, or give --state a file.');
});

pod.run();
laptop.run();

function podEnvironment(): NodeJS.ProcessEnv {
	const { port } = server.address() as AddressInfo;
	return { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) };
}

function inPod(changes: Partial<ApiSettings> = {}) {
	return connect({ serviceAccount: folder, environment: podEnvironment(), timeoutSeconds: 15, ...changes });
}

function viaKubectl(changes: Partial<ApiSettings> = {}) {
	const environment = { PATH: `${folder}:${process.env.PATH}` };
	return connect({ serviceAccount: folder, environment, timeoutSeconds: 15, ...changes });
}

/** Writes a program `kubectl` that does what a line of shell says. */
function kubectl(line: string): void {
	writeFileSync(join(folder, 'kubectl'), `#!/bin/sh\n${line}\n`);
	chmodSync(join(folder, 'kubectl'), 0o755);
}

function mount(files: Record<string, string>): void {
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function json(response: ServerResponse, status: number, body: unknown): void {
	response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
