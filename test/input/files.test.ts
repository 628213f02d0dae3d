import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decode, filesAt, isFolder, isKustomization, readSources } from '../../src/input/files.js';
import { splitStream, textOf } from '../../src/input/stream.js';
import { parseChunk } from '../../src/input/yaml.js';
import { refusal } from '../refusal.js';

const test = suite<{ folder: string }>('files');

test.before.each((context) => {
	context.folder = mkdtempSync(join(tmpdir(), 'kubedb-render-files-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

function write(folder: string, files: Record<string, string | Uint8Array>): void {
	for (const [name, content] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), content);
	}
}

const names = (folder: string, recursive: boolean) =>
	filesAt(folder, recursive).map((path) => path.slice(folder.length + 1));

test('a folder gives its YAML and JSON files in the order of their names, hidden ones and others left out', ({
	folder,
}) => {
	write(folder, {
		'b.yaml': '',
		'a.yml': '',
		'c.json': '',
		'B.yaml': '',
		'.d.yaml': '',
		'e.txt': '',
		'sub/f.yaml': '',
		'.git/g.yaml': '',
	});
	assert.equal(names(folder, false), ['B.yaml', 'a.yml', 'b.yaml', 'c.json']);
	assert.equal(names(folder, true), ['B.yaml', 'a.yml', 'b.yaml', 'c.json', 'sub/f.yaml']);
});

test('a file is taken whatever its name is', ({ folder }) => {
	write(folder, { 'manifests.txt': 'a: b\n' });
	assert.equal(
		readSources(join(folder, 'manifests.txt')).map(({ text }) => text),
		['a: b\n'],
	);
});

test('a source is called by its path from here, or by the path that was given where it lies elsewhere', ({
	folder,
}) => {
	write(folder, { 'a.yaml': '' });
	assert.equal(
		readSources(folder).map(({ name }) => name),
		[join(folder, 'a.yaml')],
	);
	const before = process.cwd();
	process.chdir(folder);
	try {
		for (const path of ['.', './a.yaml', folder]) assert.is(readSources(path)[0]?.name, 'a.yaml', path);
	} finally {
		process.chdir(before);
	}
});

test('a folder without manifests is refused, with a hint where there are some below', ({ folder }) => {
	write(folder, { 'a.txt': '' });
	const alone = refusal(() => filesAt(folder, false));
	assert.equal([alone.code, alone.source, alone.hint], ['no-manifests', folder, undefined]);
	write(folder, { 'sub/a.yaml': '' });
	assert.match(refusal(() => filesAt(folder, false)).hint ?? '', '--recursive');
	assert.equal(names(folder, true), ['sub/a.yaml']);
});

test('what hinders the search for a hint is no reason to refuse', ({ folder }) => {
	mkdirSync(join(folder, 'sub'));
	symlinkSync(folder, join(folder, 'sub/up'));
	assert.is(refusal(() => filesAt(folder, false)).code, 'no-manifests');
});

test('what is not there is refused', ({ folder }) => {
	const { code, message, source } = refusal(() => readSources(join(folder, 'a.yaml')));
	assert.equal([code, message], ['not-found', 'there is no such file or folder']);
	assert.is(source, join(folder, 'a.yaml'));
});

test('a path through a file is refused', ({ folder }) => {
	write(folder, { 'a.yaml': '' });
	assert.match(refusal(() => readSources(join(folder, 'a.yaml/b.yaml'))).message, 'a part of the path is a file');
});

test('a symbolic link leads to a file or a folder', ({ folder }) => {
	write(folder, { 'there/a.yaml': 'a: b\n', 'here/x.yaml': '' });
	symlinkSync('../there', join(folder, 'here/link'));
	symlinkSync('../there/a.yaml', join(folder, 'here/b.yaml'));
	assert.equal(names(join(folder, 'here'), true), ['b.yaml', 'link/a.yaml', 'x.yaml']);
	assert.is(readSources(join(folder, 'here/b.yaml'))[0]?.text, 'a: b\n');
});

test('the same folder by two links is no circle', ({ folder }) => {
	write(folder, { 'there/a.yaml': '', 'here/x.yaml': '' });
	symlinkSync('../there', join(folder, 'here/one'));
	symlinkSync('../there', join(folder, 'here/two'));
	assert.equal(names(join(folder, 'here'), true), ['one/a.yaml', 'two/a.yaml', 'x.yaml']);
});

test('links that lead around in a circle are refused when they are followed, and only then', ({ folder }) => {
	write(folder, { 'a.yaml': '', 'sub/b.yaml': '' });
	symlinkSync('..', join(folder, 'sub/up'));
	assert.equal(names(folder, false), ['a.yaml']);
	const { code, source } = refusal(() => filesAt(folder, true));
	assert.equal([code, source], ['symlink-loop', join(folder, 'sub/up')]);
});

test('a link to itself is refused, and so is one to nowhere', ({ folder }) => {
	symlinkSync('a.yaml', join(folder, 'a.yaml'));
	assert.is(refusal(() => filesAt(join(folder, 'a.yaml'), false)).code, 'symlink-loop');
	assert.is(refusal(() => filesAt(folder, false)).code, 'symlink-loop');
	symlinkSync('nothing', join(folder, 'b.yaml'));
	assert.is(refusal(() => filesAt(join(folder, 'b.yaml'), false)).message, 'the symbolic link leads nowhere');
});

test('a link to nowhere that is no manifest is left out like any other file', ({ folder }) => {
	write(folder, { 'a.yaml': '' });
	symlinkSync('nothing', join(folder, 'README'));
	symlinkSync('loop', join(folder, 'loop'));
	for (const recursive of [false, true]) assert.equal(names(folder, recursive), ['a.yaml']);
});

test('a folder whose name looks like a manifest is a folder', ({ folder }) => {
	write(folder, { 'a.yaml/b.yaml': '' });
	assert.is(refusal(() => filesAt(folder, false)).code, 'no-manifests');
	assert.equal(names(folder, true), ['a.yaml/b.yaml']);
});

test('what may not be read is refused with the reason', ({ folder }) => {
	write(folder, { 'a.yaml': '', 'sub/b.yaml': '' });
	chmodSync(folder, 0o755);
	chmodSync(join(folder, 'a.yaml'), 0);
	chmodSync(join(folder, 'sub'), 0);
	const [file, below] = asNobody(() => [
		refusal(() => readSources(join(folder, 'a.yaml'))),
		refusal(() => filesAt(folder, true)),
	]);
	assert.equal([file.code, file.message], ['unreadable', 'it cannot be read: permission denied']);
	assert.equal([below.code, below.source], ['unreadable', join(folder, 'sub')]);
	chmodSync(join(folder, 'sub'), 0o700);
});

/** To root nothing is forbidden. */
function asNobody<T>(run: () => T): T {
	if (process.geteuid?.() !== 0) return run();
	process.seteuid?.(65534);
	try {
		return run();
	} finally {
		process.seteuid?.(0);
	}
}

test('a pipe is read: a shell gives one for <(command)', ({ folder }) => {
	write(folder, { 'a.yaml': 'a: b\n' });
	execFileSync('mkfifo', [join(folder, 'pipe')]);
	spawn('sh', ['-c', 'cat a.yaml > pipe'], { cwd: folder, stdio: 'ignore' });
	assert.is(readSources(join(folder, 'pipe'))[0]?.text, 'a: b\n');
});

test('a device is neither a file nor a folder', () => {
	assert.is(refusal(() => readSources('/dev/null')).code, 'not-a-file');
});

test('a file that is too large is refused without being read', ({ folder }) => {
	write(folder, { 'a.yaml': '' });
	truncateSync(join(folder, 'a.yaml'), 64 * 1024 * 1024 + 1);
	const { code, message, hint } = refusal(() => readSources(join(folder, 'a.yaml')));
	assert.is(code, 'file-too-large');
	assert.match(message, 'the file has 67108865 bytes, the limit is 67108864');
	assert.match(hint ?? '', 'Split it');
});

test('a byte order mark and the line ends of Windows stay in the text, and are no part of any value', ({ folder }) => {
	write(folder, { 'a.yaml': '\ufeffa: b\r\nc: |\r\n  d\r\n---\r\ne: "f"\r\n' });
	const [source] = readSources(folder);
	assert.is(source?.text, '\ufeffa: b\r\nc: |\r\n  d\r\n---\r\ne: "f"\r\n');
	const chunks = splitStream(source as NonNullable<typeof source>);
	assert.equal(
		chunks.map((chunk) => parseChunk(chunk).value),
		[{ a: 'b', c: 'd\n' }, { e: 'f' }],
	);
	assert.is(textOf(chunks[0] as NonNullable<(typeof chunks)[0]>), 'a: b\r\nc: |\r\n  d\r\n');
});

const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const encoded: Record<string, Uint8Array> = {
	'ISO 8859-1': Buffer.from('a: \xe9\n', 'latin1'),
	'UTF-16 with its mark': Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('kind: Postgres\n')]),
	'UTF-16, the other way round': Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('kind: Postgres\n')]).swap16(),
	'UTF-16 without its mark': utf16('kind: Postgres\n'),
	'half a character': Buffer.from([0x61, 0xe2, 0x82]),
	'a surrogate': Buffer.from([0xed, 0xa0, 0x80]),
	'a gzip archive': Buffer.from([0x1f, 0x8b, 0x08, 0x00]),
};
for (const [what, bytes] of Object.entries(encoded)) {
	test(`what is not UTF-8 is refused: ${what}`, ({ folder }) => {
		write(folder, { 'a.yaml': bytes });
		const { code, source, hint } = refusal(() => readSources(folder));
		assert.equal([code, source], ['not-utf8', join(folder, 'a.yaml')]);
		assert.match(hint ?? '', 'UTF-8');
	});
}

test('text of all planes is decoded', () => {
	assert.is(decode(Buffer.from('é\u2028😀\ufffd'), 'x'), 'é\u2028😀\ufffd');
	assert.is(decode(new Uint8Array(), 'x'), '');
});

test('a kustomization is known by any of its three names', ({ folder }) => {
	for (const name of ['kustomization.yaml', 'kustomization.yml', 'Kustomization']) {
		write(folder, { [`${name}-folder/${name}`]: '', [`${name}-folder/a.yaml`]: '' });
		assert.ok(isKustomization(join(folder, `${name}-folder`)), name);
	}
	write(folder, { 'other/kustomize.yaml': '' });
	assert.not(isKustomization(join(folder, 'other')));
	assert.is(refusal(() => isKustomization(join(folder, 'nothing'))).code, 'unreadable');
});

test('a folder is told from all else', ({ folder }) => {
	write(folder, { 'a.yaml': '' });
	assert.ok(isFolder(folder));
	assert.not(isFolder(join(folder, 'a.yaml')));
	assert.not(isFolder(join(folder, 'nothing')));
});

test.run();
