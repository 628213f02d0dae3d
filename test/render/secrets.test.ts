import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitStream } from '../../src/input/stream.js';
import type { JsonObject } from '../../src/json.js';
import { secretDigest, secretNameOf, secretNames, withSecrets } from '../../src/render/secrets.js';
import type { Desired } from '../../src/render/situation.js';
import { takeApart } from '../../src/render/source.js';

const secret = (more: JsonObject = {}): JsonObject => ({
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: { name: 'auth', namespace: 'demo' },
	...more,
});

test('the Secrets of a database are those that it names', () => {
	assert.equal(secretNames(database('authSecret: {name: auth}')), ['auth']);
	assert.equal(secretNames(database('configuration: {secretName: config}\n  authSecret: {name: auth}')).sort(), [
		'auth',
		'config',
	]);
	assert.equal(secretNames(database('replicas: 3')), []);
});

test('an object becomes the Secret that it says, and most become none', () => {
	const metadata = { name: 'a' };
	const cases: [JsonObject, string | undefined][] = [
		[secret(), 'auth'],
		[{ kind: 'SealedSecret', metadata }, 'a'],
		[{ kind: 'SealedSecret', metadata, spec: { template: { metadata: { name: 'b' } } } }, 'b'],
		[{ kind: 'ExternalSecret', metadata }, 'a'],
		[{ kind: 'ExternalSecret', metadata, spec: { target: { name: 'b' } } }, 'b'],
		[{ apiVersion: 'example.com/v1', kind: 'Secret', metadata }, undefined],
		[{ apiVersion: 'v1', kind: 'ConfigMap', metadata }, undefined],
		[{ apiVersion: 'v1', kind: 'Secret', metadata: {} }, undefined],
		[{ apiVersion: 'v1', kind: 'Secret', metadata: { name: '' } }, undefined],
	];
	for (const [object, name] of cases) assert.is(secretNameOf(object), name, JSON.stringify(object));
});

test('data and stringData that hold the same make the same digest, in whatever order and base64', () => {
	const digest = digestOf({ data: { a: 'aGVsbG8=', b: 'eA==' } });
	assert.match(digest, /^[\da-f]{48}$/);
	assert.is(digestOf({ stringData: { b: 'x', a: 'hello' } }), digest);
	assert.is(digestOf({ data: { a: 'bm8=', b: 'eA==' }, stringData: { a: 'hello' } }), digest, 'stringData wins');
	assert.is(digestOf({ data: { a: 'aGVs\nbG8=\n', b: 'eA' } }), digest);
	assert.is(
		digestOf({ data: { a: 'aGVsbG8=', b: 'eA==' }, type: 'Opaque' }),
		digest,
		'the type of those that name none',
	);
	assert.is(digestOf({ data: { a: 'aGVsbG8=', b: 'eA==' }, metadata: { name: 'auth', labels: { x: 'y' } } }), digest);
});

test('another content, key, type, name or namespace makes another digest', () => {
	const digests = [
		digestOf({ stringData: { a: 'hello' } }),
		digestOf({ stringData: { a: 'hallo' } }),
		digestOf({ stringData: { b: 'hello' } }),
		digestOf({ stringData: { a: 'hello' }, type: 'kubernetes.io/basic-auth' }),
		digestOf({ stringData: { a: 'hello' }, metadata: { name: 'other' } }),
		secretDigest(secret({ stringData: { a: 'hello' } }), 'elsewhere'),
		digestOf({ stringData: {} }),
	];
	assert.is(new Set(digests).size, digests.length);
	assert.is(digestOf({}), digestOf({ data: {} }));
});

test('a digest takes long to guess, and stays what it is: another would rotate every password', () => {
	// scrypt with N 4096, r 8, p 1 over canonical JSON, salted with namespace/name.
	assert.is(digestOf({ stringData: { a: 'hello' } }), '034d280e424281263d75f32bd5ec501a01a68b673051e485');
});

test('what is encrypted counts by its own text', () => {
	const sops = (value: string) => digestOf({ data: { a: value }, sops: { mac: value } });
	assert.is.not(sops('ENC[1]'), sops('ENC[2]'));
	assert.is(
		digestOf({ data: { a: 'ENC[1]' }, sops: { mac: 'x' } }),
		digestOf({ data: { a: 'ENC[1]' }, sops: { mac: 'y' } }),
	);
	const sealed = (value: string) =>
		secretDigest({ kind: 'SealedSecret', metadata: { name: 'auth' }, spec: { encryptedData: { a: value } } }, 'demo');
	assert.is.not(sealed('AgB1'), sealed('AgB2'));
});

test('digests become tokens of the databases that name the Secret', () => {
	const desired = database('authSecret: {name: auth}');
	const digests = new Map([
		['auth', 'd1'],
		['other', 'd2'],
	]);
	assert.equal(withSecrets(desired, digests).tokens, { 'secret/auth': 'd1' });
	assert.is(withSecrets(desired, new Map([['other', 'd2']])), desired);
	assert.is(withSecrets(database('replicas: 3'), digests).tokens['secret/auth'], undefined);
});

test('a Secret counts where it stands: beside the database, in its namespace, alone or in a List', () => {
	const tokens = (text: string) => database('authSecret: {name: auth}', text).tokens;
	const yaml = 'apiVersion: v1\nkind: Secret\nmetadata: {name: auth, namespace: demo}\nstringData: {a: hello}\n';
	const expected = { 'secret/auth': digestOf({ stringData: { a: 'hello' } }) };
	assert.equal(tokens(yaml), expected);
	assert.equal(tokens(`apiVersion: v1\nkind: List\nitems:\n- ${yaml.trimEnd().replaceAll('\n', '\n  ')}\n`), expected);
	assert.equal(tokens(yaml.replace(', namespace: demo', '')), expected, 'in the default namespace');
	assert.equal(tokens(yaml.replace('namespace: demo', 'namespace: elsewhere')), {});
	assert.equal(tokens(yaml.replace('name: auth', 'name: author')), {});
});

test.run();

function digestOf(more: JsonObject): string {
	return secretDigest(secret(more), 'demo');
}

function database(spec: string, more = ''): Desired {
	const text = `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata: {name: orders, namespace: demo}
spec:
  version: "16.4"
  storage: {resources: {requests: {storage: 1Gi}}}
  ${spec}
---
${more}`;
	const { databases, problems } = takeApart(splitStream({ name: 'in.yaml', text }), 'demo');
	assert.equal(problems, []);
	return databases[0] as Desired;
}
