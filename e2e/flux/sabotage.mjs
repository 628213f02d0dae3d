/**
 * What keeps a cluster safe is taken out piece by piece, to prove that the stories would notice: the digest in every path,
 * the gate of each plan, and the guards. Where one piece holds alone, the story passes without the other.
 */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const moved = 'a tag moved back';
const halfWay = 'an artifact whose root fails half-way';

/** `story` is the beginning of a name; `fails` what it fails with, where it has to. */
export const sabotages = [
	{ what: 'no gate: the guard holds alone', story: moved, sabotage: withoutGate, guards: true },
	{ what: 'no guards: the gate holds alone', story: moved, guards: false },
	{
		what: 'neither gate nor guards',
		story: moved,
		sabotage: withoutGate,
		guards: false,
		fails: /generation|strictly equal/,
	},
	{ what: 'no guards: the digests in the paths hold alone', story: halfWay, guards: false },
	{
		what: 'fixed paths instead of digests, and no guards',
		story: halfWay,
		sabotage: withFixedPaths,
		guards: false,
		fails: /changed without its operation/,
	},
];

/** Drops the gate's Kustomization, and what waits for it. */
function withoutGate(tree) {
	eachStages(tree, (text) =>
		text
			.split(/^---\n/m)
			.filter((document) => !/^ {2}name: \S+-00-gate$/m.test(document))
			.map((document) => document.replace(/^ {2}dependsOn:\n {2}- name: \S+-00-gate\n/m, ''))
			.join('---\n'),
	);
}

/** As a tree would be whose stages stand where those of the tree before stood. */
function withFixedPaths(tree) {
	for (const path of databasesOf(tree)) {
		const [digest, ...more] = readdirSync(path);
		if (more.length > 0 || !/^[0-9a-f]{8}$/.test(digest)) throw new Error(`${path} has more than one plan`);
		renameSync(join(path, digest), join(path, 'current'));
		eachStages(tree, (text) => text.replaceAll(`/${digest}/`, '/current/').replaceAll(`-${digest}-`, '-current-'));
	}
}

function databasesOf(tree) {
	const namespaces = readdirSync(join(tree, 'databases')).map((name) => join(tree, 'databases', name));
	return namespaces.flatMap((path) => readdirSync(path).map((name) => join(path, name)));
}

/** Changes the files of the stages. */
function eachStages(tree, change) {
	const folder = join(tree, 'flux');
	for (const name of readdirSync(folder)) {
		if (name === 'kustomization.yaml') continue;
		const text = readFileSync(join(folder, name), 'utf8');
		writeFileSync(join(folder, name), change(text));
	}
}
