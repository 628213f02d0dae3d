import assert from 'node:assert/strict';
import { cpu, postgres } from '../databases.js';
import { story } from '../story.js';

story('a database is created, and one change of its CPU is one VerticalScaling', async (app) => {
	await app.commit({ 'pg.yaml': postgres() });
	assert.equal((await app.sync()).phase, 'Succeeded');
	assert.deepEqual(await app.summary(), []);
	assert.equal(await app.field(['spec', 'replicas']), 3);

	await app.commit({ 'pg.yaml': postgres({ [cpu]: '700m' }) });
	await app.refresh();
	const seen = await app.sync();
	assert.equal(seen.phase, 'Succeeded', JSON.stringify(seen));
	assert.deepEqual(await app.summary(), ['VerticalScaling Successful']);
});
