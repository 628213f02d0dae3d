/**
 * `node bench/argocd.mjs [--quick]`: what the plugin costs in the real Argo CD, against the same manifests from a plain
 * folder (see argocd.ts). Needs what `npm run e2e` needs, and takes ten minutes.
 */
import { launch } from '../e2e/launch.mjs';
import { parts } from '../e2e/parts.mjs';

await launch('bench/argocd.ts', await parts());
