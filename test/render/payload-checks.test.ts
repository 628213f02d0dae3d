import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Operation } from '../../src/catalog/types.js';
import type { JsonObject } from '../../src/json.js';
import type { PayloadInput } from '../../src/render/payload.js';
import { checkPayload } from '../../src/render/payload-checks.js';

const databaseWith = (spec: JsonObject) =>
	({
		desired: { options: {} },
		fields: [],
		situation: { desired: { spec }, previous: { spec }, defaults: {} },
	}) as unknown as PayloadInput;

function refusals(request: JsonObject, form: Operation, database: JsonObject = {}): string[] {
	const found: string[] = [];
	checkPayload({ spec: request }, databaseWith(database), form, ({ message }) => found.push(message));
	return found;
}

test('a refusal looks at what a request has not got, too', () => {
	const form: Operation = {
		refuse: [
			{
				payload: { 'spec.tls.client': { isNot: true }, 'spec.tls.issuerRef': 'unset', 'spec.tls.remove': 'unset' },
				because: 'nothing is asked for',
			},
		],
	};
	assert.equal(refusals({ tls: { client: false } }, form), ['nothing is asked for']);
	assert.equal(refusals({ tls: { client: true } }, form), []);
	assert.equal(refusals({ tls: { client: false, issuerRef: { name: 'ca' } } }, form), []);
	assert.equal(refusals({ tls: { remove: true } }, form), []);
});

test('a refusal by the database needs no payload', () => {
	const form: Operation = {
		refuse: [{ when: { previous: { 'spec.disableSecurity': true } }, because: 'security is off' }],
	};
	assert.equal(refusals({}, form, { disableSecurity: true }), ['security is off']);
	assert.equal(refusals({}, form), []);
});

test('a refusal by both holds only where both do', () => {
	const form: Operation = {
		refuse: [{ payload: { 'spec.x': 1 }, when: { previous: { 'spec.y': 1 } }, because: 'x beside y' }],
	};
	assert.equal(refusals({ x: 1 }, form, { y: 1 }), ['x beside y']);
	assert.equal(refusals({ x: 1 }, form, { y: 2 }), []);
	assert.equal(refusals({ x: 2 }, form, { y: 1 }), []);
});

test.run();
