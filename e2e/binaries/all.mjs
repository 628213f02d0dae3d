/** `node e2e/binaries/all.mjs`: builds all that the end-to-end tests run on, where it is missing. Needs Go 1.26, and no npm package. */
import { fluxParts } from '../flux/parts.mjs';
import { kustomizeFolder } from '../kustomize/install.mjs';
import { binaries } from './build.mjs';

const report = (text) => console.log(text);
console.log(Object.values(await binaries({ report })).join('\n'));
console.log(fluxParts(report).kustomizeController);
console.log(kustomizeFolder());
