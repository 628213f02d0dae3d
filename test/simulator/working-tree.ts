/** Files as stories commit them, as a revision of the simulator. */
import { isObject, type JsonObject, parseJson } from '../../src/json.js';
import { getAt } from '../../src/render/path.js';
import { namespace, type Revision } from './commits.js';

/** Objects by file name, or the text of several, a line of JSON each. */
export type WorkingTree = Map<string, JsonObject | string>;

export function revisionOf(files: WorkingTree): Revision {
	const databases: Record<string, JsonObject> = {};
	const secrets: Record<string, string> = {};
	for (const content of files.values())
		for (const object of typeof content === 'string' ? documentsIn(content) : [structuredClone(content)]) {
			const metadata = object.metadata as JsonObject;
			const name = String(metadata.name);
			if (object.kind === 'Secret') secrets[name] = JSON.stringify(object.stringData);
			else if (String(object.apiVersion).startsWith('gitops.kubedb.com/')) {
				const annotations = getAt(metadata, ['annotations']) ?? {};
				databases[`${String(object.kind)} ${name}`] = { ...object, metadata: { ...metadata, namespace, annotations } };
			}
		}
	return { databases, secrets };
}

function documentsIn(text: string): JsonObject[] {
	return text
		.split(/^---$/m)
		.filter((each) => each.trim() !== '')
		.map((each) => parseJson(each))
		.filter(isObject);
}
