/** fixtures/<kind>/<case>: what is rendered step by step, and the laws that hold for every case. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kindNames } from '../src/catalog/catalog.js';
import { schemaErrors } from '../src/catalog/schema.js';
import { splitStream } from '../src/input/stream.js';
import { parseChunk } from '../src/input/yaml.js';
import type { JsonObject } from '../src/json.js';
import { memoryFrom } from '../src/memory/files.js';
import { itemsOf, printManifests } from '../src/output/manifests.js';
import { renderAll } from '../src/render/render-all.js';
import { takeApart } from '../src/render/source.js';
import { runCase, type Step, sourcesOf } from '../src/testing/cases.js';
import { checkReadme, compareFiles, fixtures, foldersIn } from './golden.js';
import { schemaProblems } from './ops-schema.js';

const names = new Set(kindNames().map((kind) => kind.toLowerCase()));
const kinds = foldersIn(fixtures).filter((name) => names.has(name));

for (const kind of kinds) {
	for (const name of foldersIn(join(fixtures, kind))) {
		const folder = join(fixtures, kind, name);
		test(`${kind}/${name}: every step is as expected, the fixed point follows, and the schemas hold`, () => {
			checkReadme(folder);
			const steps = runCase(folder);
			for (const { folder: step, actual, compared } of steps) compareFiles(step, compared, actual);
			assert.equal(runCase(folder), steps, 'rendering twice gives the same');
			const last = steps.findLast(({ actual }) => actual['expected.yaml'] !== undefined);
			if (last) reachesFixedPoint(last);
			for (const { actual } of steps) for (const object of objectsIn(actual['expected.yaml'])) fitsSchema(object);
		});
	}
}

test('there are cases', () => assert.ok(kinds.length > 0));

/** Once a render is applied completely, the next asks for nothing, and the one after that changes nothing. */
function reachesFixedPoint(step: Step): void {
	const next = renderedAfter(step, step.actual['expected.yaml'] as string);
	assert.is(objectsIn(next).filter(isOpsRequest).length, 0, 'nothing is left to do');
	assert.fixture(renderedAfter(step, next), next, 'rendering again changes nothing');
}

/** The manifests of a step's source where an output is applied and the cluster cannot be seen. */
function renderedAfter({ folder }: Step, output: string): string {
	const memory = memoryFrom(splitStream({ name: 'output', text: output }));
	const parts = takeApart(sourcesOf(folder).flatMap(splitStream), undefined);
	const unseen = { live: 'unknown', requests: 'unknown', inProgress: 'unknown' } as const;
	const { rendered } = renderAll(parts, (id) => ({ ...unseen, ...memory.of(id) }));
	return printManifests(itemsOf(rendered, parts.foreign), 'yaml');
}

function objectsIn(text = ''): JsonObject[] {
	return splitStream({ name: 'output', text }).map((chunk) => parseChunk(chunk).value as JsonObject);
}

function isOpsRequest({ apiVersion }: JsonObject): boolean {
	return String(apiVersion).startsWith('ops.kubedb.com/');
}

/** The spec of a database CR has the schema of its gitops CR. */
function fitsSchema({ apiVersion, kind, spec }: JsonObject): void {
	const name = String(kind);
	if (String(apiVersion).startsWith('kubedb.com/')) assert.equal(schemaErrors(name, spec), []);
	if (String(apiVersion).startsWith('ops.')) assert.is(schemaProblems(name.replace(/OpsRequest$/, ''), spec), '');
}

test.run();
