/** What aliases stand for. */
import { type Alias, type Document, type Node, visit } from 'yaml';

/** From every alias of a document to the node that had its anchor last before it, in the order of the text. */
export function targetsOf(document: Document, text: string): ReadonlyMap<Alias, Node> {
	const anchors = new Map<string, Node>();
	const targets = new Map<Alias, Node>();
	// Nearly no document has any.
	if (!text.includes('*')) return targets;
	visit(document, {
		Alias: (_, node) => {
			const target = anchors.get(node.source);
			if (target) targets.set(node, target);
		},
		Value: (_, node) => {
			if (node.anchor) anchors.set(node.anchor, node);
		},
	});
	return targets;
}
