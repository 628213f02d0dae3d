/** Refusals that the two kinds of the fixtures cannot show: of a catalog with gaps, and of kinds that lack something. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kindOf, makeKind } from '../../src/catalog/catalog.js';
import type { KindFacts } from '../../src/catalog/types.js';
import { splitStream } from '../../src/input/stream.js';
import { parseChunk } from '../../src/input/yaml.js';
import type { JsonObject } from '../../src/json.js';
import { type Problem, showProblem } from '../../src/problems.js';
import { readOptions } from '../../src/render/options.js';
import { render } from '../../src/render/render.js';
import { reporter } from '../../src/render/report.js';
import type { Desired, Memory } from '../../src/render/situation.js';
import { takeApart } from '../../src/render/source.js';

const unseen = { live: 'unknown', requests: 'unknown', inProgress: 'unknown' } as const;
const postgres = kindOf('Postgres')?.facts as KindFacts;

function source(spec: string, annotations = '{}'): string {
	return `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata: {name: orders, namespace: demo, annotations: ${annotations}}
spec:
  version: "16.4"
  storage: {resources: {requests: {storage: 5Gi}}}
${spec}`;
}

/** The database of a text under a catalog of its own. */
function desiredOf(text: string, facts: KindFacts): Desired {
	const { databases, problems } = takeApart(splitStream({ name: 'orders.yaml', text }), undefined);
	assert.equal(problems, []);
	return { ...(databases[0] as Desired), kind: makeKind(facts) };
}

function textOf(problems: readonly Problem[]): string {
	return problems.map((problem) => showProblem(problem)).join('\n');
}

test('a change of a field that the catalog does not speak of is refused', () => {
	const gap = { ...postgres, unsupported: postgres.unsupported.filter(({ paths }) => !paths.includes('spec.mode')) };
	const before = render(desiredOf(source('  mode: Cluster\n'), gap), { ...unseen, plan: undefined, state: undefined });
	const { plan, state } = before.outcome;
	const memory: Memory = { ...unseen, plan, state };
	assert.is(
		textOf(render(desiredOf(source('  mode: RemoteReplica\n'), gap), memory).problems),
		[
			'orders.yaml:7:9: error[unknown-change]: Postgres demo/orders: spec.mode cannot be changed from Cluster to RemoteReplica: it is not known how KubeDB carries that out',
			'   7 |   mode: RemoteReplica',
			'     |         ^^^^^^^^^^^^^',
			'   Put Cluster back.',
		].join('\n'),
	);
});

test('annotations about operations that a kind has not got are refused', () => {
	const { ReconfigureTLS, VolumeExpansion, ...operations } = postgres.operations;
	assert.ok(ReconfigureTLS && VolumeExpansion);
	const marks = { 'rotate-certificates': '"1"', 'volume-expansion-mode': 'Online', 'timeout.volumeexpansion': '1h' };
	const annotations = Object.entries(marks).map(([name, value]) => `kubedb-render/${name}: ${value}`);
	const text = source('', `{${annotations.join(', ')}}`);
	const [chunk] = splitStream({ name: 'orders.yaml', text });
	assert.ok(chunk);
	const { metadata } = parseChunk(chunk).value as { metadata: { annotations: JsonObject } };
	const problems: Problem[] = [];
	const report = reporter({ chunk, path: [], subject: 'Postgres demo/orders' }, problems);
	readOptions(metadata.annotations, makeKind({ ...postgres, operations }), report);
	assert.equal(
		problems.map(({ code, message, hint }) => `${code}: ${message}. ${hint}`),
		[
			'annotation: annotation kubedb-render/rotate-certificates means nothing for Postgres. Remove it.',
			'annotation: annotation kubedb-render/volume-expansion-mode means nothing for Postgres. Remove it.',
			'annotation: annotation kubedb-render/timeout.volumeexpansion names no operation of Postgres. There are versionupdate, horizontalscaling, verticalscaling, reconfigure, rotate-auth, storagemigration, restart.',
		],
	);
});

test('what may be a secret shows neither in the text nor in the line of a problem', () => {
	const env = '  podTemplate: {spec: {containers: [{name: postgres, env: [{name: A, value: 48151623}]}]}}\n';
	const auth = '  authSecret: {name: orders-auth}\n';
	const secret = (value: string) => `---
apiVersion: v1
kind: Secret
metadata: {name: orders-auth, namespace: demo}
stringData:
  password: ${value}
`;
	for (const text of [
		source(env),
		source(auth) + secret('!!int a48151623'),
		source(auth) + secret('"48151623'),
		source(`  replicas: x\n${auth}`) + secret('0481_51623'),
	]) {
		const { problems } = takeApart(splitStream({ name: 'orders.yaml', text }), undefined);
		assert.ok(problems.length > 0);
		assert.not.match(JSON.stringify(problems), /48_?151623/);
	}
});

test.run();
