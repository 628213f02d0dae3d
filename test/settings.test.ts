import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { environmentName, isInArgoCD, resolveSettings, settings } from '../src/settings.js';
import { refusal } from './refusal.js';

const argo = { ARGOCD_APP_NAME: 'shop', KUBE_VERSION: '1.35' };

test('without flags and environment, settings have their defaults', () => {
	const resolved = resolveSettings({}, {});
	for (const [name, setting] of Object.entries(settings))
		assert.is((resolved as Record<string, unknown>)[name], setting.default, name);
	assert.is(resolved.state, undefined, 'a forgotten one would look like a first installation');
	assert.is(resolved.source, 'auto');
	assert.is(resolved.kustomize, 'kustomize');
	assert.is(resolved['service-account'], '/var/run/secrets/kubernetes.io/serviceaccount');
	assert.is(resolved['request-timeout'], '15');
});

test('inside Argo CD the state is read from the cluster, unless another is named', () => {
	assert.is(isInArgoCD(argo), true);
	assert.is(isInArgoCD({ ARGOCD_ENV_X: '' }), false);
	assert.is(resolveSettings({}, argo).state, 'cluster');
	assert.is(resolveSettings({ state: 'none' }, argo).state, 'none');
	assert.is(resolveSettings({}, { ...argo, KUBEDB_RENDER_STATE: 'rendered/' }).state, 'rendered/');
});

test('flag, plugin parameter, environment of the Application, own environment, default: in this order', () => {
	const environment: NodeJS.ProcessEnv = {
		...argo,
		ARGOCD_APP_PARAMETERS: '[{"name":"source","string":"plain"}]',
		ARGOCD_ENV_KUBEDB_RENDER_SOURCE: 'kustomize',
		KUBEDB_RENDER_SOURCE: 'plain',
	};
	assert.is(resolveSettings({ source: 'auto' }, environment).source, 'auto');
	assert.is(resolveSettings({}, environment).source, 'plain');
	delete environment.ARGOCD_APP_PARAMETERS;
	assert.is(resolveSettings({}, environment).source, 'kustomize');
	delete environment.ARGOCD_ENV_KUBEDB_RENDER_SOURCE;
	assert.is(resolveSettings({}, environment).source, 'plain');
	delete environment.KUBEDB_RENDER_SOURCE;
	assert.is(resolveSettings({}, environment).source, 'auto');
});

test('an empty value is no value', () => {
	const environment = { ...argo, KUBEDB_RENDER_SOURCE: '', ARGOCD_ENV_KUBEDB_RENDER_SOURCE: '' };
	assert.is(resolveSettings({ source: '' }, environment).source, 'auto');
	assert.is(resolveSettings({}, { ...argo, ARGOCD_APP_PARAMETERS: '[{"name":"source","string":""}]' }).source, 'auto');
});

test('every setting has its flag, and its environment variable', () => {
	assert.is(environmentName('request-timeout'), 'KUBEDB_RENDER_REQUEST_TIMEOUT');
	const valid: Partial<Record<string, string>> = { application: 'a/b', 'request-timeout': '7' };
	for (const [name, { flag, values }] of Object.entries(settings)) {
		const value = valid[name] ?? values?.[0] ?? 'x';
		const resolved = resolveSettings({}, { [environmentName(name)]: value }) as Record<string, string>;
		assert.is(resolved[name], value);
		assert.match(flag, `--${name}`);
		const camel = name.replace(/-./g, (text) => text.slice(1).toUpperCase());
		assert.is((resolveSettings({ [camel]: value }, {}) as Record<string, string>)[name], value);
	}
});

test('a boolean flag is as good as the word', () => {
	assert.is(resolveSettings({ recursive: true }, {}).recursive, 'true');
	assert.is(resolveSettings({}, { KUBEDB_RENDER_RECURSIVE: 'true' }).recursive, 'true');
});

test('an Application sets only what is harmless: neither which programs run nor where state and tokens are', () => {
	const open = Object.entries(settings).filter(([, { scope }]) => scope === 'application');
	assert.equal(
		open.map(([name]) => name),
		['source', 'recursive'],
	);
	for (const [name, { scope }] of Object.entries(settings)) {
		if (scope !== 'operator') continue;
		const fromApplication = { ...argo, [`ARGOCD_ENV_${environmentName(name)}`]: '/evil' };
		assert.equal(resolveSettings({}, fromApplication), resolveSettings({}, argo), name);
		const parameters = { ...argo, ARGOCD_APP_PARAMETERS: JSON.stringify([{ name, string: '/evil' }]) };
		const problem = refusal(() => resolveSettings({}, parameters));
		assert.is(problem.message, `there is no plugin parameter "${name}"`);
		assert.is(problem.hint, 'An Application may set source, recursive.');
	}
});

test('a value that a setting does not take is refused with where it comes from', () => {
	const cases: [Record<string, unknown>, NodeJS.ProcessEnv, string, string][] = [
		[{ source: 'helm' }, {}, '--source cannot be "helm"', 'It takes auto, plain, kustomize.'],
		[{}, { KUBEDB_RENDER_SOURCE: 'helm' }, 'KUBEDB_RENDER_SOURCE cannot be "helm"', 'It takes auto, plain, kustomize.'],
		[
			{},
			{ ARGOCD_ENV_KUBEDB_RENDER_RECURSIVE: 'yes' },
			'ARGOCD_ENV_KUBEDB_RENDER_RECURSIVE cannot be "yes"',
			'It takes true, false.',
		],
		[
			{},
			{ ARGOCD_APP_PARAMETERS: '[{"name":"recursive","string":"1"}]' },
			'the plugin parameter recursive cannot be "1"',
			'It takes true, false.',
		],
		[{ application: 'shop' }, {}, '--application cannot be "shop"', 'It takes <namespace>/<name>.'],
		[{ application: 'a/b/c' }, {}, '--application cannot be "a/b/c"', 'It takes <namespace>/<name>.'],
		...['0', '3601', '-1', '1e3', 'NaN', '15s', '1.5'].map(
			(value): [Record<string, unknown>, NodeJS.ProcessEnv, string, string] => [
				{ requestTimeout: value },
				{},
				`--request-timeout cannot be "${value}"`,
				'It takes a number from 1 to 3600.',
			],
		),
	];
	for (const [flags, environment, message, hint] of cases) {
		const problem = refusal(() => resolveSettings(flags, environment));
		assert.is(problem.code, 'setting');
		assert.is(problem.message, message);
		assert.is(problem.hint, hint);
	}
	for (const value of ['1', '15', '999', '2999', '3599', '3600'])
		assert.is(resolveSettings({ requestTimeout: value }, {})['request-timeout'], value);
});

test('plugin parameters that are none are refused', () => {
	const cases: [string, string][] = [
		['{"name":"source"}', 'ARGOCD_APP_PARAMETERS is no JSON list'],
		['[{"name":', 'ARGOCD_APP_PARAMETERS is no JSON list'],
		['[null]', 'there is no plugin parameter null'],
		['["source"]', 'there is no plugin parameter null'],
		['[{"name":7,"string":"plain"}]', 'there is no plugin parameter 7'],
		['[{"name":"sorce","string":"plain"}]', 'there is no plugin parameter "sorce"'],
		['[{"name":"toString","string":"plain"}]', 'there is no plugin parameter "toString"'],
		['[{"name":"source","array":["plain"]}]', 'the plugin parameter source takes a string'],
		['[{"name":"source","map":{"a":"b"}}]', 'the plugin parameter source takes a string'],
		['[{"name":"source"}]', 'the plugin parameter source takes a string'],
	];
	for (const [text, message] of cases)
		assert.is(refusal(() => resolveSettings({}, { ...argo, ARGOCD_APP_PARAMETERS: text })).message, message, text);
});

test('an Application without parameters has none', () => {
	for (const text of ['', 'null', '[]', ' [ ] '])
		assert.is(resolveSettings({}, { ...argo, ARGOCD_APP_PARAMETERS: text }).source, 'auto', text);
});

test.run();
