/** Whatever stands in a source, the end is output or a refusal, never a crash. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitStream } from '../src/input/stream.js';
import { isObject, type Json, type JsonObject, parseJson, toJson } from '../src/json.js';
import { Refusal } from '../src/problems.js';
import { renderAll } from '../src/render/render-all.js';
import type { Memory } from '../src/render/situation.js';
import { takeApart } from '../src/render/source.js';

const nothing: Memory = {
	plan: undefined,
	state: undefined,
	live: 'unknown',
	requests: 'unknown',
	inProgress: 'unknown',
};

const postgres = {
	apiVersion: 'gitops.kubedb.com/v1alpha1',
	kind: 'Postgres',
	metadata: {
		name: 'orders',
		namespace: 'demo',
		labels: { team: 'shop' },
		annotations: { 'kubedb-render/timeout': '30m', 'kubedb-render/retry.reconfigure': '1', 'a/b': 'c' },
	},
	spec: {
		version: '16.4',
		replicas: 3,
		storage: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
		configuration: { inline: { 'user.conf': 'max_connections = 300' } },
		authSecret: { name: 'orders-auth', rotateAfter: '24h' },
		readReplicas: [{ name: 'reports', replicas: 1, storage: { resources: { requests: { storage: '1Gi' } } } }],
		podTemplate: { spec: { containers: [{ name: 'postgres', env: [{ name: 'A', value: 'b' }], resources: {} }] } },
		tls: { issuerRef: { name: 'ca', kind: 'Issuer' }, certificates: [{ alias: 'server', dnsNames: ['x'] }] },
		streamingMode: 'Synchronous',
		synchronousReplicationConfig: { numSyncReplicas: 1 },
	},
};

const mariadb = {
	...postgres,
	kind: 'MariaDB',
	spec: {
		version: '11.5.2',
		replicas: 3,
		topology: { mode: 'MariaDBReplication', maxscale: { replicas: 3, storage: postgres.spec.storage } },
		storage: postgres.spec.storage,
		configuration: { secretName: 'shop-config' },
		requireSSL: true,
		init: { script: { configMap: { name: 'init' } } },
	},
};

const secret = {
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: { name: 'orders-auth', namespace: 'demo', annotations: { 'kubedb.com/x': 'y' } },
	data: { password: 'c2VjcmV0' },
};

const values = fc.oneof(
	fc.constantFrom<Json>(null, true, 0, 3, 1.5, -1, 2n ** 60n, '', 'x', '5Gi', '0', [], {}, [null], [[]], [1, 'a'], {
		a: 1,
	}),
	fc.constantFrom<Json>([{ name: 'a' }, { name: 'a' }], [{ name: null }], { name: {} }, ['__proto__'], { '': 0 }),
);

/** Replaces, removes or adds something at a place that the numbers lead to. */
function mutate(value: Json, steps: readonly number[], to: Json, how: number): Json {
	const [step = 0, ...rest] = steps;
	if (Array.isArray(value)) {
		if (value.length === 0 || rest.length === 0) return to;
		const at = step % value.length;
		return value.map((item, i) => (i === at ? mutate(item, rest, to, how) : item));
	}
	if (!isObject(value) || Object.keys(value).length === 0) return to;
	const keys = Object.keys(value);
	const key = keys[step % keys.length] as string;
	if (rest.length > 0) return { ...value, [key]: mutate(value[key] as Json, rest, to, how) };
	if (how === 0) return Object.fromEntries(Object.entries(value).filter(([each]) => each !== key));
	return { ...value, [how === 1 ? key : 'another']: to };
}

test('a source with anything anywhere is rendered or refused, and every refusal has a place', () => {
	const object = fc.constantFrom<JsonObject>(postgres, mariadb, secret);
	const mutation = fc.tuple(fc.array(fc.nat(20), { minLength: 1, maxLength: 8 }), values, fc.nat(2));
	fc.assert(
		fc.property(object, fc.array(mutation, { minLength: 1, maxLength: 3 }), (first, mutations) => {
			const changed = mutations.reduce<Json>((at, [steps, to, how]) => mutate(at, steps, to, how), first);
			const text = [postgres, changed].map((each) => toJson(each as Json)).join('\n');
			assert.equal(parseJson(toJson(changed)), changed);
			try {
				renderAll(takeApart(splitStream({ name: 'source', text }), undefined), () => nothing);
			} catch (error) {
				if (!(error instanceof Refusal)) throw error;
				for (const { place, message } of error.problems) {
					assert.ok(place && place.line >= 1 && place.column >= 1, message);
					assert.not.match(message, /undefined|\[object|\{written\}/, message);
				}
			}
		}),
		{ seed: 1, numRuns: Number(process.env.RUNS ?? 500), includeErrorInReport: true },
	);
});

test.run();
