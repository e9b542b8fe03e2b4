import type {ReadStream, WriteStream} from 'node:tty';
import {type ColorFlag, colorLevel, usesUtf8} from './capabilities.ts';
import {keepQuiet} from './quiet.ts';
import {type Closed, Terminal} from './terminal.ts';
import {watchWaysOut} from './ways-out.ts';

export type OpenOptions = {
	readonly stdin: ReadStream;
	readonly stdout: WriteStream;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** `--ascii`; without it the locale decides. */
	readonly ascii?: boolean;
	/** `--color`; `auto` when left out. */
	readonly color?: ColorFlag;
	/** Runs first on every way out, before the terminal is restored; it must not wait. */
	readonly onLeave?: (closed: Closed) => void;
};

/**
 * Takes this process's terminal over, full screen, until it is closed: by `close`, by a signal, by a crash or by the
 * terminal itself. What would be printed meanwhile goes to the log file. Both streams must be terminals.
 */
export function openTerminal({stdin, stdout, env, ascii = false, color = 'auto', onLeave}: OpenOptions): Terminal {
	const makeLoud = keepQuiet(env);
	const terminal = new Terminal({
		stdin,
		stdout,
		colorLevel: colorLevel({flag: color, env, isTty: stdout.isTTY}),
		ascii: !usesUtf8(env, ascii),
	});
	if (onLeave) {
		terminal.onLeave(onLeave);
	}

	watchWaysOut(terminal);
	terminal.onLeft(makeLoud);
	return terminal;
}
