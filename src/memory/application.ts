/** Which cluster an Argo CD Application goes to. */
import { refuse } from '../problems.js';
import { getAt } from '../render/path.js';
import type { Get } from './api.js';
import type { ApplicationName } from './cluster.js';

/**
 * The cluster that an Application goes to, as it names it: `undefined` where that is the one that Argo CD itself runs
 * in. Nothing else tells a plugin, and state must not be read from another cluster than the one that is written to.
 */
export async function destinationOf(get: Get, application: ApplicationName): Promise<string[] | undefined> {
	const { namespace, name } = application;
	const object = await get(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications/${name}`);
	if (!object)
		return refuse(
			'no-application',
			`the Application ${namespace}/${name} is not there yet, so the cluster that it goes to is not known`,
			'Create it with kubectl apply, or with argocd app create --validate=false: then it is rendered once it exists.',
		);
	const destination = ['server', 'name'].map((key) => getAt(object, ['spec', 'destination', key]));
	const names = destination.filter((each): each is string => typeof each === 'string' && each !== '');
	const isHome = names.some((each) => each === 'https://kubernetes.default.svc' || each === 'in-cluster');
	return isHome ? undefined : names;
}
