/** What a snapshot's file is worth: whether it is whole, and the figures by which etcd's own tool names it. */
import {createHash} from 'node:crypto';
import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {setImmediate as others} from 'node:timers/promises';
import {snapshotChecksumBytes} from '../domain/backup-policy.ts';
import {BoltFile} from './bolt-file.ts';
import {walk} from './bolt-walk.ts';
import {crc32c} from './crc32c.ts';
import {SnapshotDamage} from './damage.ts';

export {SnapshotDamage} from './damage.ts';

/** The first four as `etcdctl snapshot status` tells them. */
export type SnapshotStatus = {
	/** CRC-32C over the names of all buckets, their keys and their values. */
	readonly hash: number;
	/** Of the last key that was written. */
	readonly revision: bigint;
	/** Of all buckets, each revision of a key for itself. */
	readonly totalKeys: number;
	/** Of the database; the file has 32 bytes more where its checksum follows. */
	readonly totalSizeBytes: number;
	readonly fileBytes: number;
	/** Whether etcd's own checksum stands at its end; it matches then. A copy of a member's file has none. */
	readonly hasChecksum: boolean;
	/** Of the whole file. */
	readonly sha256: string;
};

export type VerifyOptions = {
	readonly signal?: AbortSignal;
	/** How much has been looked at, 0–1. */
	readonly onProgress?: (share: number) => void;
};

/** No file is looked at for longer in one go: a screen draws meanwhile, and keys are read. */
const longestGoMs = 8;

const readBytes = 1024 * 1024;

/** Rejects with `SnapshotDamage` for what is no whole snapshot, and with the system's error where it can't be read. */
export async function verifySnapshot(path: string, options: VerifyOptions = {}): Promise<SnapshotStatus> {
	const file = await open(path, constants.O_RDONLY);
	try {
		const stat = await file.stat();
		if (!stat.isFile()) {
			throw new SnapshotDamage('it is no file');
		}
		const checked = await checksums(file, stat.size, options);
		return {...checked, ...(await contents(file.fd, stat.size - (checked.hasChecksum ? snapshotChecksumBytes : 0), options))};
	} finally {
		await file.close();
	}
}

type Checksums = Pick<SnapshotStatus, 'sha256' | 'fileBytes' | 'hasChecksum'>;

/** The database is whole blocks of 512: what is over is the checksum, as etcd's tool takes it too. */
async function checksums(file: FileHandle, size: number, options: VerifyOptions): Promise<Checksums> {
	const hasChecksum = size % 512 === snapshotChecksumBytes;
	const bodyBytes = hasChecksum ? size - snapshotChecksumBytes : size;
	const body = createHash('sha256');
	const buffer = Buffer.allocUnsafe(readBytes);
	for (let at = 0; at < bodyBytes; ) {
		options.signal?.throwIfAborted();
		const {bytesRead} = await file.read(buffer, 0, Math.min(readBytes, bodyBytes - at), at);
		if (bytesRead === 0) {
			throw new SnapshotDamage('it got shorter while it was read');
		}
		body.update(buffer.subarray(0, bytesRead));
		at += bytesRead;
		options.onProgress?.((at / size) * 0.5);
	}
	const whole = body.copy();
	if (hasChecksum) {
		const {bytesRead} = await file.read(buffer, 0, snapshotChecksumBytes, bodyBytes);
		const trailer = buffer.subarray(0, bytesRead);
		whole.update(trailer);
		if (!body.digest().equals(trailer)) {
			throw new SnapshotDamage('the SHA-256 at its end does not match: it is damaged, or cut off');
		}
	}
	return {fileBytes: size, hasChecksum, sha256: whole.digest('hex')};
}

async function contents(
	file: number,
	bytes: number,
	{signal, onProgress}: VerifyOptions,
): Promise<Pick<SnapshotStatus, 'hash' | 'revision' | 'totalKeys' | 'totalSizeBytes'>> {
	const bolt = new BoltFile(file, bytes);
	const totalSizeBytes = bolt.meta.pages * bolt.meta.pageSize;
	let hash = 0;
	let totalKeys = 0;
	let revision = 0n;
	let isKeys = false;
	let pages = 0;
	let since = performance.now();
	await walk(bolt, {
		bucket(name) {
			hash = crc32c(name, hash);
			isKeys = name.equals(keysBucket);
		},
		key(key) {
			hash = crc32c(key, hash);
			totalKeys++;
			if (isKeys) {
				revision = revisionOf(key);
			}
		},
		value(value) {
			hash = crc32c(value, hash);
		},
		pause() {
			pages++;
			if (performance.now() - since < longestGoMs) {
				return undefined;
			}
			signal?.throwIfAborted();
			onProgress?.(0.5 + 0.5 * Math.min(1, pages / bolt.meta.pages));
			return others().then(() => {
				since = performance.now();
			});
		},
	});
	return {hash, revision, totalKeys, totalSizeBytes};
}

/** Every write is an entry of it, by its revision. */
const keysBucket = Buffer.from('key');

function revisionOf(key: Buffer): bigint {
	if (key.length < 17) {
		throw new SnapshotDamage('a key is none of etcd: it has no revision');
	}
	return key.readBigInt64BE(0);
}
