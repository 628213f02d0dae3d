/** What happens to a database between a commit and a settled cluster, with CI and Flux between them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { until } from '../../cluster/process.ts';

export const changes = {
	'a database is created, and a settled render changes nothing': async (ci) => {
		await ci.created();
		await ci.push();
		await ci.settled();
		assert.equal(ci.executions, []);
		const { metadata } = await ci.database();
		assert.ok(metadata.generation <= 2, `the database CR was written ${metadata.generation} times`);
		await ci.acknowledge();
		const before = filesOf(ci.tree);
		assert.is(ci.render().status, 0);
		assert.equal(filesOf(ci.tree), before, 'a commit that changes nothing has nothing to publish');
	},
	'three changes in one commit are carried out one after the other, once': async (ci) => {
		await ci.created();
		await ci.push({ replicas: 5, storage: '2Gi', version: '16.8' });
		await ci.settled();
		assert.equal(ci.executions, ['volumeexpansion', 'horizontalscaling', 'versionupdate']);
		await ci.acknowledge();
		await ci.push({ replicas: 5, storage: '2Gi', version: '16.8' });
		await ci.settled();
		assert.is(ci.executions.length, 3);
		assert.is((await ci.database()).spec.replicas, 5);
	},
	'an operation fails; a retry token makes it anew, and what went well is not repeated': async (ci) => {
		await ci.created();
		const { fails } = ci.behaviour;
		fails.add('UpdateVersion');
		await ci.push({ replicas: 5, version: '16.8' });
		await until(
			'the failure shows',
			90,
			async () => (await ci.stage('11-versionupdate'))?.reason === 'HealthCheckFailed',
		);
		assert.is((await ci.stage('50-database')).ready, 'False');
		const told = (await ci.doctor()).own;
		assert.is(told.status, 'bad');
		assert.match(told.message, /^stage 11-versionupdate: pg-versionupdate-\w+ is Failed: \S/);
		assert.match(told.mend, 'kubedb-render/retry.versionupdate');
		fails.clear();
		await ci.push({ replicas: 5, version: '16.8' }, { 'kubedb-render/retry.versionupdate': '1' });
		await ci.settled();
		assert.equal(ci.executions, ['horizontalscaling', 'versionupdate']);
		const { own, findings } = await ci.doctor();
		assert.is(own.status, 'good', own.message);
		const others = findings.filter(({ check, status }) => !check.startsWith('database ') && status === 'bad');
		assert.equal(others, [], 'the installation is whole');
	},
	'a failed operation is reverted': async (ci) => {
		await ci.created();
		const { fails } = ci.behaviour;
		fails.add('UpdateVersion');
		await ci.push({ version: '16.8' });
		await until(
			'the failure shows',
			90,
			async () => (await ci.stage('10-versionupdate'))?.reason === 'HealthCheckFailed',
		);
		fails.clear();
		await ci.push();
		await ci.settled();
		assert.is((await ci.database()).spec.version, '16.6');
	},
	'a tree is published while operations of the one before run; CI knows of nothing': async (ci) => {
		await ci.created();
		const behaviour = ci.behaviour;
		behaviour.held = true;
		await ci.push({ replicas: 5 });
		await until(
			'the operation runs',
			60,
			async () =>
				/OpsRequest/.test((await ci.stage('10-horizontalscaling'))?.message ?? '') || (await ci.requests()).length > 0,
		);
		await ci.push({ replicas: 5, version: '16.8' });
		await ci.push({ replicas: 3, version: '16.8' });
		behaviour.held = false;
		await ci.settled();
		assert.is((await ci.database()).spec.replicas, 3);
		assert.is((await ci.database()).spec.version, '16.8');
	},
	'a tree that Flux never saw: the next one carries all that it had': async (ci) => {
		await ci.created();
		assert.is(ci.render({ replicas: 5 }).status, 0);
		assert.is(ci.render({ replicas: 5, version: '16.8' }).status, 0);
		await ci.push({ replicas: 5, version: '16.8', storage: '2Gi' });
		await ci.settled();
		assert.equal(ci.executions, ['volumeexpansion', 'horizontalscaling', 'versionupdate']);
	},
};

/** Texts by path. */
function filesOf(folder) {
	const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort();
	return paths.map((path) => [path, readFileSync(path, 'utf8')]);
}
