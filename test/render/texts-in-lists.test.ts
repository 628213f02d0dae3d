import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placeOf } from '../../src/input/place.js';
import { splitStream } from '../../src/input/stream.js';
import { leafPath, leavesOf, redact } from '../../src/render/normalise.js';
import { bind, deleteAt, getAt, parsePath, setAt, showPath } from '../../src/render/path.js';

const withRules = (...rules: string[]) => ({ spec: { configuration: { acl: { rules } } } });
const rule = (user: string) => parsePath(`spec.configuration.acl.rules[user=${user}]`);

test('texts of a keyed list are told apart by their first words, in any order', () => {
	const leaves = leavesOf('Redis', withRules('alice on +@all', 'bob off'));
	assert.equal(
		Object.keys(leaves).map(leafPath).map(showPath),
		['alice', 'bob'].map((user) => showPath(rule(user))),
	);
	assert.equal(leaves, leavesOf('Redis', withRules('bob off', 'alice on +@all')));
});

test('two texts for one user make the list one value', () => {
	const [key] = Object.keys(leavesOf('Redis', withRules('alice on', 'alice off')));
	assert.is(showPath(leafPath(key as string)), 'spec.configuration.acl.rules');
});

test('a text that may hold a password is remembered as a digest, after its first word', () => {
	const { spec } = redact('Redis', withRules('alice on >secret +@all'), 'salt');
	const [text] = getAt(spec, ['configuration', 'acl', 'rules']) as string[];
	assert.match(text as string, /^alice sha256:[0-9a-f]+$/);
});

test('texts are found, replaced, added and removed by their first words', () => {
	const root = withRules('alice on', 'bob on');
	assert.is(getAt(root, rule('bob')), 'bob on');
	setAt(root, rule('bob'), 'bob off');
	setAt(root, rule('carol'), 'carol on');
	deleteAt(root, rule('alice'));
	assert.equal(root, withRules('bob off', 'carol on'));
});

test('the place of a text is that of the text', () => {
	const text = 'spec:\n  configuration:\n    acl:\n      rules:\n        - alice on\n        - bob off\n';
	const [chunk] = splitStream({ name: 'db.yaml', text });
	if (!chunk) throw new Error('no document');
	assert.is(placeOf(chunk, rule('bob')).line, 6);
});

test('wildcards of a payload are those of the field, in their order, also where keys of a map have dots', () => {
	const [from, to] = [parsePath('spec.a.*'), parsePath('spec.b.*')];
	const field = ['spec', 'a', 'x.y'];
	assert.equal(bind(to, from, field), ['spec', 'b', 'x.y']);
	assert.equal(parsePath(showPath(field)), field);
	const [items, names] = [parsePath('spec.list[*].sub[name=*].x'), parsePath('spec.other[*].x[name=*]')];
	const item = parsePath('spec.list[host=h].sub[name=n].x');
	assert.equal(showPath(bind(names, items, item)), 'spec.other[host=h].x[name=n]');
});

test.run();
