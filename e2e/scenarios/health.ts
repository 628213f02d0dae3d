import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import phases from '../../src/catalog/phases.yaml';
import { argocdCm } from '../../src/hosts/sidecar.js';
import type { JsonObject } from '../../src/json.js';
import { run } from '../cluster/process.js';
import { story } from '../story.js';

const facts = phases as Record<'opsRequest' | 'database', { phases: { phase: string; health: string }[] }>;
const request = { apiVersion: 'ops.kubedb.com/v1alpha1', kind: 'RedisOpsRequest' };
const database = { apiVersion: 'kubedb.com/v1', kind: 'Redis' };

interface Row {
	readonly object: JsonObject;
	readonly health: string;
	/** What the message holds. */
	readonly says?: string;
}

function rows(): Row[] {
	const of = (type: JsonObject, status: unknown, metadata: JsonObject = { generation: 1 }) =>
		({ ...type, metadata: { name: 'x', ...metadata }, ...(status === undefined ? {} : { status }) }) as JsonObject;
	const condition = (type: string, message: unknown) => ({ type, status: 'True', message });
	const failed = {
		phase: 'Failed',
		conditions: [condition('Progressing', 'no'), condition('Failed', 'no space left')],
	};
	const odd: Row[] = [request, database].flatMap((type) => [
		{ object: of(type, undefined), health: 'Progressing', says: 'waiting for' },
		{ object: of(type, {}), health: 'Progressing', says: 'waiting for' },
		{ object: of(type, { phase: '' }), health: 'Progressing' },
		{ object: of(type, { phase: 7 }), health: 'Progressing' },
		{ object: of(type, { phase: 'Exploded' }), health: 'Progressing', says: 'does not know' },
		{
			object: of(type, { phase: 'Successful', conditions: 'none' }),
			health: type === request ? 'Healthy' : 'Progressing',
		},
		{
			object: of(type, { phase: type === request ? 'Successful' : 'Ready', observedGeneration: 1 }, { generation: 2 }),
			health: 'Progressing',
		},
		{
			object: of(type, { phase: type === request ? 'Successful' : 'Ready', observedGeneration: 2 }, { generation: 2 }),
			health: 'Healthy',
		},
		{
			object: of(type, { phase: type === request ? 'Successful' : 'Ready', conditions: [7, { type: 3 }, {}] }, {}),
			health: 'Healthy',
		},
	]);
	return [
		...facts.opsRequest.phases.map(({ phase, health }) => ({ object: of(request, { phase }), health })),
		...facts.database.phases.map(({ phase, health }) => ({
			object: of(database, { phase }),
			// In the middle of an operation pods restart: Degraded would end the sync.
			health: health === 'Degraded' ? 'Progressing' : health,
		})),
		...odd,
		{
			object: of(request, failed),
			health: 'Degraded',
			says: 'Failed: no space left -> raise the annotation kubedb-render/retry or revert the commit, then sync',
		},
		{ object: of(request, { phase: 'WaitingForApproval' }), health: 'Suspended', says: 'approve or deny it' },
	];
}

story(
	"health rules: Argo CD's own Lua gives every phase its health, and what it does not know is Progressing",
	async (_, { binaries, folder }) => {
		const place = join(folder, 'health');
		mkdirSync(place);
		const cm = join(place, 'argocd-cm.json');
		const labels = { 'app.kubernetes.io/part-of': 'argocd' };
		writeFileSync(
			cm,
			JSON.stringify({
				apiVersion: 'v1',
				kind: 'ConfigMap',
				metadata: { name: 'argocd-cm', namespace: 'argocd', labels },
				data: argocdCm(),
			}),
		);
		const wrong: string[] = [];
		const check = async ({ object, health, says = '' }: Row, index: number) => {
			const file = join(place, `${index}.json`);
			writeFileSync(file, JSON.stringify(object));
			const command = [
				binaries.argocd as string,
				'admin',
				'settings',
				'resource-overrides',
				'health',
				file,
				'--argocd-cm-path',
				cm,
			];
			const output = await run(command, { env: { ...process.env, ARGOCD_BINARY_NAME: 'argocd' } });
			if (!output.includes(`STATUS: ${health}\n`) || !output.includes(says))
				wrong.push(`${JSON.stringify(object)} wants ${health} ${says}: ${output}`);
		};
		const queue = rows().map((row, index) => () => check(row, index));
		assert.ok(queue.length > 30);
		await Promise.all(
			[1, 2, 3].map(async () => {
				for (let next = queue.shift(); next; next = queue.shift()) await next();
			}),
		);
		assert.deepEqual(wrong, []);
	},
	{ ends: 'open', mayChange: true },
);
