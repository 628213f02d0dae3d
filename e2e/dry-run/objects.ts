/** Every object that the fixtures render, as the text that `build` prints. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindNames } from '../../src/catalog/catalog.js';
import { splitStream, textOf } from '../../src/input/stream.js';
import { parseChunk } from '../../src/input/yaml.js';
import { isObject, type JsonObject } from '../../src/json.js';
import { itemsOf, printManifests } from '../../src/output/manifests.js';
import { runCase } from '../../src/testing/cases.js';
import { fixtures, foldersIn } from '../../test/golden.js';
import { tableSteps } from '../../test/table-steps.js';

export interface Printed {
	/** The fixture that it is of; the first one, where several render the very same. */
	readonly place: string;
	readonly text: string;
	readonly object: JsonObject;
}

/** What the cases, refused ones up to their refusal, the tables and the printed outputs render; each text once. */
export function printedObjects(): Printed[] {
	const kinds = kindNames().map((name) => name.toLowerCase());
	const cases = foldersIn(fixtures)
		.filter((name) => kinds.includes(name) || name === 'refused')
		.flatMap((folder) => foldersIn(join(fixtures, folder)).map((name) => join(folder, name)));
	const streams = [
		...cases.flatMap((name) =>
			runCase(join(fixtures, name)).map(({ name: step, actual }) => ({
				place: `fixtures/${name}/${step}`,
				text: actual['expected.yaml'] ?? '',
			})),
		),
		...tableSteps().map(({ place, rendered }) => ({ place, text: printManifests(itemsOf([rendered], []), 'yaml') })),
		...outputs().map((name) => ({ place: `fixtures/${name}`, text: readFileSync(join(fixtures, name), 'utf8') })),
	];
	const all = streams.flatMap(({ place, text }) => objectsIn(place, text));
	return [...new Map(all.reverse().map((each) => [each.text, each])).values()].reverse();
}

/** What `build` prints for the sources of fixtures/cli and fixtures/kustomize. */
function outputs(): string[] {
	const ofCli = readdirSync(join(fixtures, 'cli')).filter((name) => name.endsWith('.yaml.txt'));
	return ['kustomize/expected.yaml', ...ofCli.map((name) => `cli/${name}`)];
}

function objectsIn(place: string, text: string): Printed[] {
	return splitStream({ name: place, text }).map((chunk) => {
		const object = parseChunk(chunk).value;
		if (!isObject(object)) throw new Error(`${place} has a document that is no object`);
		return { place, text: textOf(chunk), object };
	});
}
