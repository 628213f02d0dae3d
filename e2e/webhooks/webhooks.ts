/** KubeDB's admission webhooks, imitated: a TLS server with the simulator's defaults and checks. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KindFacts } from '../../src/catalog/types.js';
import { canonicalJson, type Json, type JsonObject, parseJson } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';
import { Refused } from '../../test/simulator/api.js';
import { databaseKey } from '../../test/simulator/kubedb.js';
import { admitRequest, mutateDatabase, validateDatabase } from '../../test/simulator/webhooks.js';
import type { Client } from '../cluster/client.js';
import { plain } from '../cluster/plain.js';

/** Starts the server and registers it with the API server. */
export async function startWebhooks(
	kinds: readonly KindFacts[],
	certificate: { cert: string; key: string },
	ca: string,
	admin: Client,
): Promise<() => void> {
	const server = createServer({ cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) });
	// The API server keeps connections for the next review; one that is closed at that moment would fail it.
	server.keepAliveTimeout = 3_600_000;
	server.on('request', (request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', async () => {
			const review = (parseJson(Buffer.concat(parts).toString()) as JsonObject).request as JsonObject;
			const answer = await judge(String(request.url), review, kinds, admin);
			response.setHeader('content-type', 'application/json');
			const body = {
				apiVersion: 'admission.k8s.io/v1',
				kind: 'AdmissionReview',
				response: { uid: review.uid as Json, ...answer },
			};
			response.end(canonicalJson(body));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const hook = (name: string, path: string, apiGroups: string[], resources: string[]) => ({
		name: `${name}.kubedb.e2e`,
		admissionReviewVersions: ['v1'],
		sideEffects: 'None',
		failurePolicy: 'Fail',
		matchPolicy: 'Equivalent',
		clientConfig: { url: `https://127.0.0.1:${port}${path}`, caBundle: Buffer.from(ca).toString('base64') },
		rules: [{ apiGroups, apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources }],
	});
	const databases = kinds.map(({ plural }) => plural);
	const configurations = {
		Mutating: [hook('databases', '/mutate', ['kubedb.com'], databases)],
		Validating: [
			hook('databases', '/validate', ['kubedb.com'], databases),
			hook(
				'requests',
				'/validate-request',
				['ops.kubedb.com'],
				kinds.map(({ opsRequestPlural }) => opsRequestPlural),
			),
		],
	};
	for (const [form, webhooks] of Object.entries(configurations)) {
		await admin.apply(`/apis/admissionregistration.k8s.io/v1/${form.toLowerCase()}webhookconfigurations/kubedb`, {
			apiVersion: 'admissionregistration.k8s.io/v1',
			kind: `${form}WebhookConfiguration`,
			metadata: { name: 'kubedb' },
			webhooks,
		});
	}
	return () => server.close();
}

type Answer = JsonObject & { allowed: boolean };

async function judge(path: string, review: JsonObject, kinds: readonly KindFacts[], admin: Client): Promise<Answer> {
	const { object, oldObject, operation } = review as Record<string, JsonObject>;
	try {
		if (path.startsWith('/mutate')) {
			const mutated = structuredClone(object as JsonObject);
			mutateDatabase(mutated);
			const patch = JSON.stringify([{ op: 'replace', path: '/spec', value: plain(mutated.spec as Json) }]);
			return { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(patch).toString('base64') };
		}
		if (path.startsWith('/validate-request')) await judgeRequest(object as JsonObject, oldObject, kinds, admin);
		else if (String(operation) === 'UPDATE') validateDatabase(oldObject as JsonObject, object as JsonObject);
		return { allowed: true };
	} catch (error) {
		if (!(error instanceof Refused)) console.error(error);
		return { allowed: false, status: { code: 403, message: (error as Error).message } };
	}
}

async function judgeRequest(
	request: JsonObject,
	old: JsonObject | undefined,
	kinds: readonly KindFacts[],
	admin: Client,
): Promise<void> {
	if (old) {
		if (canonicalJson(old.spec as Json) !== canonicalJson(request.spec as Json))
			throw new Refused('webhook', 'spec is immutable');
		return;
	}
	const facts = kinds.find(({ opsRequest }) => opsRequest === request.kind) as KindFacts;
	const [namespace, name] = [
		getAt(request, ['metadata', 'namespace']),
		getAt(request, ['spec', 'databaseRef', 'name']),
	];
	const database = await admin.get(`/apis/${facts.database}/namespaces/${namespace}/${facts.plural}/${name}`);
	admitRequest(request, { get: (key) => (key === databaseKey(request) ? database : undefined) });
}
