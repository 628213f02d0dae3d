/** The files of a render, for people and `kubectl apply -R`: a folder for each namespace, a file for each object of ours. */
import type { JsonObject } from '../json.js';
import type { Foreign } from '../render/located.js';
import { getAt } from '../render/path.js';
import type { Rendered, RenderedDatabase } from '../render/render.js';
import type { Tree } from './flux.js';
import { yamlStream } from './manifests.js';
import { toYaml } from './yaml.js';

interface FlatInput {
	readonly rendered: readonly RenderedDatabase[];
	readonly foreign: readonly Foreign[];
	readonly tombstones: readonly Rendered[];
}

/** `<namespace>/<kind>-<name>.yaml`, and one file for all that passes through. */
export function flatTree({ rendered, foreign, tombstones }: FlatInput): Tree {
	const objects = [...rendered.flatMap((each) => each.objects), ...tombstones].map(({ object }) => object);
	const files = objects.map((object) => [fileOf(object), toYaml(object)] as const);
	const passed = foreign.length > 0 ? [['passed-through.yaml', yamlStream(foreign, toYaml)] as const] : [];
	return new Map([...files, ...passed]);
}

function fileOf(object: JsonObject): string {
	const [namespace, name] = ['namespace', 'name'].map((key) => String(getAt(object, ['metadata', key])));
	return `${namespace}/${String(object.kind).toLowerCase()}-${name}.yaml`;
}
