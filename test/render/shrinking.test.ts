import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindOf } from '../../src/catalog/catalog.js';
import type { Json, JsonObject } from '../../src/json.js';
import type { Field } from '../../src/render/field.js';
import { parsePath, setAt } from '../../src/render/path.js';
import { refuseShrinking } from '../../src/render/shrinking.js';
import type { Operation } from '../../src/render/standing.js';

const clickhouse = kindOf('ClickHouse') as Kind;
const shards = 'spec.clusterTopology.cluster.shards';
const volume = 'spec.clusterTopology.cluster.storage.resources.requests.storage';

interface Held {
	/** Of the live database; absent where it is not seen. */
	readonly live?: Json;
	readonly before: Json;
	readonly planned?: Json;
	/** Whether the operation of the unsettled plan may still do something. */
	readonly isLive?: boolean;
	/** What requests that wait or run want. */
	readonly targets?: Json[];
}

/** What is reported when a field is wanted to have a value. */
function reported(path: string, wanted: Json, { live, before, planned, isLive = false, targets = [] }: Held): string[] {
	const at = (value: Json): JsonObject => {
		const root: JsonObject = {};
		setAt(root, parsePath(path), value);
		return root;
	};
	const match = clickhouse.matching(parsePath(path)).find(({ entry }) => entry.class === 'operation');
	if (!match) throw new Error(`no operation carries ${path}`);
	const { operation: type = '', row } = match.entry;
	const field = { id: path, type, group: type, match, ...(row ? { row } : {}) } as Field;
	const root = live === undefined ? undefined : at(live);
	const problems: string[] = [];
	const input = {
		desired: { root: at(wanted) },
		memory: { live: root ? { root } : 'unknown' },
		before: { root: at(before) },
		planned: planned === undefined ? undefined : { root: at(planned) },
		old: planned === undefined ? [] : [{ name: 'o', type, fields: [path] } as unknown as Operation],
		standing: { isLive: () => isLive, targets: () => targets },
		situation: { live: root },
		report: ({ code, message, hint }: { code: string; message: string; hint?: string }) =>
			problems.push(`${code}: ${message}. ${hint}`),
	};
	const refused = refuseShrinking(input as unknown as Parameters<typeof refuseShrinking>[0], field);
	assert.is(refused, problems.length > 0);
	return problems;
}

test('fewer shards than there are: refused', () => {
	assert.equal(reported(shards, 1, { live: 2, before: 2 }), [
		`number-shrinks: ${shards} cannot shrink from 2 to 1. KubeDB takes only a larger number here, and this one has 2. Write 2, or restore a backup into a new database.`,
	]);
});

test('fewer shards than an operation on its way makes: refused, and said why', () => {
	const [problem = ''] = reported(shards, 2, { live: 2, before: 2, planned: 4, isLive: true });
	assert.match(problem, 'cannot shrink from 4 to 2');
	assert.match(problem, 'an operation from 2 to 4 is on its way.');
});

test('fewer shards than a failed operation was to make: taken back', () => {
	assert.equal(reported(shards, 2, { live: 2, before: 2, planned: 4 }), []);
});

test('fewer shards than a request of other hands makes: refused', () => {
	assert.match(reported(shards, 3, { live: 2, before: 2, targets: [5] })[0] ?? '', 'cannot shrink from 5 to 3');
});

test('shards without a cluster to look at: neither what was done nor what was planned becomes smaller', () => {
	assert.match(reported(shards, 3, { before: 2, planned: 4 })[0] ?? '', 'cannot shrink from 4 to 3');
	assert.equal(reported(shards, 4, { before: 2, planned: 4 }), []);
});

test('as many shards as there are, or more: not refused', () => {
	assert.equal(reported(shards, 2, { live: 2, before: 2 }), []);
	assert.equal(reported(shards, 3, { live: 2, before: 2 }), []);
});

test('a smaller volume: refused in words about volumes', () => {
	assert.equal(reported(volume, '1Gi', { live: '2Gi', before: '2Gi' }), [
		`volume-shrinks: ${volume} cannot shrink from 2Gi to 1Gi. KubeDB can only expand volumes, and this one has 2Gi. Write 2Gi, or restore a backup into a new database.`,
	]);
	assert.match(
		reported(volume, '1Gi', { live: '1Gi', before: '1Gi', planned: '2Gi', isLive: true })[0] ?? '',
		'an expansion from 1Gi to 2Gi is on its way.',
	);
});

test.run();
