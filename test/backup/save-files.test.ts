/** A backup of a host that has all of its names stays, whatever becomes of the process. */
import {createHash} from 'node:crypto';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {saveHostBackup} from '../../source/backup/save-host-backup.ts';
import {sampleManifest} from './snapshot-stream.ts';

const pageBytes = 4096;
const stamp = '2026-11-27_093005';
const snapshotName = `snapshot_${stamp}.db`;
const resourcesName = `static_kuberesources_${stamp}.tar.gz`;
const manifest = `snapshot_${stamp}.manifest.json`;

/** A database without a bucket, and its checksum: two pages that say where it begins, a list of free pages, an empty leaf. */
function smallestSnapshot(): Buffer {
	const pages = Buffer.alloc(4 * pageBytes);
	for (const [id, flag] of [0x04, 0x04, 0x10, 0x02].entries()) {
		pages.writeBigUInt64LE(BigInt(id), id * pageBytes);
		pages.writeUInt16LE(flag, id * pageBytes + 8);
	}
	for (const id of [0, 1]) {
		const meta = pages.subarray(id * pageBytes + 16, id * pageBytes + 16 + 64);
		meta.writeUInt32LE(0xed0cdaed, 0);
		meta.writeUInt32LE(2, 4);
		meta.writeUInt32LE(pageBytes, 8);
		meta.writeBigUInt64LE(3n, 16);
		meta.writeBigUInt64LE(2n, 32);
		meta.writeBigUInt64LE(4n, 40);
		meta.writeBigUInt64LE(BigInt(id), 48);
		let hash = 0xcbf29ce484222325n;
		for (const byte of meta.subarray(0, 56)) {
			hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
		}
		meta.writeBigUInt64LE(hash, 56);
	}
	return Buffer.concat([pages, createHash('sha256').update(pages).digest()]);
}

function folder(): string {
	const directory = mkdtempSync(join(tmpdir(), 'etcdtop-save-'));
	onTestFinished(() => rmSync(directory, {recursive: true, force: true}));
	return directory;
}

const fileOf = (name: string, bytes: Buffer) => ({
	name,
	bytes: bytes.length,
	sha256: createHash('sha256').update(bytes).digest('hex'),
});

it('a process that ends while the host is cleared keeps the backup that has come', async () => {
	const directory = folder();
	const snapshot = smallestSnapshot();
	const archive = Buffer.from('an archive');
	const saving = saveHostBackup({
		directory,
		resourcesDirectory: undefined,
		snapshot: fileOf(snapshotName, snapshot),
		resources: fileOf(resourcesName, archive),
		read: async (name, offset, sink) => sink((name === snapshotName ? snapshot : archive).subarray(offset)),
		isLost: () => false,
		sleep: async () => {},
		manifestOf: () => sampleManifest,
		runbookOf: () => undefined,
		partialType: undefined,
		onProgress() {},
		signal: new AbortController().signal,
	});
	await saving.done;
	saving.discard();
	expect(readdirSync(directory).toSorted()).toEqual([snapshotName, manifest, resourcesName]);
	expect(readFileSync(join(directory, snapshotName)).equals(snapshot)).toBe(true);
});
