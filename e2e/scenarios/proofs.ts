/** The checks of the other stories are able to fail: what they look for happens where a rule of the protocol is taken away. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { JsonObject } from '../../src/json.js';
import { type Application, RealApplication } from '../application.js';
import { deletions, violations } from '../audit.js';
import { sleep } from '../cluster/process.js';
import { applied, created, replicas, succeeded } from '../steps.js';
import { stories, story } from '../story.js';
import type { World } from '../world.js';

const admission = '/apis/admissionregistration.k8s.io/v1';

/** Takes the bindings of guards away for as long as something runs. */
async function without(
	{ kubernetes: { admin } }: World,
	guards: readonly string[],
	tell: () => Promise<void>,
): Promise<void> {
	const paths = guards.map((name) => `${admission}/validatingadmissionpolicybindings/${name}`);
	const kept = await Promise.all(paths.map((path) => admin.get(path)));
	for (const path of paths) await admin.delete(path);
	await sleep(3000);
	try {
		await tell();
	} finally {
		for (const [i, path] of paths.entries()) {
			const { metadata, ...rest } = kept[i] as JsonObject;
			await admin.apply(path, { ...rest, metadata: { name: (metadata as JsonObject).name ?? '' } });
		}
		await sleep(3000);
	}
}

/** A sync of a cached older revision, after which the database was changed directly. */
async function replayed(app: Application, old: string, world: World): Promise<void> {
	succeeded(await app.sync({ revision: old }));
	assert.equal(await app.field(['spec', 'replicas']), 3, 'the old value was written over the new one');
	const found = violations(world.kubernetes.auditLog, app.name);
	assert.match(found.join('\n'), /argocd-application-controller patch: spec\.replicas 5 -> 3/);
}

const ending = { ends: 'open', mayChange: true, alone: true } as const;

/** How the stories begin that the guards save: all others do not need them, as the simulator says. */
const saved = [
	'a rollback to a cached older revision',
	'a tag is moved back',
	'a partial sync of the database CR alone',
	'ApplyOutOfSyncOnly after a terminated sync',
	'Replace would take away what KubeDB wrote',
];

story(
	'proof: without the guards, the audit check catches each of the stories that the guards save',
	async (_, world) => {
		const { kubernetes, operator, argocd, folder } = world;
		const whole = readFileSync(argocd.renderer, 'utf8');
		// Else the renderer itself refuses to make operations.
		writeFileSync(argocd.renderer, `process.env.KUBEDB_RENDER_ALLOW = 'no-guards';${whole.replace(/^#!.*/, '')}`);
		const caught = async (beginning: string, index: number): Promise<string[]> => {
			const { tell } = stories.find(({ name }) => name.startsWith(beginning)) as (typeof stories)[number];
			const name = `proof-${index}`;
			const application = new RealApplication(name, kubernetes.admin, operator.behaviour(name), folder);
			// It may well end with a failed assertion: what counts is what the audit check sees by itself.
			await tell(application, world).catch(() => undefined);
			operator.behaviour(name).held = false;
			await application.forget();
			return [...violations(kubernetes.auditLog, name), ...deletions(kubernetes.auditLog, name)];
		};
		try {
			const guards = ['kubedb-render-chain', 'kubedb-render-fence-postgreses', 'kubedb-render-no-replace'];
			await without(world, guards, async () => {
				const found = await Promise.all(saved.map(caught));
				assert.deepEqual(
					saved.filter((_, i) => found[i]?.length === 0),
					[],
					'the audit check saw nothing',
				);
			});
		} finally {
			writeFileSync(argocd.renderer, whole);
		}
	},
	ending,
);

story(
	'proof: without the plan that is written ahead the chain sees nothing, and the fence alone refuses a stale replay',
	async (app, world) => {
		// Guards are there all the time; the renderer leaves the plan out.
		const { renderer } = world.argocd;
		const whole = readFileSync(renderer, 'utf8');
		writeFileSync(renderer, `${filter}\n${whole.replace(/^#!.*/, '')}`);
		try {
			await created(app);
			assert.equal(await app.memory('plan'), undefined);
			const old = await app.head();
			succeeded(await applied(app, { [replicas]: 5 }));
			const seen = await app.sync({ revision: old });
			assert.match(JSON.stringify(seen.results), /kubedb-render-fence-postgreses/);
			await without(world, ['kubedb-render-fence-postgreses'], () => replayed(app, old, world));
		} finally {
			writeFileSync(renderer, whole);
		}
	},
	ending,
);

/** Drops the plan from what is printed. */
const filter = `#!/usr/bin/env node
const fs = require('node:fs');
const writeSync = fs.writeSync;
fs.writeSync = (descriptor, bytes, at = 0) => {
	if (descriptor !== 1) return writeSync(descriptor, bytes, at);
	const kept = String(bytes).split(/^---\\n/m).filter((text) => !text.includes('"kubedb-render/role":"plan"'));
	fs.writeSync = writeSync;
	writeSync(1, kept.map((text) => (text === '' ? '' : '---\\n' + text)).join(''));
	process.exit(process.exitCode);
};
`;
