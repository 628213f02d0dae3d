import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { viaToken } from '../../src/memory/api.js';
import { accessTo } from '../../src/memory/kubeconfig.js';
import { toYaml } from '../../src/output/yaml.js';
import { refusal } from '../refusal.js';

declare const PROJECT_ROOT: string;
const tls = (name: string) => readFileSync(join(PROJECT_ROOT, 'test/memory/tls', name), 'utf8');

const test = suite('kubeconfig');
let folder: string;
let server: Server;
let paths: string[];
test.before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'kubedb-render-'));
	writeFileSync(join(folder, 'ca.crt'), tls('ca.crt'));
	writeFileSync(join(folder, 'token'), 'secret-1\n');
	server = createServer({ key: tls('server.key'), cert: tls('server.crt') }, ({ url, headers }, response) => {
		paths.push(`${url} ${headers.authorization}`);
		response.end('{"items":[]}');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
test.before.each(() => {
	paths = [];
});
test.after(() => {
	server.closeAllConnections();
	server.close();
	rmSync(folder, { recursive: true });
});

test('a cluster is read at the address of its context, with its CA and its token', async () => {
	const { port } = server.address() as AddressInfo;
	const file = config({ server: `https://127.0.0.1:${port}` });
	await viaToken(accessTo(['prod'], file), 15)('/api/v1/x');
	assert.equal(paths, ['/api/v1/x Bearer secret-0']);
});

test('a context is called like the destination, by its name or by its address', () => {
	const file = config({ server: 'https://10.0.0.1' }, {}, 'https://10.0.0.1');
	assert.is(accessTo(['https://10.0.0.1', 'prod'], file).host, '10.0.0.1');
	const problem = refusal(() => accessTo(['staging'], file));
	assert.is(problem.code, 'other-cluster');
	assert.is(problem.message, `${file} has no context called staging`);
	assert.is(problem.hint, 'It has: https://10.0.0.1.');
});

test('an API server below a path is asked there: at the root may stand another', async () => {
	const { port } = server.address() as AddressInfo;
	for (const end of ['', '/']) {
		const file = config({ server: `https://127.0.0.1:${port}/k8s/clusters/c-1${end}` });
		await viaToken(accessTo(['prod'], file), 15)('/api/v1/x?limit=5');
	}
	assert.equal(paths, Array(2).fill('/k8s/clusters/c-1/api/v1/x?limit=5 Bearer secret-0'));
});

test('hosts and ports of all forms are understood', () => {
	const of = (server: string) => {
		const { host, port, prefix } = accessTo(['prod'], config({ server }));
		return [host, port, prefix];
	};
	assert.equal(of('https://k8s.example.com'), ['k8s.example.com', '443', '']);
	assert.equal(of('https://k8s.example.com:6443/'), ['k8s.example.com', '6443', '']);
	assert.equal(of('https://[fd00::1]:6443'), ['fd00::1', '6443', '']);
});

test('files are relative to the kubeconfig, and a token is read anew each time', () => {
	const files = { 'certificate-authority-data': undefined, 'certificate-authority': 'ca.crt' };
	const file = config({ server: 'https://x', ...files }, { token: undefined, tokenFile: 'token' });
	const access = accessTo(['prod'], file);
	assert.is(access.ca, tls('ca.crt'));
	assert.is(access.token(), 'secret-1');
	writeFileSync(join(folder, 'token'), 'secret-2');
	assert.is(access.token(), 'secret-2');
});

test('a context that lacks what it takes is refused, and no token is shown', () => {
	const lacking = [
		config({ server: 'http://x' }),
		config({ server: 'https://' }),
		config({ server: 'https://a b' }),
		config({ server: undefined }),
		config({ server: 'https://x', 'certificate-authority-data': undefined }),
		config({ server: 'https://x' }, { token: undefined }),
		config({ server: 'https://x' }, { token: undefined, exec: { command: 'aws' } }),
	];
	for (const file of lacking) {
		const problem = refusal(() => accessTo(['prod'], file));
		assert.match(problem.message, 'does not give a server (https), its CA, and a token or tokenFile');
		assert.not.match(JSON.stringify(problem), 'secret');
	}
});

test('a kubeconfig that cannot be read, or is none, is refused without showing it', () => {
	const missing = refusal(() => accessTo(['prod'], join(folder, 'nowhere')));
	assert.is(missing.message, `${join(folder, 'nowhere')} cannot be read: ENOENT`);
	for (const text of ['contexts: [', 'contexts: {}', 'token: "secret', '']) {
		const problem = refusal(() => accessTo(['prod'], written(text)));
		assert.is(problem.code, 'other-cluster');
		assert.not.match(JSON.stringify(problem), 'secret');
	}
	const file = config({ server: 'https://x' }, { token: undefined, tokenFile: 'nowhere' });
	assert.match(refusal(() => accessTo(['prod'], file).token()).message, 'nowhere cannot be read: ENOENT');
});

test('without a kubeconfig there is no access to another cluster', () => {
	const problem = refusal(() => accessTo(['https://10.0.0.1', 'prod'], undefined));
	assert.is(
		problem.message,
		'the Application goes to the cluster https://10.0.0.1 or prod, which this plugin has no access to',
	);
	assert.match(problem.hint ?? '', 'KUBEDB_RENDER_KUBECONFIG');
});

test.run();

let count = 0;
function written(text: string): string {
	const path = join(folder, `config-${count++}`);
	writeFileSync(path, text);
	return path;
}

/** Writes a kubeconfig with one context; what is undefined is left out. */
function config(cluster: Record<string, unknown>, user: Record<string, unknown> = {}, name = 'prod'): string {
	const ca = Buffer.from(tls('ca.crt')).toString('base64');
	const value = {
		apiVersion: 'v1',
		kind: 'Config',
		contexts: [{ name, context: { cluster: 'c', user: 'u' } }],
		clusters: [{ name: 'c', cluster: { 'certificate-authority-data': ca, ...cluster } }],
		users: [{ name: 'u', user: { token: 'secret-0', ...user } }],
	};
	return written(toYaml(JSON.parse(JSON.stringify(value))));
}
