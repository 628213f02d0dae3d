/** Access to other clusters: a kubeconfig with a context for each, called like the destination of the Applications. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isObject, type Json, type JsonObject } from '../json.js';
import { lazy } from '../lazy.js';
import { refuse } from '../problems.js';
import { getAt } from '../render/path.js';
import type { Access } from './api.js';

/** The access to a cluster under one of the names that an Application knows it by. Bearer tokens only. */
export function accessTo(names: readonly string[], file: string | undefined): Access {
	const wanted = names.join(' or ');
	if (!file)
		return refuse(
			'other-cluster',
			`the Application goes to the cluster ${wanted}, which this plugin has no access to`,
			'State is never read from another cluster. Mount a kubeconfig with a read-only account for it, its context named after the destination, and set KUBEDB_RENDER_KUBECONFIG.',
		);
	const config = parsed(file);
	const context = itemOf(config, 'contexts', names);
	if (!context) {
		const known = listAt(config, 'contexts').map(({ name }) => String(name));
		return refuse('other-cluster', `${file} has no context called ${wanted}`, `It has: ${known.join(', ') || 'none'}.`);
	}
	const cluster = getAt(itemOf(config, 'clusters', [textAt(context, 'context', 'cluster')]), ['cluster']);
	const user = getAt(itemOf(config, 'users', [textAt(context, 'context', 'user')]), ['user']);
	const path = (name: string) => resolve(dirname(file), name);
	const data = textAt(cluster, 'certificate-authority-data');
	const caFile = textAt(cluster, 'certificate-authority');
	const [token, tokenFile] = [textAt(user, 'token'), textAt(user, 'tokenFile')];
	const server = textAt(cluster, 'server');
	if (!/^https:\/\/./.test(server) || !URL.canParse(server) || !(data || caFile) || !(token || tokenFile))
		return refuse(
			'other-cluster',
			`the context ${String(context.name)} of ${file} does not give a server (https), its CA, and a token or tokenFile`,
		);
	const { hostname, port, pathname } = new URL(server);
	return {
		host: hostname.replace(/^\[|\]$/g, ''),
		port: port || '443',
		// Rancher, say, has the API servers of many clusters below paths of one host, and its own at the root.
		prefix: pathname.replace(/\/+$/, ''),
		ca: data ? Buffer.from(data, 'base64').toString() : read(path(caFile)),
		token: () => token || read(path(tokenFile)).trim(),
	};
}

function parsed(file: string): Json {
	const text = read(file);
	try {
		return lazy.yaml().parseFully({ source: { name: file, text }, start: 0, end: text.length }).value;
	} catch {
		// What is wrong with it may stand beside a token.
		return refuse('other-cluster', `${file} is no YAML`);
	}
}

function read(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		return refuse('other-cluster', `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
	}
}

function listAt(config: Json, key: string): JsonObject[] {
	const list = getAt(config, [key]);
	return Array.isArray(list) ? list.filter(isObject) : [];
}

function itemOf(config: Json, key: string, names: readonly string[]): JsonObject | undefined {
	return listAt(config, key).find(({ name }) => names.includes(String(name)));
}

function textAt(value: Json | undefined, ...path: string[]): string {
	const found = getAt(value, path);
	return typeof found === 'string' ? found : '';
}
