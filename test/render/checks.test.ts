import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeKind } from '../../src/catalog/catalog.js';
import type { Check, KindFacts } from '../../src/catalog/types.js';
import type { JsonObject } from '../../src/json.js';
import { checkDatabase } from '../../src/render/checks.js';
import { showPath } from '../../src/render/path.js';

function refusals(spec: JsonObject, facts: Partial<KindFacts>): string[] {
	const found: string[] = [];
	const kind = makeKind({
		kind: 'Thing',
		plural: 'things',
		shortNames: [],
		database: 'kubedb.com/v1',
		opsRequest: 'ThingOpsRequest',
		opsRequestPlural: 'thingopsrequests',
		topologies: {},
		operations: {},
		restart: { documented: [], inferred: [] },
		direct: [],
		immutable: [],
		unsupported: [],
		...facts,
	});
	checkDatabase(kind, { spec }, ({ message, path }) => {
		assert.ok(message.startsWith(`${showPath(path ?? [])} `), message);
		found.push(message);
	});
	return found;
}

const check = (path: string, refuse: Check['refuse'], because: string): Partial<KindFacts> => ({
	checks: [{ path, refuse, because }],
});

test('a check with a wildcard is made for each item, and names the one that is wrong', () => {
	const alias = 'spec.tls.certificates[*].alias';
	const facts = check(alias, { desired: { [alias]: { not: ['server', 'client'] } } }, 'there is no such certificate');
	const certificates = ['server', 'peer', 'client'].map((name) => ({ alias: name }));
	assert.equal(refusals({ tls: { certificates } }, facts), [
		'spec.tls.certificates[alias=peer].alias cannot be peer: there is no such certificate',
	]);
	assert.equal(refusals({}, facts), []);
});

test('items without a key are told apart by their place', () => {
	const ports = 'spec.serviceTemplates[*].spec.ports';
	const facts = check(ports, { desired: { [ports]: 'unset' } }, 'a Service needs some');
	const serviceTemplates = [{ spec: { ports: [{ port: 1 }] } }, { spec: {} }];
	assert.equal(refusals({ serviceTemplates }, facts), [
		'spec.serviceTemplates[1].spec.ports is missing: a Service needs some',
	]);
});

test('a check with a wildcard is made for each key of a map', () => {
	const path = 'spec.configuration.inline.*';
	const facts = check(path, { desired: { [path]: { unlike: '^a=' } } }, 'no a');
	assert.equal(refusals({ configuration: { inline: { x: 'a=1', 'y.conf': 'b=1' } } }, facts), [
		'spec.configuration.inline[y.conf] is refused: no a',
	]);
});

test('a check without a wildcard is made once, on the database as a whole', () => {
	const facts = check('spec.mode', { desired: { 'spec.mode': 'unset' } }, 'spec.mode is missing');
	assert.equal(refusals({}, facts), ['spec.mode is missing']);
	assert.equal(refusals({ mode: 'x' }, facts), []);
});

test.run();
