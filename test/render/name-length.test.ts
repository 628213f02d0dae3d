import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import type { JsonObject } from '../../src/json.js';
import { checkNameLength } from '../../src/render/name-length.js';

/** The message about a name of so many characters, or undefined. */
function about(kind: string, length: number, spec: JsonObject): string | undefined {
	const messages: string[] = [];
	const id = { kind, namespace: 'demo', name: 'n'.repeat(length) };
	checkNameLength((kindOf(kind) as Kind).facts, id, { spec }, ({ message }) => messages.push(message));
	assert.ok(messages.length <= 1, 'one message, whatever is too long');
	return messages[0]?.replaceAll(id.name, 'NAME');
}

test('a name of 52 characters leaves room for the revisions of a PetSet, one of 53 does not', () => {
	assert.is(about('RabbitMQ', 52, {}), undefined);
	assert.is(about('RabbitMQ', 53, {}), 'the name is too long for KubeDB: 53 characters, 52 are possible');
});

test('what a field says is part of the name that KubeDB makes, or what the field is by default', () => {
	const topology = (suffix?: string): JsonObject => ({
		topology: { controller: suffix ? { suffix } : { replicas: 1 } },
	});
	assert.is(about('Kafka', 41, topology()), undefined);
	assert.match(about('Kafka', 42, topology()) ?? '', 'NAME-controller has 53 characters, 52 are possible');
	assert.is(about('Kafka', 50, topology('c')), undefined);
	assert.match(about('Kafka', 51, topology('c')) ?? '', 'NAME-c has 53 characters, 52 are possible');
	assert.is(about('Kafka', 52, {}), undefined, 'a combined cluster has no controllers of its own');
});

test.run();
