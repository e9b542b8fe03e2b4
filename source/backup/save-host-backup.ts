/** Both files of a backup on a host into files here: received, verified, and only then given their names. */
import {rmSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {type BackupManifest, manifestName, serializeManifest} from '../domain/backup-manifest.ts';
import {backupRoomFactor} from '../domain/backup-policy.ts';
import type {HostFile} from '../domain/host-backup.ts';
import {partialLabelName, partialLabelText} from '../domain/partial-encryption.ts';
import {runbookName} from '../domain/runbook-beside.ts';
import {BackupError, diskError} from './backup-error.ts';
import {openPartial, partialPath, prepareDirectory, publish, refuseExisting, syncDirectory, writeAll} from './publish.ts';
import {type HostFileRequest, receiveHostFile} from './receive-host-file.ts';
import {SnapshotDamage, type SnapshotStatus, verifySnapshot} from './snapshot-status.ts';

export type SummedFile = HostFile & {readonly sha256: string};

export type SaveHostBackupRequest = Pick<HostFileRequest, 'isLost' | 'sleep' | 'signal'> & {
	readonly directory: string;
	/** Where the archive goes, when not beside the snapshot. */
	readonly resourcesDirectory: string | undefined;
	readonly snapshot: SummedFile;
	readonly resources: SummedFile;
	readonly read: (name: string, offset: number, sink: (bytes: Buffer) => Promise<void>) => Promise<void>;
	readonly manifestOf: (status: SnapshotStatus) => BackupManifest;
	/** Written beside it too, where there is one. */
	readonly runbookOf: (manifest: BackupManifest) => string | undefined;
	/** The type of an encryption that was migrating. */
	readonly partialType: string | undefined;
	readonly onProgress: (
		progress:
			| {
					readonly kind: 'bringing';
					readonly name: string;
					readonly receivedBytes: number;
					readonly totalBytes: number;
					readonly resumed: number;
			  }
			| {readonly kind: 'verifying'; readonly share: number},
	) => void;
};

export type SavedHostBackup = {
	readonly snapshotPath: string;
	readonly resourcesPath: string;
	readonly status: SnapshotStatus;
};

export type SavingHostBackup = {
	/** Rejects with `BackupError`, with what `read` says, or with the signal's reason; nothing is left then. */
	readonly done: Promise<SavedHostBackup>;
	/** At once, for a process that ends: what is unfinished goes. */
	readonly discard: () => void;
};

/** Before anything is done in the cluster: whether there is a place for what will come. Throws `BackupError`. */
export async function prepareHostBackup(directory: string, resourcesDirectory: string | undefined, bytes: number): Promise<void> {
	await prepareDirectory(directory, bytes * backupRoomFactor);
	if (resourcesDirectory !== undefined) {
		await prepareDirectory(resourcesDirectory, 0);
	}
}

export function saveHostBackup(request: SaveHostBackupRequest): SavingHostBackup {
	const {directory, resourcesDirectory = directory, snapshot, resources, partialType, signal} = request;
	const snapshotPath = join(directory, snapshot.name);
	const resourcesPath = join(resourcesDirectory, resources.name);
	const manifestPath = join(directory, manifestName(snapshot.name));
	const runbookPath = join(directory, runbookName(snapshot.name));
	const labelPath = join(directory, partialLabelName(snapshot.name));
	const unfinished = new Set<string>();
	const published: string[] = [];

	async function save(): Promise<SavedHostBackup> {
		await prepareHostBackup(directory, request.resourcesDirectory, snapshot.bytes + resources.bytes);
		for (const path of [snapshotPath, resourcesPath, manifestPath, runbookPath, labelPath]) {
			await refuseExisting(path);
		}
		try {
			await bring(resources, resourcesPath);
			await bring(snapshot, snapshotPath);
			const status = await verified();
			signal.throwIfAborted();
			const manifest = request.manifestOf(status);
			const beside: readonly (readonly [path: string, text: string | undefined])[] = [
				// The label first and the manifest last: at no time does a file look better than it is.
				[labelPath, partialType === undefined ? undefined : partialLabelText(snapshot.name, partialType)],
				[runbookPath, request.runbookOf(manifest)],
				[manifestPath, serializeManifest(manifest)],
			];
			const written: string[] = [];
			for (const [path, text] of beside) {
				if (text !== undefined) {
					await write(path, text);
					written.push(path);
				}
			}
			for (const path of [...written.slice(0, -1), resourcesPath, snapshotPath, manifestPath]) {
				await publish(path);
				published.push(path);
			}
			for (const place of new Set([directory, resourcesDirectory])) {
				await syncDirectory(place).catch((error: unknown) => {
					throw diskError(error, place);
				});
			}
			// Whole, and no longer ours to remove: a process that ends while the host is cleared keeps it.
			published.length = 0;
			return {snapshotPath, resourcesPath, status};
		} catch (error) {
			await Promise.all(published.map((path) => rm(path, {force: true})));
			throw error;
		} finally {
			await Promise.all([...unfinished].map((path) => rm(path, {force: true})));
		}
	}

	async function bring({name, bytes, sha256}: SummedFile, path: string): Promise<void> {
		await receiveHostFile({
			path,
			bytes,
			sha256,
			read: (offset, sink) => request.read(name, offset, sink),
			isLost: request.isLost,
			sleep: request.sleep,
			onProgress: (receivedBytes, resumed) =>
				request.onProgress({kind: 'bringing', name, receivedBytes, totalBytes: bytes, resumed}),
			onOpened: () => unfinished.add(partialPath(path)),
			signal,
		});
	}

	/** As it is on the disk, not as it came. */
	async function verified(): Promise<SnapshotStatus> {
		try {
			const status = await verifySnapshot(partialPath(snapshotPath), {
				signal,
				onProgress: (share) => request.onProgress({kind: 'verifying', share}),
			});
			if (!status.hasChecksum) {
				throw new SnapshotDamage('it has no SHA-256 at its end');
			}
			return status;
		} catch (error) {
			throw error instanceof SnapshotDamage
				? new BackupError(
						`${snapshot.name} is no whole snapshot: ${error.message}`,
						'Take another one, on another host if there is one.',
						error,
					)
				: diskError(error, directory);
		}
	}

	async function write(path: string, text: string): Promise<void> {
		const file = await openPartial(path);
		unfinished.add(partialPath(path));
		try {
			await writeAll(file, Buffer.from(text));
			await file.sync();
		} catch (error) {
			throw diskError(error, path);
		} finally {
			await file.close();
		}
	}

	return {
		done: save(),
		discard() {
			for (const path of [...unfinished, ...published]) {
				rmSync(path, {force: true});
			}
		},
	};
}
