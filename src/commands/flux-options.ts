/** The settings of the layout for Flux, checked. */
import type { JsonObject } from '../json.js';
import type { FluxOptions } from '../output/flux.js';
import { refuse } from '../problems.js';
import type { SettingName, Settings } from '../settings.js';

const kinds = ['OCIRepository', 'GitRepository', 'Bucket', 'ExternalArtifact'];
const dnsName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

export function fluxOptions(settings: Settings): FluxOptions {
	return {
		namespace: nameIn(settings, 'flux-namespace') as string,
		source: sourceIn(settings['flux-source'] as string),
		interval: durationIn(settings, 'flux-interval'),
		retryInterval: durationIn(settings, 'flux-retry-interval'),
		timeout: durationIn(settings, 'flux-timeout'),
		serviceAccount: nameIn(settings, 'flux-service-account'),
		decryption: decryptionIn(settings['flux-decryption']),
		prune: settings['flux-prune'] === 'true',
	};
}

function nameIn(settings: Settings, setting: SettingName): string | undefined {
	const value = settings[setting];
	if (value !== undefined && !dnsName.test(value))
		refuse('setting', `${setting} cannot be ${JSON.stringify(value)}`, 'It is the name of a Kubernetes object.');
	return value;
}

function sourceIn(text: string): { kind: string; name: string } {
	const [kind = '', name = '', ...more] = text.split('/');
	if (!kinds.includes(kind) || !dnsName.test(name) || more.length > 0)
		refuse(
			'setting',
			`flux-source cannot be ${JSON.stringify(text)}`,
			`It is KIND/NAME, the kind one of ${kinds.join(', ')}.`,
		);
	// Names of Kustomizations begin with it, and are values of labels.
	if (name.length > 45) refuse('setting', `flux-source: the name has ${name.length} characters, 45 are possible`);
	return { kind, name };
}

/** As Go writes durations, without what Flux's CRD refuses (fluxcd/kustomize-controller api/v1, pattern of intervals). */
function durationIn(settings: Settings, setting: SettingName): string {
	const value = settings[setting] as string;
	if (!/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/.test(value))
		refuse('setting', `${setting} cannot be ${JSON.stringify(value)}`, 'It is a duration such as 30s, 5m or 1h30m.');
	return value;
}

function decryptionIn(text: string | undefined): JsonObject | undefined {
	if (text === undefined) return undefined;
	const [provider, name, ...more] = text.split('/');
	if (provider !== 'sops' || more.length > 0 || (name !== undefined && !dnsName.test(name)))
		refuse(
			'setting',
			`flux-decryption cannot be ${JSON.stringify(text)}`,
			'It is sops, or sops/NAME with the name of a Secret.',
		);
	return { provider: 'sops', ...(name === undefined ? {} : { secretRef: { name } }) };
}
