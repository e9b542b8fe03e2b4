/** One journal file: appended to in one write, read as far as its lines are whole. Errors are the system's. */
import {
	closeSync,
	constants,
	existsSync,
	fchmodSync,
	fstatSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readFileSync,
	readSync,
	statSync,
	writeSync,
} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {type JournalLine, parseLine} from './journal-line.ts';

/** `file` is its path; `lineNumber` counts from 1, and is 0 where the whole file can't be read. */
export type DamagedLine = {readonly file: string; readonly lineNumber: number; readonly reason: string};

export type JournalContent = {readonly lines: readonly JournalLine[]; readonly damaged: readonly DamagedLine[]};

const newline = 0x0a;

/** Some ten thousand defragmentations. What is older than that says nothing about a cooldown. */
const readAtMostBytes = 16 * 1024 * 1024;

export function journalFile(directory: string): string {
	return join(directory, 'journal.jsonl');
}

/** Why no line can be written there, in words; undefined where it can. Creates what is missing on the way. */
export function whyUnwritable(directory: string): string | undefined {
	try {
		const file = openForAppending(directory);
		try {
			// What is in it is nobody else's business; a file from elsewhere may have come with other permissions.
			fchmodSync(file, 0o600);
		} finally {
			closeSync(file);
		}
		return undefined;
	} catch (error) {
		return reasonOf(error);
	}
}

/** Never through a symbolic link, which could lead the lines into a file of somebody else's choice. */
function openForAppending(directory: string): number {
	makeDirectory(directory);
	const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
	return openSync(journalFile(directory), flags, 0o600);
}

/** By single steps: `recursive` tries for ever where a parent exists and says that it doesn't, as `/proc` does. */
function makeDirectory(directory: string): void {
	const missing: string[] = [];
	for (let path = resolve(directory); !existsSync(path); path = dirname(path)) {
		missing.unshift(path);
	}
	for (const path of missing) {
		try {
			mkdirSync(path, {mode: 0o700});
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
				throw error;
			}
			// Another process was faster, or it is there and not for us to see: opening tells.
		}
	}
}

/** With `sync` it is on disk when it returns. */
export function appendTo(directory: string, text: string, sync: boolean): void {
	const file = openForAppending(directory);
	try {
		const bytes = Buffer.from(endsInNewline(file) ? `${text}\n` : `\n${text}\n`);
		const written = writeSync(file, bytes);
		if (written !== bytes.length) {
			throw new Error(`only ${written} of ${bytes.length} bytes fit on the disk`);
		}
		if (sync) {
			fsyncSync(file);
		}
	} finally {
		closeSync(file);
	}
}

/** A line that a crash or a full disk cut short must not swallow the next one. */
function endsInNewline(file: number): boolean {
	const {size} = fstatSync(file);
	if (size === 0) {
		return true;
	}
	const last = Buffer.alloc(1);
	readSync(file, last, 0, 1, size - 1);
	return last[0] === newline;
}

/** Changes whenever a line was appended, by whichever process. */
export function stampOf(directory: string): string {
	try {
		const {size, mtimeMs, ino} = statSync(journalFile(directory));
		return `${ino} ${size} ${mtimeMs}`;
	} catch {
		return 'missing';
	}
}

/** Damaged lines are told, never fatal. A file that isn't there is empty. */
export function readFrom(file: string): JournalContent {
	let bytes: Buffer;
	try {
		bytes = readFileSync(file);
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
		return {lines: [], damaged: isMissing ? [] : [{file, lineNumber: 0, reason: `can't be read: ${reasonOf(error)}`}]};
	}
	const start = bytes.length <= readAtMostBytes ? 0 : bytes.indexOf(newline, bytes.length - readAtMostBytes) + 1;
	const lines: JournalLine[] = [];
	const damaged: DamagedLine[] = [];
	let lineNumber = countNewlines(bytes.subarray(0, start));
	for (const text of bytes.toString('utf8', start).split('\n')) {
		lineNumber++;
		if (text.trim() === '') {
			continue;
		}
		const parsed = parseLine(text);
		if ('damage' in parsed) {
			damaged.push({file, lineNumber, reason: parsed.damage});
		} else {
			lines.push(parsed);
		}
	}
	return {lines, damaged};
}

function countNewlines(bytes: Buffer): number {
	let count = 0;
	for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) {
		count++;
	}
	return count;
}

const explanations: Readonly<Record<string, string>> = {
	EACCES: 'permission denied',
	EPERM: 'not permitted',
	ENOENT: 'nothing can be made there',
	ENAMETOOLONG: 'the name is too long',
	EROFS: 'the file system is read-only',
	ENOSPC: 'the disk is full',
	EDQUOT: 'the disk quota is used up',
	EFBIG: 'the file may not grow any further',
	EIO: 'the disk fails',
	ELOOP: 'it is a symbolic link',
	ENOTDIR: 'not a directory',
	EISDIR: 'it is a directory',
};

/** Why the system refused, in words. */
export function reasonOf(error: unknown): string {
	const {code, message} = error as NodeJS.ErrnoException;
	return code === undefined ? message : (explanations[code] ?? code);
}
