/** `test DIR...`: snapshot tests of a user's own databases, and `test init`, which makes the first. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindNames, kindOf } from '../catalog/catalog.js';
import { decode } from '../input/files.js';
import { isObject, type JsonObject } from '../json.js';
import { coloured } from '../output/paint.js';
import { toYaml } from '../output/yaml.js';
import { nearest, refuse } from '../problems.js';
import { gitopsGroup } from '../render/desired.js';
import type { Settings } from '../settings.js';
import { casesAt, checkCase, isFailed } from '../testing/check.js';
import { junit, resultsText } from '../testing/results.js';
import type { Result } from './build.js';
import type { World } from './load.js';

export interface TestOptions {
	readonly update: boolean;
	/** A file for JUnit XML. */
	readonly junit?: string | undefined;
	readonly color: boolean;
}

export function test(folders: readonly string[], options: TestOptions): Result {
	const results = folders.flatMap(casesAt).map((folder) => checkCase(folder, options.update));
	if (options.junit !== undefined) writeFileSync(options.junit, junit(results));
	const paint = options.color ? coloured : (_: string, text: string) => text;
	return {
		stdout: resultsText(results, options.update, paint),
		warnings: [],
		exitCode: results.some(isFailed) ? 1 : 0,
	};
}

export interface InitOptions {
	readonly file?: string | undefined;
	/** `Kind/namespace/name` of a running database. */
	readonly database?: string | undefined;
	readonly color: boolean;
}

/** The first case, of one step: the creation of what a file holds, or of a database like one that runs. */
export async function testInit(
	folder: string,
	options: InitOptions,
	settings: Settings,
	world: World,
): Promise<Result> {
	const { file, database, color } = options;
	if ((file === undefined) === (database === undefined))
		refuse(
			'setting',
			'test init takes its database from a file or from the cluster',
			'Give --from FILE, or --database KIND/NAMESPACE/NAME.',
		);
	const step = join(folder, '1-create');
	if (existsSync(step)) refuse('exists', 'there is such a case already', 'Name another folder.', step);
	const text = file === undefined ? toYaml(await runningDatabase(database as string, settings, world)) : textOf(file);
	mkdirSync(step, { recursive: true });
	writeFileSync(join(step, 'input.yaml'), text);
	return test([folder], { update: true, color });
}

function textOf(file: string): string {
	if (!existsSync(file)) refuse('not-found', 'there is no such file', undefined, file);
	return decode(readFileSync(file), file);
}

/** A gitops CR that asks for what runs: the spec of the live database CR, with what KubeDB's webhook filled in. */
async function runningDatabase(where: string, settings: Settings, world: World): Promise<JsonObject> {
	const [kindName = '', namespace = '', name = '', ...more] = where.split('/');
	if (!namespace || !name || more.length > 0)
		refuse('setting', `--database takes KIND/NAMESPACE/NAME, not ${JSON.stringify(where)}`);
	const kind = kindOf(kindName);
	if (!kind) {
		const near = nearest(kindName, kindNames());
		return refuse(
			'unknown-kind',
			`there is no kind ${kindName}`,
			near ? `Did you mean ${near}?` : `There are: ${kindNames().join(', ')}.`,
		);
	}
	const { connect } = await import('../memory/api.js');
	const get = connect({
		kubeconfig: settings.kubeconfig,
		context: settings.context,
		serviceAccount: settings['service-account'] as string,
		environment: world.environment,
		timeoutSeconds: Number(settings['request-timeout']),
	});
	const { database, plural } = kind.facts;
	const live = await get(`/apis/${database}/namespaces/${namespace}/${plural}/${name}`);
	if (!live || !isObject(live.spec))
		return refuse('not-found', `there is no ${kindName} ${namespace}/${name} in the cluster`);
	return { apiVersion: `${gitopsGroup}/v1alpha1`, kind: kindName, metadata: { name, namespace }, spec: live.spec };
}
