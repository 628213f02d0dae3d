/** How changes of fields read: one line each, the resources of one container on one line together. */
import { type Json, toJson } from '../json.js';
import type { Change } from './plan-report.js';

/** The lines for some changes, in their order. */
export function changeTexts(changes: readonly Change[]): string[] {
	const lines: string[] = [];
	const owners = new Map<string, ResourceChange[]>();
	for (const change of changes) {
		const resource = resourceOf(change);
		if (!resource) lines.push(changeText(change));
		else {
			const { owner } = resource;
			if (!owners.has(owner)) lines.push(owner);
			owners.set(owner, [...(owners.get(owner) ?? []), resource]);
		}
	}
	return lines.map((line) => {
		const resources = owners.get(line);
		return resources ? `${line}  ${resourceTexts(resources).join(', ')}` : line;
	});
}

interface ResourceChange {
	readonly owner: string;
	readonly bound: string;
	readonly name: string;
	readonly text: string;
}

/** A change below the `resources` of a container, or undefined. Storage has its own operation and its own line. */
function resourceOf({ path, from, to, secret }: Change): ResourceChange | undefined {
	const match = /^spec\.(.+)\.resources\.(requests|limits)(?:\.|\[)([^\]]+)\]?$/.exec(path);
	const [, place = '', bound = '', name = ''] = match ?? [];
	if (!match || name === 'storage' || secret) return undefined;
	return { owner: ownerOf(place), bound, name, text: `${valueText(from)} -> ${valueText(to)}` };
}

/** `topology.data.podTemplate.spec.containers[name=x]` -> `topology.data x` */
function ownerOf(place: string): string {
	const container = /^(?:(.+)\.)?podTemplate\.spec\.(?:initC|c)ontainers\[name=([^\]]*)\]$/.exec(place);
	const owner = container ? [container[1], container[2]].filter(Boolean).join(' ') : place;
	return owner.replace(/\[name=/g, '[');
}

/** A field path as short as it can be told: `postgres cpu`, `postgres memory limit`, `storage.storageClassName`. */
export function labelOf(path: string): string {
	const resource = resourceOf({ path });
	if (!resource) return path.replace(/^spec\./, '');
	return `${resource.owner} ${resource.name}${resource.bound === 'limits' ? ' limit' : ''}`;
}

/** A limit is told of where it does not go the same way as the request. */
function resourceTexts(changes: readonly ResourceChange[]): string[] {
	const names = [...new Set(changes.map(({ name }) => name))].sort();
	return names.flatMap((name) => {
		const [request, limit] = ['requests', 'limits'].map((bound) =>
			changes.find((change) => change.name === name && change.bound === bound),
		);
		const texts = request ? [`${name} ${request.text}`] : [];
		if (limit && limit.text !== request?.text) texts.push(`${name} limit ${limit.text}`);
		return texts;
	});
}

function changeText({ path, from, to, secret }: Change): string {
	const label = labelOf(path);
	if (secret) return `${label}  changed`;
	if (from === undefined && to === undefined) return label;
	if (to === undefined && typeof from === 'object') return `${label}  removed`;
	return `${label}  ${valueText(from)} -> ${valueText(to)}`;
}

/** A value on one line, cut where it is long. */
export function valueText(value: Json | undefined): string {
	if (value === undefined) return '(none)';
	const text = typeof value === 'object' ? toJson(value) : String(value);
	return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
