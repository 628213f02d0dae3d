import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import { splitStream } from '../../src/input/stream.js';
import { parseChunk } from '../../src/input/yaml.js';
import { isObject, type Json, type JsonObject, prettyJson } from '../../src/json.js';
import { memoryFrom } from '../../src/memory/files.js';
import type { Identity } from '../../src/memory/memory.js';
import { itemsOf, printManifests } from '../../src/output/manifests.js';
import { planMarkdown } from '../../src/output/plan-markdown.js';
import { type DatabaseReport, reportOf } from '../../src/output/plan-report.js';
import { planText } from '../../src/output/plan-text.js';
import { liveOf, requestsOf } from '../../src/render/live.js';
import { renderAll } from '../../src/render/render-all.js';
import type { Memory } from '../../src/render/situation.js';
import { takeApart } from '../../src/render/source.js';

const postgres = kindOf('Postgres') as Kind;
const unseen = { live: 'unknown', requests: 'unknown', inProgress: 'unknown' } as const;

interface Seen {
	readonly database?: JsonObject;
	readonly requests?: readonly JsonObject[];
}

test('a new database is created: no operations, and that is what it says', () => {
	const report = planned([source()]);
	assert.equal([report.situation, report.generation, report.operations, report.notes], ['creation', 1, [], []]);
	assert.is(
		planText([report]),
		'Postgres demo/orders                                          generation 1\n  new: created as it is\n\nPlan: 1 database to create, 0 operations on 1 database.\n',
	);
});

test('nothing to do is said to be nothing', () => {
	const text = planText([planned([source(), source()])]);
	assert.match(text, /\n {2}nothing to do\n\nPlan: 0 operations on 1 database\.\n$/);
});

test('no database is no block', () => {
	assert.is(planText([]), '\nPlan: 0 operations on 0 databases.\n');
});

test('integers beyond 2^53 are shown as they are', () => {
	const seconds = (value: string) => source(`podTemplate: {spec: {terminationGracePeriodSeconds: ${value}}}`);
	const report = planned([seconds('9007199254740993'), seconds('9007199254740995')]);
	const change = '9007199254740993 -> 9007199254740995';
	assert.match(planText([report]), change);
	assert.match(planMarkdown([report]), change);
	assert.match(prettyJson([report] as unknown as Json), '"to": 9007199254740995');
	assert.is(planned([seconds('9007199254740993'), seconds('9007199254740993')]).situation, 'settled');
});

test('a value that may be secret is said to have changed, before and after', () => {
	const env = (value: string) =>
		source(`podTemplate: {spec: {containers: [{name: postgres, env: [{name: A, value: ${value}}]}]}}`);
	const report = planned([env('hunter2'), env('hunter3')]);
	const all = planText([report]) + planMarkdown([report]) + prettyJson([report] as unknown as Json);
	assert.not.match(all, /hunter/);
	assert.match(all, 'changed');
	assert.match(all, '"secret": true');
});

test('a direct change is told apart from operations, and counted', () => {
	const report = planned([source(), source('deletionPolicy: Delete\n  replicas: 3')]);
	const text = planText([report]);
	assert.match(text, /\n {2}= {2}applied directly {2}deletionPolicy {2}\(none\) -> Delete\n/);
	assert.match(text, /Plan: 1 operation, 1 direct change on 1 database\./);
});

test('long values are cut', () => {
	const policy = (text: string) => source(`podTemplate: {metadata: {annotations: {note: "${text}"}}}`);
	const text = planText([planned([policy('x'), policy('y'.repeat(100))])]);
	assert.match(text, `${'y'.repeat(57)}...`);
	assert.not.match(text, 'y'.repeat(58));
});

test('how far a request is, and what KubeDB says of it, stands beside the operation', () => {
	const sources = [source('replicas: 3'), source('replicas: 5')];
	const { name } = planned(sources).operations[0] as { name: string };
	const request = (phase: string): JsonObject => ({
		metadata: { name },
		spec: { type: 'HorizontalScaling', databaseRef: { name: 'orders' }, horizontalScaling: { replicas: 5 } },
		status: { phase, conditions: [{ type: phase, message: 'no room' }] },
	});
	const at = (phase: string) =>
		planned([...sources, source('replicas: 5')], { database: live(3), requests: [request(phase)] });
	const running = at('Progressing');
	assert.equal([running.operations[0]?.phase, running.operations[0]?.message], ['Progressing', 'no room']);
	assert.equal(running.notes, []);
	assert.match(planText([running]), /\(Progressing/);
	assert.is(at('').operations[0]?.phase, 'new');

	const failed = at('Failed');
	assert.equal(failed.notes, [
		`${name} has failed: no room. The next sync fails there again, until the annotation kubedb-render/retry changes or the change is taken back.`,
	]);
	assert.match(planText([failed]), `\n  !  ${name} has failed: no room.`);
});

test('drift is told with both values, and what becomes of it', () => {
	const drifted = (options = '') =>
		planned([source('replicas: 3'), source('replicas: 3', options)], { database: live(7), requests: [] });
	const kept = drifted();
	assert.equal(kept.drift, [{ path: 'spec.replicas', git: 3, live: 7, repaired: false }]);
	assert.match(planText([kept]), /\n {2}~ {2}drift {2}replicas {2}git 3, live 7: is left as it is/);
	const repaired = drifted('kubedb-render/drift: repair');
	assert.equal(
		repaired.operations.map(({ type }) => type),
		['HorizontalScaling'],
	);
});

test('colours mark what they mark, and nothing else differs', () => {
	const report = planned([source(), source('deletionPolicy: Delete\n  replicas: 3')]);
	const marked = planText([report], (style, text) => `<${style}>${text}</${style}>`);
	assert.match(marked, '<bold>HorizontalScaling</bold>');
	assert.match(marked, '<green>=</green>');
	assert.is(marked.replace(/<\/?[a-z]+>/g, ''), planText([report]));
});

test.run();

function source(spec = '', annotations = ''): string {
	return `apiVersion: gitops.kubedb.com/v1alpha1
kind: Postgres
metadata:
  name: orders
  namespace: demo
  annotations: {${annotations}}
spec:
  version: "16.4"
  storage: {resources: {requests: {storage: 1Gi}}}
  ${spec}
`;
}

/** The report on the last of some sources that are rendered and applied one after the other. */
function planned(sources: readonly string[], seen?: Seen): DatabaseReport {
	let output: string | undefined;
	let report: DatabaseReport | undefined;
	for (const [i, text] of sources.entries()) {
		const parts = takeApart(splitStream({ name: 'in.yaml', text }), undefined);
		const before = output === undefined ? undefined : memoryFrom(splitStream({ name: 'out.yaml', text: output }));
		const isLast = i === sources.length - 1;
		const { rendered } = renderAll(parts, (id): Memory => {
			const remembered = before?.of(id) ?? { plan: undefined, state: undefined };
			return { ...remembered, ...(isLast && seen ? around(id, seen, output ?? '') : unseen) };
		});
		output = printManifests(itemsOf(rendered, parts.foreign), 'yaml');
		report = rendered.map(reportOf)[0];
	}
	return report as DatabaseReport;
}

/** The live database carries the plan that was rendered last, unless requests are on their way. */
function around(id: Identity, { database, requests = [] }: Seen, output: string): Omit<Memory, 'plan' | 'state'> {
	const digest = /kubedb-render\/plan: "?([0-9a-f]{64})/.exec(output)?.[1] ?? '';
	const annotations = requests.length === 0 ? { 'kubedb-render/plan': digest } : {};
	const object = database && { ...database, metadata: { ...(database.metadata as JsonObject), annotations } };
	return {
		live: object ? liveOf(postgres, id, object) : 'absent',
		requests: requestsOf(postgres, id, requests),
		inProgress: requests.length > 0,
	};
}

function live(replicas: number): JsonObject {
	const [chunk] = splitStream({ name: 'live.yaml', text: source(`replicas: ${replicas}`) });
	const value = chunk && parseChunk(chunk).value;
	if (!isObject(value)) throw new Error('no database');
	return { ...value, metadata: { name: 'orders', namespace: 'demo', uid: 'u-1' } };
}
