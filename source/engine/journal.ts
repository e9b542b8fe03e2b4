/**
 * The journal's file: one JSON line per change, appended in one write, safe when two instances write. Where the first directory
 * can't take a line (read-only, or its disk is full) the next one does; all of them are read.
 */
import {
	closeSync,
	constants,
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
import {homedir} from 'node:os';
import {join} from 'node:path';
import {type JournalLine, parseLine} from './journal-line.ts';

/** `file` is its path; `lineNumber` counts from 1, and is 0 where the whole file can't be read. */
export type DamagedLine = {readonly file: string; readonly lineNumber: number; readonly reason: string};

export type JournalContent = {readonly lines: readonly JournalLine[]; readonly damaged: readonly DamagedLine[]};

export interface Journal {
	/** Where lines go as long as there is room. */
	readonly directory: string;
	/** Handed to the kernel when it returns; with `sync` on disk. Throws `JournalError`. */
	append(line: JournalLine, options?: {readonly sync?: boolean}): void;
	/** Every whole line, oldest first; damaged ones are told, never fatal. The same object as long as nothing was written. */
	read(): JournalContent;
}

/** The journal can't be written; the message names the directories that were tried and why each failed. */
export class JournalError extends Error {
	override readonly name = 'JournalError';
}

const fileName = 'journal.jsonl';
const newline = 0x0a;

/** Some ten thousand defragmentations. What is older than that says nothing about a cooldown. */
const readAtMostBytes = 16 * 1024 * 1024;

/** Where it may be, best first: state that survives, state of this session, what the operator named. */
export function journalDirectories(environment: NodeJS.ProcessEnv, stateDirectory?: string): readonly string[] {
	const state = environment['XDG_STATE_HOME'];
	const runtime = environment['XDG_RUNTIME_DIR'];
	return [
		join(state === undefined || state === '' ? join(environment['HOME'] ?? homedir(), '.local', 'state') : state, 'etcdtop'),
		...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'etcdtop')]),
		...(stateDirectory === undefined ? [] : [stateDirectory]),
	];
}

/** `/home/ana/.local/state/etcdtop/journal.jsonl: line 3 is damaged and was skipped: not JSON`. */
export function damageText({file, lineNumber, reason}: DamagedLine): string {
	return lineNumber === 0 ? `${file} ${reason}` : `${file}: line ${lineNumber} is damaged and was skipped: ${reason}`;
}

/**
 * The journal in those directories, best first. Nothing is created before the first line, or before somebody asks where lines go.
 * Where none of them can be written it can still be read, and refuses each line.
 */
export function openJournal(directories: readonly string[]): Journal {
	let usable: string | undefined;
	const findUsable = () => {
		usable ??= directories.find(isWritable) ?? directories[0] ?? '';
		return usable;
	};
	let cached: {readonly stamp: string; readonly content: JournalContent} | undefined;
	return {
		get directory() {
			return findUsable();
		},
		append(line, {sync = false} = {}) {
			const text = JSON.stringify(line);
			const failures: string[] = [];
			for (const directory of [findUsable(), ...directories.filter((other) => other !== usable)]) {
				try {
					return appendTo(directory, text, sync);
				} catch (error) {
					failures.push(`${join(directory, fileName)}: ${reasonOf(error)}`);
				}
			}
			throw new JournalError(
				`the journal can't be written: ${failures.join('; ')}. Make room there, or name another directory with --state-dir`,
			);
		},
		read() {
			const stamp = directories.map(stampOf).join();
			if (cached?.stamp !== stamp) {
				cached = {stamp, content: readAll(directories)};
			}
			return cached.content;
		},
	};
}

function isWritable(directory: string): boolean {
	try {
		const file = openForAppending(directory);
		try {
			// What is in it is nobody else's business; a file from elsewhere may have come with other permissions.
			fchmodSync(file, 0o600);
		} finally {
			closeSync(file);
		}
		return true;
	} catch {
		return false;
	}
}

/** Never through a symbolic link, which could lead the lines into a file of somebody else's choice. */
function openForAppending(directory: string): number {
	mkdirSync(directory, {recursive: true, mode: 0o700});
	const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
	return openSync(join(directory, fileName), flags, 0o600);
}

function appendTo(directory: string, text: string, sync: boolean): void {
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
function stampOf(directory: string): string {
	try {
		const {size, mtimeMs, ino} = statSync(join(directory, fileName));
		return `${ino} ${size} ${mtimeMs}`;
	} catch {
		return 'missing';
	}
}

function readAll(directories: readonly string[]): JournalContent {
	const contents = directories.map((directory) => readFrom(join(directory, fileName)));
	return {
		lines: contents.map(({lines}) => lines).reduce(merge, []),
		damaged: contents.flatMap(({damaged}) => damaged),
	};
}

/** Within a file the order is that of the writing, which a stepping wall clock must not turn. */
function merge(one: readonly JournalLine[], other: readonly JournalLine[]): readonly JournalLine[] {
	const merged: JournalLine[] = [];
	let [i, j] = [0, 0];
	while (i < one.length && j < other.length) {
		const [a, b] = [one[i]!, other[j]!];
		const isFirst = a.bootId === b.bootId ? a.uptimeMs <= b.uptimeMs : a.wallMs <= b.wallMs;
		merged.push(isFirst ? one[i++]! : other[j++]!);
	}
	return [...merged, ...one.slice(i), ...other.slice(j)];
}

function readFrom(file: string): JournalContent {
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
	EROFS: 'the file system is read-only',
	ENOSPC: 'the disk is full',
	EDQUOT: 'the disk quota is used up',
	EFBIG: 'the file may not grow any further',
	EIO: 'the disk fails',
	ELOOP: 'it is a symbolic link',
	ENOTDIR: 'not a directory',
	EISDIR: 'it is a directory',
};

function reasonOf(error: unknown): string {
	const {code, message} = error as NodeJS.ErrnoException;
	return code === undefined ? message : (explanations[code] ?? code);
}
