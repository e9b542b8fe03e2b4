/** A snapshot's stream into a file: received, put on disk, read again and verified, and only then given its name. */
import {rmSync} from 'node:fs';
import {type FileHandle, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {type BackupManifest, manifestName, serializeManifest} from '../domain/backup-manifest.ts';
import {backupRoomFactor, snapshotChecksumBytes} from '../domain/backup-policy.ts';
import {runbookName} from '../domain/runbook-beside.ts';
import type {SnapshotChunk} from '../transport/transport.ts';
import {BackupError, diskError} from './backup-error.ts';
import {openPartial, partialPath, prepareDirectory, publish, refuseExisting, syncDirectory, writeAll} from './publish.ts';
import {SnapshotDamage, type SnapshotStatus, verifySnapshot} from './snapshot-status.ts';

export type SaveProgress =
	| {readonly kind: 'receiving'; readonly receivedBytes: number; readonly totalBytes?: number}
	| {readonly kind: 'verifying'; readonly share: number};

export type SaveRequest = {
	readonly directory: string;
	/** `snapshot_….db`. */
	readonly name: string;
	/** As the member tells the size of its file. */
	readonly expectedBytes: number;
	/** Asked for once everything here is ready. */
	readonly chunks: () => AsyncIterable<SnapshotChunk>;
	readonly manifestOf: (status: SnapshotStatus) => BackupManifest;
	/** Written beside it too, where there is one. */
	readonly runbookOf: (manifest: BackupManifest) => string | undefined;
	readonly onProgress: (progress: SaveProgress) => void;
	readonly signal: AbortSignal;
};

export type SavedSnapshot = {readonly path: string; readonly manifestPath: string; readonly status: SnapshotStatus};

export type Saving = {
	/** Rejects with `BackupError`, with the stream's own failure, or with the signal's reason; nothing is left then. */
	readonly done: Promise<SavedSnapshot>;
	/** At once, for a process that ends: what is unfinished goes. */
	readonly discard: () => void;
};

export function saveSnapshot(request: SaveRequest): Saving {
	const path = join(request.directory, request.name);
	const manifestPath = join(request.directory, manifestName(request.name));
	const runbookPath = join(request.directory, runbookName(request.name));
	/** Only what is ours is ever removed. */
	const ours = new Set<string>();

	async function save(): Promise<SavedSnapshot> {
		const {directory, signal} = request;
		await prepareDirectory(directory, request.expectedBytes * backupRoomFactor);
		await refuseExisting(path);
		await refuseExisting(manifestPath);
		await refuseExisting(runbookPath);
		signal.throwIfAborted();
		try {
			await receive();
			const status = await verified();
			signal.throwIfAborted();
			const manifest = request.manifestOf(status);
			const runbook = request.runbookOf(manifest);
			await writeText(manifestPath, serializeManifest(manifest));
			await (runbook === undefined ? undefined : writeText(runbookPath, runbook));
			await publishAll([path, manifestPath, ...(runbook === undefined ? [] : [runbookPath])]);
			return {path, manifestPath, status};
		} finally {
			await Promise.all([...ours].map((partial) => rm(partial, {force: true})));
		}
	}

	/** All of them, or none. */
	async function publishAll(paths: readonly string[]): Promise<void> {
		const published: string[] = [];
		try {
			for (const one of paths) {
				await publish(one);
				ours.delete(partialPath(one));
				published.push(one);
			}
			await syncDirectory(request.directory);
		} catch (error) {
			await Promise.all(published.map((one) => rm(one, {force: true})));
			throw diskError(error, request.directory);
		}
	}

	/** Some file systems find out only then that there is no room. */
	async function close(file: FileHandle): Promise<void> {
		await file.close().catch((error: unknown) => {
			throw diskError(error, request.directory);
		});
	}

	async function receive(): Promise<void> {
		const file = await openPartial(path);
		ours.add(partialPath(path));
		let receivedBytes = 0;
		let remaining: number | undefined;
		try {
			for await (const {bytes, remainingBytes} of request.chunks()) {
				request.signal.throwIfAborted();
				await writeAll(file, bytes).catch((error: unknown) => {
					throw diskError(error, request.directory);
				});
				receivedBytes += bytes.length;
				remaining = remainingBytes;
				// The checksum is not among what remains, and comes last.
				const rest =
					remainingBytes === undefined || (remainingBytes === 0 && bytes.length === snapshotChecksumBytes)
						? 0
						: snapshotChecksumBytes;
				const totalBytes = remainingBytes === undefined ? undefined : receivedBytes + remainingBytes + rest;
				request.onProgress({kind: 'receiving', receivedBytes, ...(totalBytes !== undefined && {totalBytes})});
			}
			request.signal.throwIfAborted();
			if (remaining !== undefined && remaining > 0) {
				throw cutOff(`${remaining} bytes of it did not come`);
			}
			await file.sync().catch((error: unknown) => {
				throw diskError(error, request.directory);
			});
		} finally {
			await close(file);
		}
	}

	/** As it is on the disk, not as it came. */
	async function verified(): Promise<SnapshotStatus> {
		const onProgress = (share: number) => request.onProgress({kind: 'verifying', share});
		onProgress(0);
		try {
			const status = await verifySnapshot(partialPath(path), {signal: request.signal, onProgress});
			if (!status.hasChecksum) {
				throw cutOff('it came without the SHA-256 at its end');
			}
			return status;
		} catch (error) {
			throw error instanceof SnapshotDamage ? cutOff(error.message, error) : diskError(error, request.directory);
		}
	}

	async function writeText(where: string, text: string): Promise<void> {
		const file = await openPartial(where);
		ours.add(partialPath(where));
		try {
			await writeAll(file, Buffer.from(text));
			await file.sync();
		} catch (error) {
			throw diskError(error, request.directory);
		} finally {
			await close(file);
		}
	}

	return {
		done: save(),
		discard() {
			for (const partial of ours) {
				rmSync(partial, {force: true});
			}
		},
	};
}

function cutOff(how: string, cause?: unknown): BackupError {
	return new BackupError(
		`what arrived is no whole snapshot: ${how}`,
		'Take it again, from another member if there is one.',
		cause,
	);
}
