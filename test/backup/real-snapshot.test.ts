/** What the program says of a snapshot, beside what etcd's own tool says of it. */
import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {bucketRoot, leafElement, readMeta, readPageHeader} from '../../source/backup/bolt-format.ts';
import {SnapshotDamage, verifySnapshot} from '../../source/backup/snapshot-status.ts';
import {type Cluster, clusterForSuite} from '../helpers/cluster.ts';

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
