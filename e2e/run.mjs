/** `npm run e2e [-- PART OF A STORY'S NAME...]`: runs the stories against the real components (see launch.mjs). */
import { launch } from './launch.mjs';

await launch('e2e/main.ts', process.argv.slice(2));
