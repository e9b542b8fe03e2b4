/** The journal's file: one JSON line per change, appended in one write, safe when two instances write. */
import {
	closeSync,
	constants,
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

export type DamagedLine = {readonly lineNumber: number; readonly reason: string};

export interface Journal {
	readonly directory: string;
	/** On disk when it returns with `sync`. Throws `JournalError`. */
	append(line: JournalLine, options?: {readonly sync?: boolean}): void;
	/** Every whole line; damaged ones are told, never fatal. */
	read(): {readonly lines: readonly JournalLine[]; readonly damaged: readonly DamagedLine[]};
}

/** The journal can't be written; the message names the directories that were tried and why each failed. */
export class JournalError extends Error {
	override readonly name = 'JournalError';
}

const fileName = 'journal.jsonl';
const newline = 0x0a;

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

/** Opens the journal in the first directory that can be written. One that can't be written anywhere still opens: it refuses each line. */
export function openJournal(directories: readonly string[]): Journal {
	const failures: string[] = [];
	for (const directory of directories) {
		try {
			mkdirSync(directory, {recursive: true, mode: 0o700});
			closeSync(openForAppending(directory));
			return journalIn(directory);
		} catch (error) {
			failures.push(`${directory}: ${reasonOf(error)}`);
		}
	}
	const refuse = () => {
		throw new JournalError(`the journal can't be written: ${failures.join('; ')}. Name a directory with --state-dir`);
	};
	return {
		directory: directories[0] ?? '',
		append: refuse,
		read: () => (directories[0] === undefined ? {lines: [], damaged: []} : readFrom(directories[0])),
	};
}

function openForAppending(directory: string): number {
	return openSync(
		join(directory, fileName),
		constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW,
		0o600,
	);
}

function journalIn(directory: string): Journal {
	let cached: {readonly stamp: string; readonly content: ReturnType<Journal['read']>} | undefined;
	return {
		directory,
		append(line, {sync = false} = {}) {
			try {
				const file = openForAppending(directory);
				try {
					const text = `${JSON.stringify(line)}\n`;
					const bytes = Buffer.from(endsInNewline(file) ? text : `\n${text}`);
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
			} catch (error) {
				throw new JournalError(`${join(directory, fileName)} can't be written: ${reasonOf(error)}`, {cause: error});
			}
		},
		read() {
			const stamp = stampOf(directory);
			if (cached?.stamp !== stamp) {
				cached = {stamp, content: readFrom(directory)};
			}
			return cached.content;
		},
	};
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

function readFrom(directory: string): ReturnType<Journal['read']> {
	let text: string;
	try {
		text = readFileSync(join(directory, fileName), 'utf8');
	} catch {
		return {lines: [], damaged: []};
	}
	const lines: JournalLine[] = [];
	const damaged: DamagedLine[] = [];
	for (const [index, one] of text.split('\n').entries()) {
		if (one.trim() === '') {
			continue;
		}
		const parsed = parseLine(one);
		if ('damage' in parsed) {
			damaged.push({lineNumber: index + 1, reason: parsed.damage});
		} else {
			lines.push(parsed);
		}
	}
	return {lines, damaged};
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? ('code' in error ? `${String(error.code)}` : error.message) : String(error);
}
