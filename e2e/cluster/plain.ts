/** Values for JSON.stringify: integers beyond 2^53, which Kubernetes objects of the e2e do not have, become numbers. */
import type { Json } from '../../src/json.js';

export function plain(value: Json): unknown {
	return JSON.parse(JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? Number(each) : each)));
}
