/** Secrets that SOPS encrypted, beside a database that refers to them. */
import * as assert from 'uvu/assert';
import { ageKey, encryptedSecret } from '../sops.mjs';

const login = (ci, key) => encryptedSecret('login', ci.namespace, { username: 'postgres', password: 'swordfish' }, key);
const spec = { authSecret: { name: 'login', externallyManaged: true } };
const secretOf = (ci) => ci.world.admin.get(`/api/v1/namespaces/${ci.namespace}/secrets/login`);
const text = (base64) => Buffer.from(base64, 'base64').toString();

export const secrets = {
	'a Secret that SOPS encrypted passes unchanged, and kustomize-controller decrypts it': async (ci) => {
		const key = ageKey();
		await ci.world.admin.create('/api/v1/namespaces/flux-system/secrets', {
			apiVersion: 'v1',
			kind: 'Secret',
			metadata: { name: `${ci.namespace}-age`, namespace: 'flux-system' },
			stringData: { 'keys.agekey': key.identity },
		});
		ci.beside = [login(ci, key)];
		ci.options = ['--flux-decryption', `sops/${ci.namespace}-age`];
		const { status, stderr } = ci.render(spec);
		assert.is(status, 0, stderr);
		assert.is(stderr, '', 'no warning');
		await ci.publish();
		await ci.settled();
		const { data, sops } = await secretOf(ci);
		assert.equal([text(data.username), text(data.password), sops], ['postgres', 'swordfish', undefined]);
	},
	'without the key it arrives as it was encrypted: the render warns, because Flux does not': async (ci) => {
		ci.beside = [login(ci, ageKey())];
		const { status, stderr } = ci.render(spec);
		assert.is(status, 0, stderr);
		assert.match(stderr, `warning[not-decrypted]: SOPS encrypted ${ci.namespace}/login, `);
		assert.match(stderr, '--flux-decryption');
		assert.not.match(stderr, 'swordfish');
		await ci.publish();
		await ci.settled();
		assert.match(text((await secretOf(ci)).data.password), /^ENC\[AES256_GCM,/);
	},
};
