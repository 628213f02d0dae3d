/** `doctor`: checks an installation through the user's own kubectl, and says how to mend what is wrong. */
import type { Finding } from '../hosts/findings.js';
import { connect, type Get } from '../memory/api.js';
import { coloured } from '../output/paint.js';
import { Refusal } from '../problems.js';
import type { Settings } from '../settings.js';
import type { Result } from './build.js';
import { argocdFindings } from './doctor-argocd.js';
import { fluxFindings } from './doctor-flux.js';
import type { World } from './load.js';

/** What applies the manifests. */
export type Host = 'argocd' | 'flux';

export interface DoctorOptions {
	readonly host: Host;
	/** Namespace of the host. */
	readonly namespace: string;
	/** ServiceAccounts that the guards have to bind, in that namespace or as `<namespace>/<name>`. */
	readonly controllers: readonly string[];
	readonly output: 'text' | 'json';
	readonly color: boolean;
}

/** Exit code 1 where something is bad. */
export async function doctor(options: DoctorOptions, settings: Settings, world: World): Promise<Result> {
	const read = connect({
		kubeconfig: settings.kubeconfig,
		context: settings.context,
		serviceAccount: settings['service-account'] as string,
		environment: world.environment,
		timeoutSeconds: Number(settings['request-timeout']),
	});
	const get: Get = (path) => read(path).catch(inOwnWords);
	const findings = await (options.host === 'flux' ? fluxFindings : argocdFindings)(get, options);
	const isBad = findings.some(({ status }) => status === 'bad');
	const stdout =
		options.output === 'json'
			? `${JSON.stringify({ findings }, undefined, 2)}\n`
			: asText(findings, options.color ? coloured : undefined);
	return { stdout, warnings: [], exitCode: isBad ? 1 : 0 };
}

/** A cluster that cannot be read, told without what a render would make of it. */
function inOwnWords(error: unknown): never {
	if (!(error instanceof Refusal)) throw error;
	const ofRenders =
		/^(?:what was rendered before cannot be read from the cluster|the cluster does not let .* be read)(?=: )/;
	throw new Refusal(
		error.problems.map(({ hint = '', message, ...rest }) => ({
			...rest,
			message: message.replace(ofRenders, 'the cluster cannot be read'),
			hint: hint.startsWith('Nothing was rendered') ? 'Check --kubeconfig and --context, or try again.' : hint,
		})),
	);
}

function asText(findings: readonly Finding[], paint: typeof coloured | undefined): string {
	const marks = { good: ['ok', 'green'], bad: ['BAD', 'red'], note: ['note', 'yellow'] } as const;
	const lines = findings.map(({ check, status, message, mend }) => {
		const [word, colour] = marks[status];
		const mark = paint ? paint(colour, word.padEnd(4)) : word.padEnd(4);
		return `${mark}  ${check}: ${message}${mend && status !== 'good' ? `\n        ${mend}` : ''}`;
	});
	const count = (status: Finding['status']) => findings.filter((each) => each.status === status).length;
	return `${lines.join('\n')}\n${count('good')} good, ${count('note')} to note, ${count('bad')} bad.\n`;
}
