import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, kindNames, kindOf } from '../../src/catalog/catalog.js';
import { findPath } from '../../src/output/explain-path.js';
import { fieldReport, kindLines, kindReport } from '../../src/output/explain-report.js';
import { fieldText, kindText } from '../../src/output/explain-text.js';

const kind = (name: string) => kindOf(name) as Kind;
const field = (name: string, path: string) => fieldReport(kind(name), findPath(name, path) as string[]);

test('the answers end with the line that holds whatever the database looks like', () => {
	const [coordinator, rest] = field('Postgres', 'podTemplate.spec.containers[pg-coordinator].resources').answers;
	assert.is(coordinator?.operation, 'VerticalScaling');
	assert.equal(coordinator?.topologies, ['cluster']);
	assert.is(rest?.operation, 'Restart');
	assert.ok(rest?.inferred);
});

test('any item of a list is told of by every line about one, and by what holds for the others', () => {
	const { answers } = field('Postgres', 'podTemplate.spec.containers.resources');
	assert.equal(
		answers.map(({ path }) => path),
		[
			'spec.podTemplate.spec.containers[name=postgres].resources',
			'spec.podTemplate.spec.containers[name=pg-coordinator].resources',
			'spec.podTemplate.spec',
		],
	);
});

test('a field tells payload, order, what becomes of the pods, of a removal, and what is refused', () => {
	const [answer] = field('Postgres', 'storage.resources.requests.storage').answers;
	assert.is(answer?.payload, 'spec.volumeExpansion.postgres');
	assert.is(answer?.order, 'after StorageMigration, before VerticalScaling');
	assert.equal(answer?.pods, [
		'Offline, pods restart',
		'Online, pods keep running (kubedb-render/volume-expansion-mode: Online)',
	]);
	assert.match(answer?.removal ?? '', /^refused/);
	assert.ok(answer?.refused.some((text) => text.includes('only expand')));
});

test('a removal is told as the catalog has it', () => {
	const removal = (name: string, path: string) => field(name, path).answers[0]?.removal ?? '';
	assert.match(
		removal('Postgres', 'configuration.secretName'),
		/removeCustomConfig: true, together with all that stays/,
	);
	assert.match(removal('Postgres', 'configuration.tuning'), /tuning\.disableAutoTune: true$/);
	assert.match(removal('Postgres', 'tls.issuerRef'), /tls\.remove: true where the whole of spec\.tls leaves/);
	assert.match(removal('Milvus', 'tls.external.mode'), /^spec\.tls\.external\.mode: Disabled/);
	assert.match(removal('Weaviate', 'configuration.backupConfigSecret.name'), /^refused/);
	assert.match(removal('Postgres', 'deletionPolicy'), /applied without it/);
});

test('what is below a field is listed, with the checks about it', () => {
	const { answers, below, checks, fields } = field('Oracle', 'tcpsConfig');
	assert.equal(answers, []);
	assert.equal(
		below.map(({ path, operation }) => `${path} ${operation}`),
		[
			'spec.tcpsConfig.tcpsListener Restart',
			'spec.tcpsConfig.tls.certificates ReconfigureTLS',
			'spec.tcpsConfig.tls.issuerRef ReconfigureTLS',
		],
	);
	assert.equal(
		checks.map(({ because }) => because),
		['spec.tcpsConfig needs tls'],
	);
	assert.equal(fields, ['tcpsListener', 'tls']);
});

test('what cannot be changed says why', () => {
	const [answer] = field('Weaviate', 'version').answers;
	assert.is(answer?.class, 'unsupported');
	assert.match(answer?.refused.join() ?? '', /UpdateVersion/);
	assert.match(fieldText(field('Weaviate', 'version')), /cannot be changed once the database runs/);
});

test('all kinds are listed with their operations in their order', () => {
	const lines = kindLines();
	assert.equal(
		lines.map((line) => line.kind),
		kindNames(),
	);
	assert.equal(lines.find((line) => line.kind === 'DB2')?.operations, ['VerticalScaling', 'Restart']);
});

test('a kind tells everything that its facts say', () => {
	for (const name of kindNames()) {
		const { facts } = kind(name);
		const text = kindText(kindReport(kind(name)));
		const told = [
			...Object.values(facts.operations).flatMap(({ fields = [] }) => fields.map(({ from }) => from)),
			...Object.values(facts.operations).flatMap(({ options = [] }) => options.map(({ path }) => path)),
			...[...facts.restart.documented, ...facts.restart.inferred, ...facts.direct].map((claim) =>
				typeof claim === 'string' ? claim : claim.path,
			),
			...facts.immutable.map(({ path }) => path),
			...facts.unsupported.flatMap(({ paths, because }) => [...paths, because]),
			...(facts.checks ?? []).map(({ because }) => because),
			...Object.keys(facts.notForGitOps ?? {}),
			...(facts.clusterChecks ?? []),
			...(facts.notes ?? []),
			...(facts.doubts ?? []),
		];
		for (const each of told) assert.ok(text.includes(each), `${name}: ${each}`);
	}
});

test.run();
