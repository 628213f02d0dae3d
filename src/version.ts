/** The version of this program, put in when the bundle is built (tools/build.mjs). */
declare const KUBEDB_RENDER_VERSION: string;
export const version: string = KUBEDB_RENDER_VERSION;
