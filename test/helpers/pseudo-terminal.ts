import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {screenText} from './screen-text.ts';

export type PseudoTerminalOptions = {
	columns?: number;
	rows?: number;
	/** The program's whole environment; TERM is added. Without it, this process's environment. */
	env?: Record<string, string | undefined>;
	cwd?: string;
};

export type PseudoTerminal = {
	/** The visible screen as text, without trailing blanks. */
	screen(): string;
	/** Everything the program has written. */
	bytes(): string;
	/** `alternate` while a full-screen program has the screen. */
	buffer(): 'normal' | 'alternate';
	send(keys: string): void;
	resize(columns: number, rows: number): void;
	/** Resolves with the screen once it fits; rejects with the screen in the message. 20 s when no time is given. */
	waitFor(what: string | RegExp | ((screen: string) => boolean), timeoutMs?: number): Promise<string>;
	/** Stops reading, as a stalled connection does. `resumeReading` goes on. */
	stopReading(): void;
	resumeReading(): void;
	/** Closes our end for good, as a lost connection does; the program gets SIGHUP and errors, and `exit` may never resolve. */
	hangUp(): void;
	readonly exit: Promise<{code: number; signal: number | undefined}>;
	readonly pid: number;
	kill(signal?: string): void;
};

const pollIntervalMs = 20;

/** Starts a program in a real pseudo-terminal, drawn by a terminal emulator. */
export function startInTerminal(
	command: string,
	programArguments: string[],
	{columns = 120, rows = 40, env = process.env, cwd}: PseudoTerminalOptions = {},
): PseudoTerminal {
	const emulator = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
	const child = pty.spawn(command, programArguments, {
		name: 'xterm-256color',
		cols: columns,
		rows,
		env: {TERM: 'xterm-256color', ...env},
		...(cwd !== undefined && {cwd}),
	});
	let received = '';
	let hasExited = false;
	child.onData((data) => {
		received += data;
		emulator.write(data);
	});
	const exit = new Promise<{code: number; signal: number | undefined}>((resolve) => {
		child.onExit(({exitCode, signal}) => {
			hasExited = true;
			resolve({code: exitCode, signal: signal || undefined});
		});
	});

	const kill = (signal = 'SIGKILL') => {
		if (!hasExited) {
			child.kill(signal);
		}
	};

	const waitFor = async (what: string | RegExp | ((screen: string) => boolean), timeoutMs = 20_000) => {
		const deadline = performance.now() + timeoutMs;
		for (;;) {
			const screen = screenText(emulator);
			if (fits(screen, what)) {
				return screen;
			}

			if (performance.now() >= deadline) {
				throw new Error(`waited ${timeoutMs} ms for ${what}${hasExited ? ' (the program has exited)' : ''}, got:\n${screen}`);
			}

			await new Promise((resolve) => setTimeout(resolve, pollIntervalMs));
		}
	};

	return {
		screen: () => screenText(emulator),
		bytes: () => received,
		buffer: () => emulator.buffer.active.type,
		send: (keys) => child.write(keys),
		resize(newColumns, newRows) {
			emulator.resize(newColumns, newRows);
			child.resize(newColumns, newRows);
		},
		waitFor,
		stopReading: () => child.pause(),
		resumeReading: () => child.resume(),
		hangUp: () => (child as pty.IPty & {destroy(): void}).destroy(),
		exit,
		pid: child.pid,
		kill,
	};
}

function fits(screen: string, what: string | RegExp | ((screen: string) => boolean)): boolean {
	if (typeof what === 'function') {
		return what(screen);
	}

	return typeof what === 'string' ? screen.includes(what) : what.test(screen);
}
