import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';

declare const PROJECT_ROOT: string;

const read = (name: string) => readFileSync(join(PROJECT_ROOT, 'sidecar', name), 'utf8');

test('the Dockerfile is valid, runs as 999, and copies what is there', () => {
	const text = read('Dockerfile');
	assert.equal(
		validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`),
		[],
	);
	assert.match(text, /^USER 999$/m);
	assert.not.match(text, /:latest/);
	const copies = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '));
	for (const file of copies) assert.ok(existsSync(join(PROJECT_ROOT, file)), file);
});

test('the Application and the ApplicationSet name the plugin and a namespace', () => {
	const application = parse(read('application.yaml'));
	const set = parse(read('applicationset.yaml'));
	for (const { source, destination } of [application.spec, set.spec.template.spec]) {
		assert.is(source.plugin.name, 'kubedb-render');
		assert.ok(destination.namespace);
	}
	assert.ok(set.spec.syncPolicy.preserveResourcesOnDeletion);
});

test.run();
