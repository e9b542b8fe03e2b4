/** A member's stream, made of a snapshot's bytes. */
import type {BackupManifest} from '../../source/domain/backup-manifest.ts';
import type {SnapshotChunk} from '../../source/transport/transport.ts';

const chunkBytes = 32 * 1024;

/** As etcd sends it: the database in chunks, then its checksum. */
export async function* chunksOf(snapshot: Buffer): AsyncGenerator<SnapshotChunk> {
	const body = snapshot.subarray(0, -32);
	for (let at = 0; at < body.length; at += chunkBytes) {
		const bytes = body.subarray(at, at + chunkBytes);
		yield {bytes, remainingBytes: body.length - at - bytes.length};
	}
	yield {bytes: snapshot.subarray(-32), remainingBytes: 0};
}

/** The first `length` bytes of it. `tells`: with the member's word on how much is to come. */
export async function* cutOff(snapshot: Buffer, length: number, tells: boolean): AsyncGenerator<SnapshotChunk> {
	let left = length;
	for await (const {bytes, remainingBytes} of chunksOf(snapshot)) {
		if (left <= 0) {
			return;
		}
		yield {bytes: bytes.subarray(0, left), ...(tells && remainingBytes !== undefined && {remainingBytes})};
		left -= bytes.length;
	}
}

export const sampleManifest: BackupManifest = {
	version: 1,
	kind: 'etcd snapshot',
	createdAt: '2026-11-27T09:30:05Z',
	clusterId: 'cdf818194e3a8c32',
	clusterName: 'prod-eu-1',
	etcdVersion: '3.5.30',
	takenFrom: {memberName: 'etcd-1', memberId: '8e9e05c52164694d'},
	files: [],
	members: [],
};
