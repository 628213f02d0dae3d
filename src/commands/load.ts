/** What every command that renders does first: read the source, then the memory, then render. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, isFolder, isKustomization, readSources } from '../input/files.js';
import { type Chunk, type Source, splitStream } from '../input/stream.js';
import { memoryFrom, type Remembered } from '../memory/files.js';
import { type Identity, type Plan, type State, stateContent } from '../memory/memory.js';
import { isError, type Problem, Refusal, refuse } from '../problems.js';
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

/**
 * Reads and renders. Throws a Refusal with all problems of all documents where there is one that is an error; `check`
 * finds more of them in the source, before anything else is read.
 */
export async function load(paths: readonly string[], settings: Settings, world: World, check?: Check): Promise<Loaded> {
	const sources = await sourcesAt(paths.length > 0 ? paths : ['.'], settings, world);
	const chunks = sources.flatMap(splitStream);
	if (chunks.length === 0)
		refuse(
			'no-documents',
			'there are no documents to render',
			'Name a file or folder with manifests.',
			sources[0]?.name,
		);
	return loadDocuments(chunks, settings, world, paths.includes('-'), check);
}

type Check = (parts: SourceParts) => readonly Problem[];

/** The same for documents that have been read. `sourceIsStdin`: nothing else can be read from there any more. */
export async function loadDocuments(
	chunks: readonly Chunk[],
	settings: Settings,
	world: World,
	sourceIsStdin: boolean,
	check?: Check,
): Promise<Loaded> {
	const { environment } = world;
	if (isInArgoCD(environment) && !environment.KUBE_VERSION)
		refuse(
			'hydrator',
			"Argo CD's Source Hydrator cannot render databases: a plan depends on the cluster, and hydrated manifests are frozen in git",
			'Use spec.source instead of spec.sourceHydrator for this Application.',
		);
	const parts = takeApart(chunks, settings.namespace ?? (environment.ARGOCD_APP_NAMESPACE || undefined));
	const problems = check ? [...parts.problems, ...check(parts)] : parts.problems;
	const { memoryOf, tombstones, checkOperations } = await memoryFor(parts, settings, world, sourceIsStdin).catch(
		(error) => {
			if (error instanceof Refusal) refuseErrors([...problems, ...error.problems]);
			throw error;
		},
	);
	const { rendered, warnings } = renderAll({ ...parts, problems }, memoryOf);
	const withOperations = rendered.filter(({ outcome }) => outcome.operations.length > 0);
	await checkOperations?.([...new Set(withOperations.map(({ desired }) => desired.id.kind))]);
	return { ...parts, rendered, tombstones, warnings };
}

async function sourcesAt(paths: readonly string[], settings: Settings, world: World): Promise<Source[]> {
	if (paths.filter((path) => path === '-').length > 1)
		refuse('setting', 'stdin (-) is named twice', 'It can be read once only.');
	const read = async (path: string): Promise<Source[]> => {
		if (path === '-') return [stdin(world, 'the source')];
		const how = settings.source;
		if (how === 'kustomize' || (how === 'auto' && isFolder(path) && isKustomization(path))) {
			const { buildKustomization } = await import('../input/kustomize.js');
			return [buildKustomization(path, settings.kustomize as string)];
		}
		return readSources(path, settings.recursive === 'true');
	};
	return (await Promise.all(paths.map(read))).flat();
}

/** All of stdin. Refuses a terminal: a person would wait for something that waits for them. */
export function stdin(world: World, what: string): Source {
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

export interface MemorySource {
	memoryOf(id: Identity): Memory;
	readonly tombstones: readonly Rendered[];
	/** Refuses operations on databases of these kinds where the host would not carry them out in order. */
	checkOperations?(kinds: readonly string[]): Promise<void>;
}

async function memoryFor(
	{ databases, problems }: SourceParts,
	settings: Settings,
	world: World,
	sourceIsStdin: boolean,
): Promise<MemorySource> {
	const where = settings.state;
	if (settings.published !== undefined) {
		const { publishedMemory } = await import('./published-memory.js');
		const cluster = where === 'cluster' ? await clusterMemory(databases, settings, world) : undefined;
		return publishedMemory(databases, settings, cluster);
	}
	const application = applicationOf(settings, world.environment);
	if (databases.length > 0 && where === 'cluster' && application && isInArgoCD(world.environment)) {
		const { readInArgoCD } = await import('../memory/argocd.js');
		return { ...(await readInArgoCD(databases, application, settings, world.environment)), tombstones: [] };
	}
	// Without databases nothing is remembered; one that is among the errors counts.
	const isAsked = databases.length > 0 || problems.some(isError);
	if (!isAsked || where === 'none') return { memoryOf: () => nothing, tombstones: [] };
	if (where === undefined) return refuseNoState();
	if (where === 'cluster') return { memoryOf: await clusterMemory(databases, settings, world), tombstones: [] };
	if (where === '-' && sourceIsStdin) refuse('setting', 'source and state cannot both be read from stdin');
	const sources = where === '-' ? [stdin(world, 'the state')] : readSources(where, true);
	const chunks = sources.flatMap(splitStream);
	const memory = memoryFrom(chunks);
	if (memory.databases.length === 0)
		refuse(
			'empty-state',
			chunks.length === 0
				? 'the state is empty: the render before printed nothing'
				: 'the state is no output of a render: it holds no plan and no state of any database',
			'Give the output of the render before. If no database was ever rendered, say so: --state none.',
			where === '-' ? '<stdin>' : where,
		);
	const desired = new Set(databases.map(({ id }) => `${id.kind} ${id.namespace}/${id.name}`));
	const left = memory.databases.filter((id) => !desired.has(`${id.kind} ${id.namespace}/${id.name}`));
	return {
		memoryOf: (id) => ({ ...nothing, ...memory.of(id) }),
		tombstones: left.map((id) => tombstone(id, memory.of(id))),
	};
}

/** A forgotten --state would look like a first installation. */
export function refuseNoState(): never {
	return refuse(
		'no-state',
		'--state is missing: where is the previous rendered state?',
		[
			'--state cluster       the ConfigMaps in the cluster, read with your kubectl',
			'--state FILE|FOLDER   the output of the render before',
			'--state none          nothing was rendered before',
		].join('\n'),
	);
}

async function clusterMemory(
	databases: SourceParts['databases'],
	settings: Settings,
	world: World,
): Promise<(id: Identity) => Memory> {
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
	return readCluster(databases, get, applicationOf(settings, world.environment));
}

/** What is kept of a database that has left the source, so that its return takes no old names. */
function tombstone(id: Identity, { plan, state }: Remembered): Rendered {
	if (state?.removed) return { wave: waves.state, object: memoryObject(id, 'state', stateContent(id, state)) };
	const { generation, digest } = (plan ?? state) as Plan | State;
	const kept = { generation, digest, spec: {}, tokens: {}, removed: true };
	return { wave: waves.state, object: memoryObject(id, 'state', stateContent(id, kept)) };
}

/** Applications outside Argo CD's own namespace are called `<namespace>_<name>` there. */
function applicationOf(settings: Settings, environment: NodeJS.ProcessEnv) {
	const { application } = settings;
	if (application) {
		const [namespace, name] = application.split('/') as [string, string];
		return { namespace, name };
	}
	const full = environment.ARGOCD_APP_NAME;
	if (full === undefined) return undefined;
	const at = full.indexOf('_');
	if (at >= 0) return { namespace: full.slice(0, at), name: full.slice(at + 1) };
	return { namespace: ownNamespace(settings), name: full };
}

/** The namespace of this pod, in which Argo CD runs; a token may be mounted without it. */
function ownNamespace(settings: Settings): string {
	const file = join(settings['service-account'] as string, 'namespace');
	const given = settings['argocd-namespace'];
	if (given) return given;
	return existsSync(file) ? readFileSync(file, 'utf8').trim() : 'argocd';
}
