/**
 * The run lock where there are no abstract sockets (macOS): a file that its holder keeps locked (`flock`, by the open call
 * itself), in the directory that all users share. It is never removed, so that no two processes can lock two files of one name.
 */
import {closeSync, constants, fchmodSync, ftruncateSync, openSync, readFileSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import type {RunLock} from './run-lock.ts';

/** Not `os.tmpdir()`, which is each user's own on macOS. */
const sharedDirectory = '/tmp';

/** BSD's, which Node does not name: take the lock with the open call, and give up at once where another has it. */
const O_EXLOCK = 0x20;

/** `undefined` where another process holds it. Throws where the file can't be opened at all. */
export function acquireFileLock(name: string, introduction: string): RunLock | undefined {
	const file = open(name, constants.O_RDWR | constants.O_CREAT);
	if (file === undefined) {
		return undefined;
	}
	ftruncateSync(file);
	writeSync(file, introduction, 0);
	let held = true;
	return {
		release() {
			if (held) {
				held = false;
				closeSync(file);
			}
		},
	};
}

/** What the holder wrote of itself; undefined when nobody holds it. */
export function fileLockHolder(name: string): string | undefined {
	let file: number | undefined;
	try {
		file = open(name, constants.O_RDWR);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
			return undefined;
		}
		throw error;
	}
	if (file !== undefined) {
		closeSync(file);
		return undefined;
	}
	return readFileSync(pathOf(name), 'latin1')
		.replace(/[^\x20-\x7e]/g, '')
		.slice(0, 200);
}

function open(name: string, flags: number): number | undefined {
	try {
		const file = openSync(pathOf(name), flags | O_EXLOCK | constants.O_NONBLOCK | constants.O_NOFOLLOW, 0o666);
		makeShared(file);
		return file;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
			return undefined;
		}
		throw error;
	}
}

/** Other users must be able to lock it too, whatever our umask says. */
function makeShared(file: number): void {
	try {
		fchmodSync(file, 0o666);
	} catch {
		// Another user's file: its owner has done this.
	}
}

function pathOf(name: string): string {
	return join(sharedDirectory, `${name}.lock`);
}
