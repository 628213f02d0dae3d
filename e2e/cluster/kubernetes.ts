/** etcd and kube-apiserver, with an audit log that holds every write to what KubeDB and kubedb-render care for. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/json.js';
import { type Client, client, type Endpoint } from './client.js';
import { freePort, type Running, run, start, until } from './process.js';

export interface Kubernetes {
	readonly endpoint: Endpoint;
	readonly url: string;
	readonly caFile: string;
	readonly admin: Client;
	/** kubeconfig of the administrator. */
	readonly kubeconfig: string;
	readonly auditLog: string;
	readonly apiServer: Running;
	/** A certificate for 127.0.0.1 by the cluster's CA. */
	certificate(name: string): Promise<{ cert: string; key: string }>;
	/** A token of a ServiceAccount. */
	tokenOf(namespace: string, account: string): Promise<string>;
	/** A kubeconfig for a token, with a default namespace. */
	kubeconfigFor(name: string, token: string, namespace: string): string;
}

export async function startKubernetes(
	binaries: Record<string, string>,
	folder: string,
	logs: string,
): Promise<Kubernetes> {
	const pki = join(folder, 'pki');
	mkdirSync(pki, { recursive: true });
	const openssl = (...args: string[]) => run(['openssl', ...args], { cwd: pki });
	await openssl('genrsa', '-out', 'sa.key', '2048');
	await openssl('rsa', '-in', 'sa.key', '-pubout', '-out', 'sa.pub');
	await openssl(
		'req',
		'-x509',
		'-newkey',
		'rsa:2048',
		'-nodes',
		'-keyout',
		'ca.key',
		'-out',
		'ca.crt',
		'-days',
		'2',
		'-subj',
		'/CN=e2e',
	);
	const certificate = async (name: string) => {
		writeFileSync(join(pki, `${name}.ext`), 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc\n');
		await openssl(
			'req',
			'-newkey',
			'rsa:2048',
			'-nodes',
			'-keyout',
			`${name}.key`,
			'-out',
			`${name}.csr`,
			'-subj',
			`/CN=${name}`,
		);
		await openssl(
			'x509',
			'-req',
			'-in',
			`${name}.csr`,
			'-CA',
			'ca.crt',
			'-CAkey',
			'ca.key',
			'-CAcreateserial',
			'-days',
			'2',
			'-out',
			`${name}.crt`,
			'-extfile',
			`${name}.ext`,
		);
		return { cert: join(pki, `${name}.crt`), key: join(pki, `${name}.key`) };
	};
	const { cert, key } = await certificate('apiserver');
	writeFileSync(join(pki, 'tokens.csv'), 'admin-token,admin,admin,system:masters\n');
	const policy = join(folder, 'audit-policy.json');
	writeFileSync(policy, JSON.stringify(auditPolicy));
	const auditLog = join(logs, 'audit.log');

	const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
	const [etcdUrl, peerUrl] = [etcdPort, peerPort].map((each) => `http://127.0.0.1:${each}`) as [string, string];
	start('etcd', logs, [
		binaries.etcd as string,
		`--data-dir=${join(folder, 'etcd')}`,
		`--listen-client-urls=${etcdUrl}`,
		`--advertise-client-urls=${etcdUrl}`,
		`--listen-peer-urls=${peerUrl}`,
		`--initial-advertise-peer-urls=${peerUrl}`,
		`--initial-cluster=default=${peerUrl}`,
		'--unsafe-no-fsync',
	]);
	const apiServer = start('kube-apiserver', logs, [
		binaries['kube-apiserver'] as string,
		`--etcd-servers=${etcdUrl}`,
		`--secure-port=${port}`,
		'--bind-address=127.0.0.1',
		`--tls-cert-file=${cert}`,
		`--tls-private-key-file=${key}`,
		`--service-account-key-file=${join(pki, 'sa.pub')}`,
		`--service-account-signing-key-file=${join(pki, 'sa.key')}`,
		'--service-account-issuer=https://kubernetes.default.svc',
		`--token-auth-file=${join(pki, 'tokens.csv')}`,
		'--authorization-mode=RBAC',
		'--service-cluster-ip-range=10.0.0.0/24',
		'--disable-admission-plugins=ServiceAccount',
		`--audit-policy-file=${policy}`,
		`--audit-log-path=${auditLog}`,
		'--watch-cache=true',
	]);
	const endpoint = { host: '127.0.0.1', port, ca: readFileSync(join(pki, 'ca.crt'), 'utf8') };
	const admin = client(endpoint, 'admin-token', 'e2e');
	await until('the API server is ready', 60, async () => {
		if (!apiServer.isRunning()) throw new Error('kube-apiserver did not start');
		return admin.get('/api/v1/namespaces/default').catch(() => undefined);
	});
	const url = `https://127.0.0.1:${port}`;
	const kubeconfigFor = (name: string, token: string, namespace: string) => {
		const file = join(folder, `${name}.kubeconfig`);
		writeFileSync(file, JSON.stringify(kubeconfig(url, join(pki, 'ca.crt'), name, token, namespace)));
		return file;
	};
	return {
		endpoint,
		url,
		caFile: join(pki, 'ca.crt'),
		admin,
		kubeconfig: kubeconfigFor('admin', 'admin-token', 'default'),
		auditLog,
		apiServer,
		certificate,
		kubeconfigFor,
		async tokenOf(namespace, account) {
			const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
			const answer = await admin.create(path, {
				apiVersion: 'authentication.k8s.io/v1',
				kind: 'TokenRequest',
				spec: { expirationSeconds: 86400 },
			});
			return String((answer.status as JsonObject).token);
		},
	};
}

function kubeconfig(server: string, ca: string, name: string, token: string, namespace: string): JsonObject {
	return {
		apiVersion: 'v1',
		kind: 'Config',
		clusters: [{ name: 'e2e', cluster: { server, 'certificate-authority': ca } }],
		users: [{ name, user: { token } }],
		contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: name, namespace } }],
		'current-context': 'e2e',
	};
}

const writes = ['create', 'update', 'patch', 'delete', 'deletecollection'];

const auditPolicy = {
	apiVersion: 'audit.k8s.io/v1',
	kind: 'Policy',
	omitStages: ['RequestReceived'],
	rules: [
		{
			level: 'RequestResponse',
			verbs: writes,
			resources: [{ group: 'kubedb.com' }, { group: 'ops.kubedb.com' }],
		},
		{ level: 'Metadata', verbs: writes, resources: [{ group: '', resources: ['configmaps'] }] },
		{ level: 'None' },
	],
};
