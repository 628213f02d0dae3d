/**
 * What stands between the sidecar and the API server: hands on every request as it is, until a story makes it slow or
 * has it answer in the API server's place.
 */
import { readFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Kubernetes } from './kubernetes.js';

export interface Fault {
	/** How long each answer takes besides. */
	readonly seconds?: number;
	/** Status that is answered in the API server's place. */
	readonly status?: number;
}

export interface ApiProxy {
	readonly port: number;
	/** What is wrong at the moment. */
	fault: Fault;
	/** Requests since it was last set to 0. */
	requests: number;
	stop(): void;
}

/** Listens on 127.0.0.1 with a certificate of the cluster's CA. */
export async function startProxy({ endpoint, certificate }: Kubernetes): Promise<ApiProxy> {
	const { cert, key } = await certificate('proxy');
	const agent = new Agent({ keepAlive: true, ca: endpoint.ca });
	const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) });
	server.on('request', (asked, answer) => {
		proxy.requests++;
		const { seconds = 0, status } = proxy.fault;
		const timer = setTimeout(() => {
			if (status !== undefined) {
				answer.writeHead(status, { 'content-type': 'application/json' });
				answer.end(JSON.stringify({ kind: 'Status', status: 'Failure', code: status, message: 'etcd is on fire' }));
				return;
			}
			const { host, port } = endpoint;
			const { method, url: path, headers } = asked;
			const passedOn = request({ host, port, agent, method, path, headers }, (given) => {
				answer.writeHead(given.statusCode ?? 500, given.headers);
				given.pipe(answer);
			});
			passedOn.on('error', () => answer.destroy());
			asked.pipe(passedOn);
		}, seconds * 1000);
		answer.on('close', () => clearTimeout(timer));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const proxy: ApiProxy = {
		port: (server.address() as AddressInfo).port,
		fault: {},
		requests: 0,
		stop() {
			server.closeAllConnections();
			server.close();
			agent.destroy();
		},
	};
	return proxy;
}
