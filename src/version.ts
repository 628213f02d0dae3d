/** The version of this program, put in when the bundle is built (tools/build.mjs). */
declare const KUBEDB_RENDER_VERSION: string;
export const version: string = KUBEDB_RENDER_VERSION;

/** The version of KubeDB's API (kubedb.dev/apimachinery) whose CRDs the catalog was made from, as `v0.66.0`. */
declare const KUBEDB_API_VERSION: string;
export const apiVersion: string = KUBEDB_API_VERSION;
