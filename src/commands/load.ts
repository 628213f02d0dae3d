/** What every command that renders does first: read the source, then the memory, then render. */
import { readFileSync, statSync } from 'node:fs';
import { decode, isKustomization, readSources } from '../input/files.js';
import { type Source, splitStream } from '../input/stream.js';
import { memoryFrom, type Remembered } from '../memory/files.js';
import { type Identity, type Plan, type State, stateContent } from '../memory/memory.js';
import { type Problem, refuse } from '../problems.js';
import { waves } from '../render/order.js';
import { memoryObject, type Rendered, type RenderedDatabase } from '../render/render.js';
import { refuseErrors, renderAll } from '../render/render-all.js';
import type { Memory } from '../render/situation.js';
import { type SourceParts, takeApart } from '../render/source.js';
import { isInArgoCD, type Settings } from '../settings.js';

/** What a command may touch of the world; `main` gives it, tests give another. */
export interface World {
	readonly environment: NodeJS.ProcessEnv;
	stdinIsTerminal(): boolean;
	readStdin(): Uint8Array;
}

export interface Loaded extends SourceParts {
	readonly rendered: readonly RenderedDatabase[];
	readonly warnings: readonly Problem[];
	/** What is remembered, in files, of databases that have left the source. */
	readonly tombstones: readonly Rendered[];
}

/** Reads and renders. Throws a Refusal with all problems of all documents where there is one that is an error. */
export async function load(paths: readonly string[], settings: Settings, world: World): Promise<Loaded> {
	const { environment } = world;
	if (isInArgoCD(environment) && !environment.KUBE_VERSION)
		refuse(
			'hydrator',
			"Argo CD's Source Hydrator cannot render databases: a plan depends on the cluster, and hydrated manifests are frozen in git",
			'Use spec.source instead of spec.sourceHydrator for this Application.',
		);
	const sources = await sourcesAt(paths.length > 0 ? paths : ['.'], settings, world);
	const chunks = sources.flatMap(splitStream);
	if (chunks.length === 0) refuse('no-documents', 'there are no documents to render', undefined, sources[0]?.name);
	const parts = takeApart(chunks, settings.namespace ?? (environment.ARGOCD_APP_NAMESPACE || undefined));
	refuseErrors(parts.problems);
	const { memoryOf, tombstones, checkOperations } = await memoryFor(parts, settings, world, paths.includes('-'));
	const { rendered, warnings } = renderAll(parts, memoryOf);
	const withOperations = rendered.filter(({ outcome }) => outcome.operations.length > 0);
	await checkOperations?.([...new Set(withOperations.map(({ desired }) => desired.id.kind))]);
	return { ...parts, rendered, tombstones, warnings };
}

async function sourcesAt(paths: readonly string[], settings: Settings, world: World): Promise<Source[]> {
	const read = async (path: string): Promise<Source[]> => {
		if (path === '-') return [stdin(world, 'the source')];
		const how = settings.source;
		const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
		if (how === 'kustomize' || (how === 'auto' && isFolder && isKustomization(path))) {
			const { buildKustomization } = await import('../input/kustomize.js');
			return [buildKustomization(path, settings.kustomize as string)];
		}
		return readSources(path, settings.recursive === 'true');
	};
	return (await Promise.all(paths.map(read))).flat();
}

function stdin(world: World, what: string): Source {
	if (world.stdinIsTerminal())
		refuse('terminal', `${what} is to be read from stdin, which is a terminal`, 'Pipe something in, or name a file.');
	return { name: '<stdin>', text: decode(world.readStdin(), '<stdin>') };
}

const nothing = {
	plan: undefined,
	state: undefined,
	live: 'unknown',
	requests: 'unknown',
	inProgress: 'unknown',
} as const;

interface MemorySource {
	memoryOf(id: Identity): Memory;
	readonly tombstones: readonly Rendered[];
	/** Refuses operations on databases of these kinds where the host would not carry them out in order. */
	checkOperations?(kinds: readonly string[]): Promise<void>;
}

async function memoryFor(
	{ databases }: SourceParts,
	settings: Settings,
	world: World,
	sourceIsStdin: boolean,
): Promise<MemorySource> {
	const where = settings.state;
	if (databases.length === 0 || where === 'none') return { memoryOf: () => nothing, tombstones: [] };
	if (where === undefined)
		return refuse(
			'no-state',
			'--state is missing: where is the previous rendered state?',
			[
				'--state cluster       the ConfigMaps in the cluster, read with your kubectl',
				'--state FILE|FOLDER   the output of the render before',
				'--state none          nothing was rendered before',
			].join('\n'),
		);
	const application = applicationOf(settings, world.environment);
	if (where === 'cluster' && application && isInArgoCD(world.environment)) {
		const { readInArgoCD } = await import('../memory/argocd.js');
		return { ...(await readInArgoCD(databases, application, settings, world.environment)), tombstones: [] };
	}
	if (where === 'cluster') {
		// Loaded only where it is needed: TLS and child processes take a quarter of the start-up.
		const { connect } = await import('../memory/api.js');
		const { readCluster } = await import('../memory/cluster.js');
		const get = connect({
			kubeconfig: settings.kubeconfig,
			context: settings.context,
			serviceAccount: settings['service-account'] as string,
			environment: world.environment,
			timeoutSeconds: Number(settings['request-timeout']),
		});
		return { memoryOf: await readCluster(databases, get, application), tombstones: [] };
	}
	if (where === '-' && sourceIsStdin) refuse('setting', 'source and state cannot both be read from stdin');
	const sources = where === '-' ? [stdin(world, 'the state')] : readSources(where, true);
	const memory = memoryFrom(sources.flatMap(splitStream));
	const desired = new Set(databases.map(({ id }) => `${id.kind} ${id.namespace}/${id.name}`));
	const left = memory.databases.filter((id) => !desired.has(`${id.kind} ${id.namespace}/${id.name}`));
	return {
		memoryOf: (id) => ({ ...nothing, ...memory.of(id) }),
		tombstones: left.map((id) => tombstone(id, memory.of(id))),
	};
}

/** What is kept of a database that has left the source, so that its return takes no old names. */
function tombstone(id: Identity, { plan, state }: Remembered): Rendered {
	if (state?.removed) return { wave: waves.state, object: memoryObject(id, 'state', stateContent(id, state)) };
	const { generation, digest } = (plan ?? state) as Plan | State;
	const kept = { generation, digest, spec: {}, tokens: {}, removed: true };
	return { wave: waves.state, object: memoryObject(id, 'state', stateContent(id, kept)) };
}

/** Applications outside Argo CD's own namespace are called `<namespace>_<name>` there. */
function applicationOf({ application }: Settings, environment: NodeJS.ProcessEnv) {
	if (application) {
		const [namespace, name, more] = application.split('/');
		if (!namespace || !name || more !== undefined)
			return refuse('setting', `--application takes <namespace>/<name>, not ${JSON.stringify(application)}`);
		return { namespace, name };
	}
	const full = environment.ARGOCD_APP_NAME;
	if (full === undefined) return undefined;
	const at = full.indexOf('_');
	if (at >= 0) return { namespace: full.slice(0, at), name: full.slice(at + 1) };
	return { namespace: ownNamespace(environment), name: full };
}

/** The namespace of this pod, in which Argo CD runs. */
function ownNamespace(environment: NodeJS.ProcessEnv): string {
	if (environment.KUBEDB_RENDER_ARGOCD_NAMESPACE) return environment.KUBEDB_RENDER_ARGOCD_NAMESPACE;
	try {
		return readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8').trim();
	} catch {
		return 'argocd';
	}
}
