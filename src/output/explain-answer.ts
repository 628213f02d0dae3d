/** What the catalog says about one field, one line of it: who carries a change out, in which payload, what is refused. */
import { type Entry, type FieldClass, operationFactsOf, operationTypes } from '../catalog/catalog.js';
import type { FieldRow, KindFacts, Operation } from '../catalog/types.js';
import type { Json } from '../json.js';
import { matchStart, parsePath, showPath } from '../render/path.js';
import { conditionText, orList } from './condition-text.js';

export interface Answer {
	readonly path: string;
	readonly class: FieldClass;
	/** The operation that carries a change out: `Restart` for fields that need one after the database CR is applied. */
	readonly operation?: string;
	/** Its place in the order of a plan, in words. */
	readonly order?: string;
	readonly payload?: string;
	/** Where the line holds, in words. */
	readonly when?: string;
	readonly topologies?: readonly string[];
	/** Fields with different labels need requests of their own. */
	readonly request?: string;
	/** What the request says besides. */
	readonly also: readonly string[];
	readonly pods: readonly string[];
	/** What happens when git does not set the field any more. */
	readonly removal: string;
	readonly refused: readonly string[];
	/** Whether the live database shows what it runs with once the operation is done. */
	readonly writtenBack?: string;
	/** Read from KubeDB's code, or by analogy; no guide says so. */
	readonly inferred?: true;
	readonly note?: string;
	readonly doubt?: string;
}

/** The answer that an entry of the catalog gives. */
export function answerOf(facts: KindFacts, entry: Entry): Answer {
	const when = conditionText(entry.when);
	const common = {
		path: showPath(entry.pattern),
		class: entry.class,
		...(when ? { when } : {}),
		...(entry.inferred ? { inferred: true as const } : {}),
	};
	switch (entry.class) {
		case 'operation':
			return { ...common, ...operationAnswer(facts, entry.operation as string, entry.row as FieldRow) };
		case 'restart':
			return {
				...common,
				operation: 'Restart',
				order: orderOf(facts, 'Restart'),
				also: [],
				pods: effectsOf(facts, 'Restart'),
				removal: 'the database CR is applied without it, and the pods restart',
				refused: [],
			};
		case 'direct':
			return {
				...common,
				also: [],
				pods: ['no operation; KubeDB acts on the database CR'],
				removal: 'the database CR is applied without it',
				refused: [],
			};
		default:
			return { ...common, also: [], pods: [], removal: 'refused', refused: [entry.because as string] };
	}
}

/** What the row of an operation says, without its path and condition. */
export function operationAnswer(
	facts: KindFacts,
	type: string,
	row: FieldRow,
): Omit<Answer, 'path' | 'class' | 'when' | 'inferred'> {
	const form = facts.operations[type] ?? {};
	return {
		operation: type,
		order: orderOf(facts, type),
		...(row.to ? { payload: row.to } : {}),
		...(row.topology ? { topologies: [row.topology].flat() } : {}),
		...(row.request ? { request: row.request } : {}),
		also: alsoSent(row, form),
		pods: effectsOf(facts, type),
		removal: row.companion ? 'nothing: it only goes along' : removalOf(row, form),
		refused: refusals(type, row, form),
		...(row.companion ? {} : { writtenBack: writtenBackText(type, row) }),
		...(row.note ? { note: row.note } : {}),
		...(row.doubt ? { doubt: row.doubt } : {}),
	};
}

/** Where an operation stands among those that the kind has: "after StorageMigration, before VerticalScaling". */
export function orderOf({ operations }: KindFacts, type: string): string {
	if (type === 'Restart') return 'last, after the database CR';
	const types = operationTypes().filter((each) => operations[each] && each !== 'Restart');
	const at = types.indexOf(type);
	const [before, after] = [types[at - 1], types[at + 1]];
	const place = [...(before ? [`after ${before}`] : ['first']), `before ${after ?? 'the database CR'}`].join(', ');
	return operationFactsOf(type).shrinkLast ? `${place}; scaling down after the others` : place;
}

/** What an operation means for the pods: by default, then by what the kind's annotations choose. */
export function effectsOf({ operations }: KindFacts, type: string): string[] {
	const { effect = {} } = operationFactsOf(type);
	if (typeof effect === 'string') return [effect];
	const { default: otherwise, ...byOption } = effect;
	const chosen: string[] = [];
	let usual = typeof otherwise === 'string' ? otherwise : undefined;
	for (const [path, texts] of Object.entries(byOption)) {
		const option = operations[type]?.options?.find((each) => each.path === path);
		if (!option || typeof texts === 'string') continue;
		usual = (option.default && texts[option.default]) ?? usual;
		for (const [value, text] of Object.entries(texts))
			if (text !== usual) chosen.push(`${text} (kubedb-render/${option.annotation}: ${value})`);
	}
	return [...(usual ? [usual] : []), ...chosen];
}

/** Said of operations whose payload is sent as a whole. */
export const allGoAlong = 'all other fields of the operation, although they did not change';

function alsoSent(row: FieldRow, form: Operation): string[] {
	return [
		...payloadTexts(row.set ?? {}),
		...(row.with ?? []).map((path) => `${path}, although it did not change`),
		...(form.send === 'all' && !row.companion ? [allGoAlong] : []),
		...(row.hook ? ['computed from the value'] : []),
		...(row.oneValue ? ['one value for all items: git has to give them all the same'] : []),
		...(row.default === undefined ? [] : [`${text(row.default)} where git names no value`]),
	];
}

/** `{a.b: true}` -> `a.b: true` */
export function payloadTexts(payload: Readonly<Record<string, Json>>): string[] {
	return Object.entries(payload).map(([path, value]) => `${path}: ${text(value)}`);
}

function text(value: Json): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

function removalOf(row: FieldRow, form: Operation): string {
	const ways: string[] = [];
	const from = parsePath(row.from);
	const isIn = (path: string) => matchStart(parsePath(path), from) !== undefined;
	const removals = (form.removal ?? []).filter(({ root, except = [] }) => isIn(root) && !except.some(isIn));
	if (row.onRemove) ways.push(payloadTexts(row.onRemove).join(', '));
	if (row.removedTo) ways.push(`named in ${row.removedTo}`);
	if (row.absent !== undefined) ways.push(`${row.to}: ${text(row.absent)}`);
	for (const { set } of removals.filter(({ when }) => when === 'any'))
		ways.push(`${payloadTexts(set).join(', ')}, together with all that stays`);
	for (const { root, set } of removals.filter(({ when }) => when === 'gone'))
		ways.push(`${payloadTexts(set).join(', ')} where the whole of ${root} leaves`);
	const isPartOfWhole = removals.length > 0 && form.send === 'all' && row.absent === undefined && !row.onRemove;
	if (isPartOfWhole && removals.every(({ when }) => when === 'gone'))
		ways.push('otherwise the rest is sent without it');
	if (ways.length > 0) return ways.join('; ');
	if (row.to === undefined) return 'goes along with the operation';
	return form.send === 'all'
		? 'the rest is sent without it; refused where nothing else of the operation is set'
		: 'refused: no operation takes it back';
}

function refusals(type: string, row: FieldRow, form: Operation): string[] {
	const { min, max } = row.limits ?? {};
	return [
		...(operationFactsOf(type).grows ? ['a smaller value: KubeDB can only expand volumes'] : []),
		...(row.grows ? ['a smaller value'] : []),
		...(min === undefined ? [] : [`less than ${min}`]),
		...(max === undefined ? [] : [`more than ${max}`]),
		...(row.keys ? [`keys other than ${row.keys.join(', ')}`] : []),
		...(row.needsLive
			? [
					`a change while the live database has no value ${row.needsLive === true ? 'there' : `at ${orList(row.needsLive)}`}`,
				]
			: []),
		...(form.refuse ?? []).map(({ because }) => because),
	];
}

function writtenBackText(type: string, row: FieldRow): string {
	const answer = row.writtenBack ?? operationFactsOf(type).writtenBack;
	if (answer === 'when-set')
		return 'KubeDB writes a new value into the database CR; that it writes a removal is not known';
	return answer
		? 'KubeDB writes the value into the database CR'
		: 'it is not known that KubeDB writes the value into the database CR, so the live one is no proof';
}
