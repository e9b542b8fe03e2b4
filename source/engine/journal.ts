/**
 * The journal's file: one JSON line per change, appended in one write, safe when two instances write. Where the first directory
 * can't take a line (read-only, or its disk is full) the next one does; all of them are read.
 */
import {homedir} from 'node:os';
import {isAbsolute, join} from 'node:path';
import {
	appendTo,
	type DamagedLine,
	type JournalContent,
	journalFile,
	readFrom,
	reasonOf,
	stampOf,
	whyUnwritable,
} from './journal-file.ts';
import type {JournalLine} from './journal-line.ts';

export {type DamagedLine, type JournalContent, whyUnwritable} from './journal-file.ts';

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

/** Where it may be, best first: what the operator named, state that survives, state of this session. All of them are read. */
export function journalDirectories(environment: NodeJS.ProcessEnv, stateDirectory?: string): readonly string[] {
	const state = absolute(environment['XDG_STATE_HOME']) ?? join(environment['HOME'] ?? homedir(), '.local', 'state');
	const runtime = absolute(environment['XDG_RUNTIME_DIR']);
	return [
		...(stateDirectory === undefined ? [] : [stateDirectory]),
		join(state, 'etcdtop'),
		...(runtime === undefined ? [] : [join(runtime, 'etcdtop')]),
	];
}

/** A relative one would be another directory, and another cooldown, wherever one stands. */
function absolute(path: string | undefined): string | undefined {
	return path !== undefined && isAbsolute(path) ? path : undefined;
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
		usable ??= directories.find((directory) => whyUnwritable(directory) === undefined) ?? directories[0] ?? '';
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
					failures.push(`${journalFile(directory)}: ${reasonOf(error)}`);
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

function readAll(directories: readonly string[]): JournalContent {
	const contents = directories.map((directory) => readFrom(journalFile(directory)));
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
