/** A file of a host into an unfinished one here: on from where a connection was lost, or refused. */
import {createHash} from 'node:crypto';
import {readAttempts, readPauseMs} from '../domain/host-backup-run.ts';
import {BackupError, diskError} from './backup-error.ts';
import {openPartial, writeAll} from './publish.ts';

export type HostFileRequest = {
	/** Of the finished file. */
	readonly path: string;
	readonly bytes: number;
	/** As the host has it. */
	readonly sha256: string;
	/** The bytes from `offset` on, one piece after the other. */
	readonly read: (offset: number, sink: (bytes: Buffer) => Promise<void>) => Promise<void>;
	/** Whether another connection may go on where this one failed. */
	readonly isLost: (error: unknown) => boolean;
	readonly sleep: (ms: number) => Promise<void>;
	readonly onProgress: (receivedBytes: number, resumed: number) => void;
	/** The unfinished file is there, and ours to remove. */
	readonly onOpened: () => void;
	readonly signal: AbortSignal;
};

/** Rejects with `BackupError`, with what `read` says last, or with the signal's reason. The unfinished file is the caller's. */
export async function receiveHostFile(request: HostFileRequest): Promise<void> {
	const {path, bytes: expected, signal} = request;
	const file = await openPartial(path);
	request.onOpened();
	const sum = createHash('sha256');
	let received = 0;
	let resumed = 0;
	const sink = async (bytes: Buffer) => {
		signal.throwIfAborted();
		if (received + bytes.length > expected) {
			throw new BackupError(`${path}: more than its ${expected} bytes came`, 'Somebody writes it on the host: take another one.');
		}
		await writeAll(file, bytes).catch((error: unknown) => {
			throw diskError(error, path);
		});
		sum.update(bytes);
		received += bytes.length;
		request.onProgress(received, resumed);
	};
	try {
		for (let failures = 0; received < expected; ) {
			signal.throwIfAborted();
			const before = received;
			const failure = await request.read(received, sink).then(
				() =>
					new BackupError(`${path}: it ended after ${received} of ${expected} bytes`, 'Look at the host, and take another one.'),
				(error: unknown) => error,
			);
			if (received === expected) {
				break;
			}
			signal.throwIfAborted();
			failures = received > before ? 1 : failures + 1;
			if (!request.isLost(failure) || failures >= readAttempts) {
				throw failure;
			}
			resumed++;
			request.onProgress(received, resumed);
			await request.sleep(readPauseMs(failures));
		}
		if (sum.digest('hex') !== request.sha256) {
			throw new BackupError(
				`${path}: what came has another SHA-256 than the file on the host`,
				'Take another backup; nothing of this one is kept.',
			);
		}
		await file.sync().catch((error: unknown) => {
			throw diskError(error, path);
		});
	} finally {
		await file.close();
	}
}
