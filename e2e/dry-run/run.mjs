/**
 * `node e2e/dry-run/run.mjs`: sends every object that the fixtures render to a real kube-apiserver that has KubeDB's
 * CRDs, as a server-side dry run with strict field validation. KubeDB's own webhooks are not there (they cannot be built
 * from the module proxy): what they refuse, this does not see. Needs Go 1.26 and openssl.
 */
import { crdFolder } from '../../tools/schemas.mjs';
import { binaries } from '../binaries/build.mjs';
import { launch } from '../launch.mjs';

const report = (text) => console.log(`e2e: ${text}`);
await launch('e2e/dry-run/main.ts', {
	binaries: await binaries({ report, wanted: ['etcd', 'kube-apiserver'] }),
	crds: crdFolder(),
});
