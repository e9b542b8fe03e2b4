/**
 * A run of one process, shown to and stopped by the others of the same user on the same machine: a socket in a directory that is
 * theirs alone. One JSON value a line. Uptimes are the machine's, so they mean the same in all of them.
 */
import {chmodSync, lstatSync, mkdirSync, unlinkSync} from 'node:fs';
import {connect, createServer, type Socket} from 'node:net';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Run} from '../domain/defrag-run.ts';
import type {Store} from './controls.ts';

/** The address of a Unix socket has room for 107 bytes. */
const maximumPath = 100;

/** A run of many members with all its gates is far below. */
const maximumLine = 1024 * 1024;

/** `directory`: the journal's. Where that is too long a name, one of the user's own among the temporary ones. */
export function runSocketPath(directory: string, clusterId: string): string {
	const name = `run-${clusterId.replace(/[^0-9a-z-]/gi, '')}.sock`;
	const path = join(directory, name);
	return Buffer.byteLength(path) <= maximumPath ? path : join(tmpdir(), `etcdtop-${userInfo().uid}`, name);
}

export type SharedRun = {close(): void};

/** For as long as it holds the run lock: whatever stands at `path` is left from one that died. */
export async function shareRun(
	path: string,
	{store, onCancel}: {readonly store: Store; readonly onCancel: (by: string) => void},
): Promise<SharedRun> {
	mkdirSync(join(path, '..'), {recursive: true, mode: 0o700});
	if (!isOwn(join(path, '..'))) {
		throw new Error(`${join(path, '..')} belongs to somebody else`);
	}
	remove(path);
	const sockets = new Set<Socket>();
	let shown: Run | undefined;
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		socket.on('error', () => socket.destroy());
		send(socket, shown);
		readLines(socket, (value) => {
			const {cancel} = value as {readonly cancel?: unknown};
			if (typeof cancel === 'string') {
				onCancel(cancel);
			}
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(path, resolve);
	});
	chmodSync(path, 0o600);
	const tell = () => {
		const {run} = store.getState();
		if (run !== undefined && run !== shown) {
			shown = run;
			for (const socket of sockets) {
				send(socket, run);
			}
		}
	};
	const unsubscribe = store.subscribe(tell);
	tell();
	return {
		close() {
			unsubscribe();
			tell();
			server.close();
			for (const socket of sockets) {
				socket.end();
			}
			remove(path);
		},
	};
}

export type WatchedRun = {
	/** Asks that no further member starts. */
	cancel(by: string): void;
	close(): void;
};

/** `onEnd`: nobody shows anything there (any more). */
export function watchRun(path: string, onRun: (run: Run) => void, onEnd: () => void): WatchedRun {
	const socket = connect(path);
	let over = false;
	const end = () => {
		if (!over) {
			over = true;
			socket.destroy();
			onEnd();
		}
	};
	socket.on('error', end);
	socket.on('close', end);
	readLines(socket, (value) => {
		if (!over && isRun(value)) {
			onRun(value.run);
		}
	});
	return {
		cancel: (by) => void socket.write(`${JSON.stringify({cancel: by})}\n`),
		close() {
			over = true;
			socket.destroy();
		},
	};
}

function isRun(value: unknown): value is {readonly run: Run} {
	const {version, run} = value as {readonly version?: unknown; readonly run?: Partial<Run>};
	return (
		version === 1 &&
		typeof run?.id === 'string' &&
		typeof run.clusterId === 'string' &&
		typeof run.phase?.kind === 'string' &&
		Array.isArray(run.turns) &&
		Array.isArray(run.waiting) &&
		Array.isArray(run.moves)
	);
}

function send(socket: Socket, run: Run | undefined): void {
	if (run !== undefined) {
		socket.write(`${JSON.stringify({version: 1, run})}\n`);
	}
}

/** What is no JSON, or too long to be ours, ends the conversation. */
function readLines(socket: Socket, onValue: (value: object) => void): void {
	let pending = 0;
	socket.on('data', (chunk: Buffer) => {
		const end = chunk.lastIndexOf(10);
		pending = end === -1 ? pending + chunk.length : chunk.length - end - 1;
		if (pending > maximumLine) {
			socket.destroy();
		}
	});
	const lines = createInterface({input: socket});
	lines.on('error', () => {});
	lines.on('line', (line) => {
		try {
			const value: unknown = JSON.parse(line);
			if (typeof value === 'object' && value !== null) {
				onValue(value);
			}
		} catch {
			socket.destroy();
		}
	});
}

/** Nobody else may have made it, or look into it. */
function isOwn(directory: string): boolean {
	const {uid, mode} = lstatSync(directory);
	return uid === userInfo().uid && (mode & 0o022) === 0;
}

function remove(path: string): void {
	try {
		unlinkSync(path);
	} catch {
		// There is none.
	}
}
