/**
 * A Secret as `sops --encrypt --age ... --encrypted-regex '^(data|stringData)$'` writes it, and the age key for it
 * (age-encryption.org/v1, C2SP age.md; getsops/sops v3 aes/cipher.go). Without the MAC: kustomize-controller asks for none.
 */
import {
	createCipheriv,
	createHmac,
	createPrivateKey,
	createPublicKey,
	diffieHellman,
	generateKeyPairSync,
	hkdfSync,
	randomBytes,
} from 'node:crypto';

/** `identity` is what `age-keygen` prints, `publicKey` the raw X25519 point. */
export function ageKey() {
	const { privateKey, publicKey } = generateKeyPairSync('x25519');
	return {
		identity: bech32('age-secret-key-', rawOf(privateKey, 'd')).toUpperCase(),
		publicKey: rawOf(publicKey, 'x'),
	};
}

/** YAML of a Secret whose values in `stringData` are encrypted to a key. */
export function encryptedSecret(name, namespace, values, { publicKey }) {
	const dataKey = randomBytes(32);
	const encrypted = Object.entries(values).map(
		([key, value]) => `  ${key}: ${encryptedValue(value, dataKey, `stringData:${key}:`)}\n`,
	);
	const armored = armor(ageEncrypted(dataKey, publicKey)).replace(/^(?=.)/gm, '        ');
	return `apiVersion: v1
kind: Secret
metadata:
  name: ${name}
  namespace: ${namespace}
stringData:
${encrypted.join('')}sops:
  age:
    - recipient: ${bech32('age', publicKey)}
      enc: |
${armored}  lastmodified: "2026-01-01T00:00:00Z"
  mac: ENC[AES256_GCM,data:,iv:,tag:,type:str]
  encrypted_regex: ^(data|stringData)$
  version: 3.9.0
`;
}

/** The path of the value is authenticated with it. */
function encryptedValue(value, key, path) {
	const iv = randomBytes(32);
	const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(path));
	const data = Buffer.concat([cipher.update(value), cipher.final()]);
	const [a, b, c] = [data, iv, cipher.getAuthTag()].map((bytes) => bytes.toString('base64'));
	return `ENC[AES256_GCM,data:${a},iv:${b},tag:${c},type:str]`;
}

/** One X25519 recipient, one chunk. */
function ageEncrypted(plain, recipient) {
	const [fileKey, nonce, ephemeral] = [randomBytes(16), randomBytes(16), generateKeyPairSync('x25519')];
	const share = rawOf(ephemeral.publicKey, 'x');
	const publicKey = createPublicKey({
		key: { kty: 'OKP', crv: 'X25519', x: recipient.toString('base64url') },
		format: 'jwk',
	});
	const secret = diffieHellman({
		privateKey: createPrivateKey(ephemeral.privateKey.export({ type: 'pkcs8', format: 'pem' })),
		publicKey,
	});
	const wrapKey = derived(secret, Buffer.concat([share, recipient]), 'age-encryption.org/v1/X25519');
	const header = `age-encryption.org/v1\n-> X25519 ${plainBase64(share)}\n${plainBase64(sealed(wrapKey, Buffer.alloc(12), fileKey))}\n---`;
	const mac = createHmac('sha256', derived(fileKey, Buffer.alloc(0), 'header'))
		.update(header)
		.digest();
	const last = Buffer.from([...Buffer.alloc(11), 1]);
	const body = sealed(derived(fileKey, nonce, 'payload'), last, plain);
	return Buffer.concat([Buffer.from(`${header} ${plainBase64(mac)}\n`), nonce, body]);
}

function derived(key, salt, info) {
	return Buffer.from(hkdfSync('sha256', key, salt, info, 32));
}

function sealed(key, nonce, plain) {
	const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
	return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function armor(bytes) {
	const lines = bytes.toString('base64').match(/.{1,64}/g);
	return `-----BEGIN AGE ENCRYPTED FILE-----\n${lines.join('\n')}\n-----END AGE ENCRYPTED FILE-----\n`;
}

function plainBase64(bytes) {
	return bytes.toString('base64').replace(/=+$/, '');
}

function rawOf(key, part) {
	return Buffer.from(key.export({ format: 'jwk' })[part], 'base64url');
}

const letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** BIP 173. */
function bech32(prefix, bytes) {
	const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
	const values = bits.match(/.{1,5}/g).map((five) => Number.parseInt(five.padEnd(5, '0'), 2));
	const codes = [...prefix].map((letter) => letter.charCodeAt(0));
	const expanded = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
	const check = polymod([...expanded, ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
	const checksum = [0, 1, 2, 3, 4, 5].map((i) => (check >> (5 * (5 - i))) & 31);
	return `${prefix}1${[...values, ...checksum].map((value) => letters[value]).join('')}`;
}

function polymod(values) {
	const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
	let check = 1;
	for (const value of values) {
		const top = check >>> 25;
		check = ((check & 0x1ffffff) << 5) ^ value;
		for (const [i, generator] of generators.entries()) if ((top >>> i) & 1) check ^= generator;
	}
	return check >>> 0;
}
