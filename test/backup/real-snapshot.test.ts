/** What the program says of a snapshot, beside what etcd's own tool says of it. */
import {execFile} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {bucketRoot, leafElement, readMeta, readPageHeader} from '../../source/backup/bolt-format.ts';
import {type SaveRequest, saveSnapshot} from '../../source/backup/save-snapshot.ts';
import {SnapshotDamage, verifySnapshot} from '../../source/backup/snapshot-status.ts';
import {runSnapshot} from '../../source/commands/snapshot.ts';
import {parseManifest, serializeManifest} from '../../source/domain/backup-manifest.ts';
import {contextFor} from '../commands/command-context.ts';
import {type Cluster, clusterForSuite} from '../helpers/cluster.ts';
import {mountNamespace} from '../helpers/mount-namespace.ts';
import {chunksOf, cutOff, sampleManifest} from './snapshot-stream.ts';

const run = promisify(execFile);
let cluster: Cluster;
let folder: string;
/** As etcdctl saved it. */
let file: string;
let bytes: Buffer;

const etcdctl = async (...words: readonly string[]) =>
	(await run('etcdctl', [...cluster.connectionFlags, ...words], {env: {...process.env, ETCDCTL_API: '3'}})).stdout;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 1});
	folder = await mkdtemp(join(tmpdir(), 'etcdtop-snapshot-'));
	const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
	const put = (key: string, value: Buffer) => cluster.members[0]!.call('/v3/kv/put', {key: base64(key), value: base64(value)});
	await Promise.all(
		Array.from({length: 300}, (_, index) => put(`/registry/pods/${index % 250}`, Buffer.alloc(index * 4, index))),
	);
	await put('large', Buffer.alloc(300_000, 'x'));
	await cluster.members[0]!.call('/v3/kv/deleterange', {key: base64('/registry/pods/7')});
	file = join(folder, 'by-etcdctl.db');
	await etcdctl('snapshot', 'save', file);
	bytes = await readFile(file);
}, 60_000);

afterAll(() => rm(folder, {recursive: true, force: true}));

/** A file with these bytes. */
async function verified(content: Buffer): Promise<ReturnType<typeof verifySnapshot>> {
	const path = join(folder, 'changed.db');
	await writeFile(path, content);
	return verifySnapshot(path);
}

const damageOf = (content: Buffer) =>
	verified(content).then(
		() => 'nothing',
		(error: unknown) => (error instanceof SnapshotDamage ? error.message : String(error)),
	);

test("it names a snapshot as etcdctl does, with etcd's checksum at its end and without", async () => {
	const told = JSON.parse(await etcdctl('snapshot', 'status', file, '--write-out=json')) as Record<string, number>;
	const {hash, revision, totalKeys, totalSizeBytes, hasChecksum} = await verifySnapshot(file);
	expect({hash, revision: Number(revision), totalKey: totalKeys, totalSize: totalSizeBytes}).toEqual(told);
	expect(hasChecksum).toBe(true);
	expect(await verified(bytes.subarray(0, -32))).toMatchObject({hash, totalKeys, totalSizeBytes, hasChecksum: false});
});

test('cut at any byte it is refused', async () => {
	const {length} = bytes;
	const near = [
		0,
		1,
		15,
		16,
		79,
		80,
		511,
		512,
		513,
		544,
		4095,
		4096,
		4128,
		8192,
		8224,
		length - 4096,
		length - 512,
		length - 544,
	];
	const last = Array.from({length: 63}, (_, index) => length - 1 - index).filter((at) => at !== length - 32);
	const between = Array.from({length: 60}, (_, index) => Math.floor((index * 7919 * 31) % length));
	for (const at of [...near, ...last, ...between]) {
		expect(await damageOf(bytes.subarray(0, at)), `cut at ${at} of ${length}`).toMatch(/cut off|SHA-256|begin|empty/);
	}
});

test('one bit that turned is found by the checksum', async () => {
	for (const at of [20, 5000, Math.floor(bytes.length / 2), bytes.length - 1]) {
		const changed = Buffer.from(bytes);
		changed[at]! ^= 4;
		expect(await damageOf(changed)).toMatch(/SHA-256/);
	}
});

/** Where things are in the file at hand. */
function layout() {
	const {pageSize} = readMeta(bytes)!;
	const newest = [0, pageSize].map((at) => readMeta(bytes.subarray(at))!).sort((a, b) => b.transaction - a.transaction)[0]!;
	const {pages} = newest;
	const rootAt = newest.root * pageSize;
	const page = bytes.subarray(rootAt, rootAt + pageSize);
	const elements = Array.from({length: readPageHeader(page).count}, (_, index) => leafElement(page, index));
	const keys = elements.find(({keyAt, keyBytes}) => page.subarray(keyAt, keyAt + keyBytes).toString() === 'key')!;
	let leafAt = bucketRoot(page.subarray(keys.valueAt)) * pageSize;
	while (readPageHeader(bytes.subarray(leafAt)).type === 'branch') {
		leafAt = bytes.readUInt32LE(leafAt + 16 + 8) * pageSize;
	}
	return {pageSize, pages, rootAt, keysRootAt: rootAt + keys.valueAt, leafAt};
}

test.each<[string, (file: Buffer, at: ReturnType<typeof layout>) => void, RegExp]>([
	['no beginning', (file, {pageSize}) => file.fill(0, 0, 2 * pageSize), /does not begin/],
	['a page that is another', (file, {rootAt}) => file.writeUInt32LE(77, rootAt), /says that it is page 77/],
	['a page of no type', (file, {rootAt}) => file.writeUInt16LE(0x40, rootAt + 8), /is no branch or leaf page/],
	['too many entries', (file, {leafAt}) => file.writeUInt16LE(0xfff0, leafAt + 10), /more entries than room/],
	['a page beyond the end', (file, {leafAt}) => file.writeUInt32LE(0x7fffffff, leafAt + 12), /goes on beyond the end/],
	['a bucket beyond the end', (file, {keysRootAt, pages}) => file.writeUInt32LE(pages, keysRootAt), /is referred to/],
	['a circle', (file, {keysRootAt, rootAt, pageSize}) => file.writeUInt32LE(rootAt / pageSize, keysRootAt), /is reached twice/],
	[
		'keys out of order',
		(file, {leafAt}) => file.writeUInt8(0xff, leafAt + leafElement(file.subarray(leafAt), 0).keyAt),
		/out of order/,
	],
	['an entry outside of its page', (file, {leafAt}) => file.writeUInt32LE(0x7fffffff, leafAt + 16 + 4), /is not all on it/],
	['a key too long', (file, {leafAt}) => file.writeUInt32LE(40_000, leafAt + 16 + 8), /has a key of 40000 bytes/],
])('without the checksum, %s is found', async (_, change, damage) => {
	const changed = Buffer.from(bytes.subarray(0, -32));
	change(changed, layout());
	expect(await damageOf(changed)).toMatch(damage);
});

const name = 'snapshot_2026-11-27_093005.db';
const manifestName = 'snapshot_2026-11-27_093005.manifest.json';

function saving(directory: string, changes: Partial<SaveRequest> = {}) {
	return saveSnapshot({
		directory,
		name,
		expectedBytes: bytes.length,
		chunks: () => chunksOf(bytes),
		manifestOf: ({sha256, fileBytes}) => ({...sampleManifest, files: [{role: 'snapshot', name, bytes: fileBytes, sha256}]}),
		runbookOf: () => undefined,
		onProgress() {},
		signal: new AbortController().signal,
		...changes,
	}).done;
}

const refusal = (done: Promise<unknown>) =>
	done.then(
		() => 'nothing',
		(error: Error) => error.message,
	);

test('a stream becomes a file of its own, with its manifest, for its owner alone', async () => {
	const directory = join(folder, 'new', 'backups');
	const progress: string[] = [];
	const {path, manifestPath, status} = await saving(directory, {onProgress: ({kind}) => progress.push(kind)});
	expect(await readFile(path)).toEqual(bytes);
	expect((await readdir(directory)).sort()).toEqual([name, manifestName]);
	expect([
		(await stat(path)).mode & 0o777,
		(await stat(manifestPath)).mode & 0o777,
		(await stat(directory)).mode & 0o777,
	]).toEqual([0o600, 0o600, 0o700]);
	expect(parseManifest(await readFile(manifestPath, 'utf8'))).toMatchObject({files: [{sha256: status.sha256}]});
	expect([...new Set(progress)]).toEqual(['receiving', 'verifying']);
	expect(await refusal(saving(directory))).toMatch(/is there already, and nothing is overwritten/);
	expect(await readFile(path)).toEqual(bytes);
});

test('a stream that ends anywhere before its end leaves nothing', async () => {
	const directory = join(folder, 'cut');
	await mkdir(directory);
	const {length} = bytes;
	const places = [0, 1, 4096, 4128, 32 * 1024, 32 * 1024 + 32, length - 33, length - 32, length - 31, length - 1];
	for (const at of places) {
		for (const tells of [true, false]) {
			expect(await refusal(saving(directory, {chunks: () => cutOff(bytes, at, tells)})), `${at}`).toMatch(/no whole snapshot/);
			expect(await readdir(directory)).toEqual([]);
		}
	}
});

test('stopped in the middle, or broken off, it leaves nothing', async () => {
	const directory = join(folder, 'stopped');
	const stop = new AbortController();
	await expect(saving(directory, {signal: stop.signal, onProgress: () => stop.abort()})).rejects.toThrow(/abort/i);
	const broken = async function* () {
		for await (const chunk of cutOff(bytes, 100_000, true)) {
			yield chunk;
		}
		throw new Error('connection lost');
	};
	expect(await refusal(saving(directory, {chunks: broken}))).toBe('connection lost');
	expect(await readdir(directory)).toEqual([]);
});

test('where another file gets one of the names meanwhile, none of ours stays', async () => {
	const directory = join(folder, 'late');
	const late = saving(directory, {
		manifestOf() {
			writeFileSync(join(directory, manifestName), 'of another');
			return sampleManifest;
		},
	});
	expect(await refusal(late)).toMatch(/manifest\.json is there already, and nothing is overwritten/);
	expect(await readdir(directory)).toEqual([manifestName]);
	expect(await readFile(join(directory, manifestName), 'utf8')).toBe('of another');
});

test('where another writes that name already, or was killed at it, it keeps off', async () => {
	const directory = join(folder, 'taken');
	await mkdir(directory);
	const partial = join(directory, `.${name}.partial`);
	await writeFile(partial, 'of another');
	expect(await refusal(saving(directory))).toMatch(/another backup writes it, or was killed/);
	expect(await readFile(partial, 'utf8')).toBe('of another');
});

test('a full disk is told, and leaves nothing', async (context) => {
	const namespace = await mountNamespace();
	if (namespace === undefined) {
		return context.skip('mounting is not allowed here');
	}
	const save = fileURLToPath(new URL('fixtures/save.ts', import.meta.url));
	const script = 'mount -t tmpfs -o size=200k tmpfs "$1"; shift; "$@"; "$@" 1000000000';
	const full = join(folder, 'full');
	await mkdir(full);
	const words = [...namespace, 'sh', '-c', script, 'sh', full, process.execPath, save, full, file];
	const [onTheWay, before] = (await run('unshare', words)).stdout
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as unknown);
	expect(onTheWay).toEqual({outcome: expect.stringMatching(/the disk is full.*Make room there/), there: []});
	expect(before).toEqual({outcome: expect.stringMatching(/has 200 KiB free, and a backup takes 1.02 GiB/), there: []});
});

test.each<[string, (manifest: string) => string, number, RegExp]>([
	['is the one that its manifest tells of', (text) => text, 0, /^$/],
	['is another than its manifest tells of', (text) => text.replace(/"sha256": "..../, '"sha256": "0000'), 1, /another SHA-256/],
	['has a manifest that was cut', (text) => text.slice(0, 100), 0, /is no help: not JSON, or cut off/],
])('verify, beside its manifest: %s', async (_, change, code, said) => {
	const path = join(folder, name);
	const {sha256, fileBytes} = await verifySnapshot(file);
	const manifest = {...sampleManifest, files: [{role: 'snapshot' as const, name, bytes: fileBytes, sha256}]};
	await writeFile(path, bytes);
	await writeFile(join(folder, manifestName), change(serializeManifest(manifest)));
	const context = contextFor(`snapshot verify ${path} -w json`);
	expect(await runSnapshot(context)).toBe(code);
	expect(JSON.parse(context.printed[0]!)).toMatchObject({sha256, fileSize: fileBytes});
	expect(context.said.join('\n')).toMatch(said);
});

test('verify prints what etcdctl prints, and says what is wrong', async () => {
	const plain = contextFor(`snapshot verify ${file} -w simple`);
	expect(await runSnapshot(plain)).toBe(0);
	expect(plain.printed).toEqual([(await etcdctl('snapshot', 'status', file)).trim()]);
	const damaged = join(folder, 'damaged.db');
	await writeFile(damaged, bytes.subarray(0, 5000));
	for (const [path, words] of [
		[damaged, /damaged: .*Do not restore from it\.$/],
		[join(folder, 'nowhere.db'), /it can't be read: /],
		[folder, /it can't be read|it is no file/],
	] as const) {
		const context = contextFor(`snapshot verify ${path}`);
		expect(await runSnapshot(context)).toBe(1);
		expect(context.said.join('\n')).toMatch(words);
		expect(context.printed).toEqual([]);
	}
	await expect(runSnapshot(contextFor('snapshot verify'))).rejects.toThrow('say etcdtop snapshot verify FILE');
});
