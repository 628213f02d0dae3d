/** `npm run e2e [-- PART OF A STORY'S NAME...]`: runs the stories against the real components. Needs Go 1.26, git, openssl and redis-server. */
import { launch } from './launch.mjs';
import { parts } from './parts.mjs';

await launch('e2e/main.ts', await parts());
