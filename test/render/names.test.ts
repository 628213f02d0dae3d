import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { operationFactsOf, operationTypes } from '../../src/catalog/catalog.js';
import { type NameParts, operationName } from '../../src/render/names.js';

const id = { kind: 'Postgres', namespace: 'demo', name: 'ha-postgres' };
const parts: NameParts = {
	uid: 'u1',
	generation: 2,
	base: 'b1',
	type: 'VerticalScaling',
	group: 'VerticalScaling',
	payload: { spec: { a: 1 } },
	retry: '',
};
const nothing = () => false;
const name = (more: Partial<NameParts> = {}, identity = id) => operationName(identity, { ...parts, ...more }, nothing);

test('a name is the database, the type as KubeDB spells it, and six characters', () => {
	assert.match(name(), /^ha-postgres-verticalscaling-[0-9a-z]{6}$/);
	assert.is(name(), name());
	assert.match(name({ type: 'RotateAuth' }), /^ha-postgres-rotate-auth-[0-9a-z]{6}$/);
});

test('whatever makes an operation another one makes another name', () => {
	const names = [
		name(),
		name({ uid: 'u2' }),
		name({ generation: 3 }),
		name({ base: 'b2' }),
		name({ group: 'other' }),
		name({ payload: { spec: { a: 2 } } }),
		name({ retry: '1' }),
		name({}, { ...id, namespace: 'prod' }),
		name({}, { ...id, kind: 'MySQL' }),
	];
	assert.is(new Set(names).size, names.length);
});

test('a name that is taken is not given again, and the next one is always the same', () => {
	const taken = new Set<string>();
	const given = Array.from({ length: 50 }, () => {
		const next = operationName(id, parts, (each) => taken.has(each));
		taken.add(next);
		return next;
	});
	assert.is(new Set(given).size, 50);
	assert.is(given[0], name());
	assert.is(
		operationName(id, parts, (each) => each === given[0]),
		given[1],
	);
});

test('a name is a label value, however long the name of the database is', () => {
	const letters = fc.constantFrom(...'abcxyz0189-');
	const databases = fc
		.array(letters, { minLength: 1, maxLength: 63 })
		.map((list) => list.join(''))
		.filter((each) => /^[a-z](?:.*[a-z0-9])?$/.test(each));
	fc.assert(
		fc.property(databases, fc.constantFrom(...operationTypes()), (database, type) => {
			const long = name({ type }, { ...id, name: database });
			assert.ok(long.length <= 63, long);
			assert.match(long, /^[a-z][a-z0-9-]*[a-z0-9]$/);
			assert.match(long, new RegExp(`[a-z0-9]-${operationFactsOf(type).slug}-[0-9a-z]{6}$`));
			assert.ok(
				database.startsWith(long.split(`-${operationFactsOf(type).slug}-`)[0] as string) ||
					database.includes(operationFactsOf(type).slug),
			);
		}),
		{ seed: 1, numRuns: 500 },
	);
});

test('databases whose names are shortened alike have names of their own', () => {
	const one = name({}, { ...id, name: `${'a'.repeat(60)}-1` });
	const other = name({}, { ...id, name: `${'a'.repeat(60)}-2` });
	assert.is(one.slice(0, -6), other.slice(0, -6));
	assert.is.not(one, other);
});

test.run();
