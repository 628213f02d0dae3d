/**
 * `node e2e/flux/run.mjs [PART OF A STORY'S NAME...]`: stories of CI that publishes trees, on the real kustomize-controller
 * and kube-apiserver. source-controller cannot be built from the module proxy: a small process stands in for it. Needs
 * Go 1.26, openssl and tar.
 */
import { crdFolder } from '../../tools/schemas.mjs';
import { binaries } from '../binaries/build.mjs';
import { launch } from '../launch.mjs';
import { fluxParts } from './parts.mjs';

const say = (text) => console.log(`e2e: ${text}`);
await launch('e2e/flux/main.mjs', {
	binaries: await binaries({ report: say, wanted: ['etcd', 'kube-apiserver', 'kubectl'] }),
	crds: crdFolder(),
	...fluxParts(say),
});
