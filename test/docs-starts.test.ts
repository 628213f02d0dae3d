/** The five-minute starts of the documentation: their files are written and their commands run, in their order. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundle } from './commands/run.js';
import { stepsOf } from './docs-steps.js';

declare const PROJECT_ROOT: string;

for (const page of ['flux', 'ci', 'testing']) {
	test(`docs/${page}.md: the commands of its start work as they stand there`, () => {
		const home = mkdtempSync(join(tmpdir(), `kubedb-render-docs-${page}-`));
		mkdirSync(join(home, '.bin'));
		symlinkSync(bundle, join(home, '.bin/kubedb-render'));
		chmodSync(bundle, 0o755);
		const env = { PATH: `${join(home, '.bin')}:${process.env.PATH}` };
		let runs = 0;
		for (const step of stepsOf(readFileSync(join(PROJECT_ROOT, 'docs', `${page}.md`), 'utf8'), '<!-- run -->')) {
			if (step.file !== undefined) {
				mkdirSync(dirname(join(home, step.file)), { recursive: true });
				writeFileSync(join(home, step.file), step.text);
				continue;
			}
			const { status, stdout, stderr } = spawnSync('bash', ['-euc', step.text], { cwd: home, env, encoding: 'utf8' });
			assert.is(status, 0, `${step.text}\n${stdout}${stderr}`);
			runs++;
		}
		assert.ok(runs > 0, 'something is run');
	});
}

test.run();
