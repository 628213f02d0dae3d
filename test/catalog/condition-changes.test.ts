import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holds, type Situation } from '../../src/catalog/condition.js';
import type { Change } from '../../src/catalog/types.js';
import type { JsonObject } from '../../src/json.js';

const issuer = { kind: 'Issuer', name: 'ca' };
const tls = { spec: { tls: { issuerRef: issuer } } };
const plain = { spec: {} };
/** KubeDB's webhook names a Secret for each certificate. */
const withDefaults = {
	spec: { tls: { certificates: [{ alias: 'server', secretName: 'db-server' }], issuerRef: issuer } },
};

function changesOf(situation: Partial<Situation> & { desired: JsonObject }, path = 'spec.tls'): Change[] {
	const all: Change[] = ['added', 'changed', 'removed', 'grown', 'shrunk'];
	return all.filter((change) => holds({ changes: { [path]: [change] } }, { defaults: {}, ...situation }));
}

test('a change is one between what git says and what it said, whatever the live database was filled up with', () => {
	assert.equal(changesOf({ desired: tls, previous: withDefaults, live: withDefaults, rendered: tls }), []);
	assert.equal(changesOf({ desired: plain, previous: withDefaults, live: withDefaults, rendered: plain }), []);
	assert.equal(changesOf({ desired: tls, previous: withDefaults, live: withDefaults, rendered: plain }), ['added']);
	assert.equal(changesOf({ desired: plain, previous: plain, live: plain, rendered: tls }), ['removed']);
	assert.equal(changesOf({ desired: withDefaults, previous: tls, rendered: tls }), ['changed']);
});

test('the order of keys is no change', () => {
	const rendered = { spec: { tls: { issuerRef: { name: 'ca', kind: 'Issuer' } } } };
	assert.equal(changesOf({ desired: tls, previous: rendered, rendered }), []);
});

test('where nothing was rendered, the live database is what git changes, as far as git names it', () => {
	assert.equal(changesOf({ desired: tls, previous: withDefaults, live: withDefaults }), []);
	assert.equal(changesOf({ desired: plain, previous: withDefaults, live: withDefaults }), ['removed']);
	assert.equal(changesOf({ desired: tls, previous: plain, live: plain }), ['added']);
	const other = { spec: { tls: { issuerRef: { kind: 'Issuer', name: 'other' } } } };
	assert.equal(changesOf({ desired: other, previous: withDefaults, live: withDefaults }), ['changed']);
});

test('what an unsettled plan changed counts as changed', () => {
	const other = { spec: { tls: { issuerRef: { kind: 'Issuer', name: 'other' } } } };
	assert.equal(changesOf({ desired: tls, previous: tls, rendered: tls, planned: other }), ['changed']);
	assert.equal(changesOf({ desired: plain, previous: plain, rendered: plain, planned: tls }), ['removed']);
});

test('a number grows or shrinks against the live database, an unset one counts as its default', () => {
	const desired = { spec: { replicas: 3 } };
	const at = (replicas: number) => ({ previous: { spec: { replicas } }, live: { spec: { replicas } } });
	assert.equal(changesOf({ desired, ...at(5), rendered: desired }, 'spec.replicas'), ['shrunk']);
	assert.equal(changesOf({ desired, ...at(2), rendered: { spec: { replicas: 2 } } }, 'spec.replicas'), [
		'changed',
		'grown',
	]);
	const defaults = { 'spec.replicas': 2 };
	assert.equal(changesOf({ desired, previous: plain, rendered: plain, defaults }, 'spec.replicas'), ['added', 'grown']);
	const size = (text: string) => ({ spec: { storage: text } });
	assert.equal(changesOf({ desired: size('1Gi'), previous: size('512Mi') }, 'spec.storage'), ['changed', 'grown']);
});

test.run();
