import type {ReadStream, WriteStream} from 'node:tty';
import type {ColorLevel} from './capabilities.ts';
import {clipboardBytes} from './clipboard.ts';
import {FrameStream, type Size} from './frame-stream.ts';
import {enterModes, leaveModes} from './modes.ts';
import {Painter} from './painter.ts';
import {Screen} from './screen.ts';
import {stopProcess} from './stop-process.ts';
import {writeNow} from './write-now.ts';

/**
 * Why the terminal was given back. After `gone` and `signal` the process may have work to finish: it lives on without a
 * screen. It ends by `process.exit`, for bytes that a stalled terminal doesn't take would keep it.
 */
export type Closed =
	| {readonly reason: 'asked'}
	| {readonly reason: 'signal'; readonly signal: NodeJS.Signals}
	/** Hung up, or an end of it closed: there is nothing to write to any more. */
	| {readonly reason: 'gone'}
	| {readonly reason: 'crash'; readonly error: unknown};

export type TerminalOptions = {
	readonly stdin: ReadStream;
	readonly stdout: WriteStream;
	readonly colorLevel: ColorLevel;
	readonly ascii: boolean;
};

/** How long a terminal that takes no bytes is waited for when its modes are to be restored. */
const restorePatienceMs = 2000;
/** An orphaned process group can't be stopped: the kernel ignores SIGTSTP, and no SIGCONT comes. */
const stopPatienceMs = 100;
const fallbackSize: Size = {columns: 80, rows: 24};

/** A full-screen session on a terminal, from the constructor until it is left. Never throws because of the terminal. */
export class Terminal {
	readonly colorLevel: ColorLevel;
	readonly ascii: boolean;
	readonly input: ReadStream;
	/** Where Ink draws. */
	readonly frames: FrameStream;
	/** Resolves once the terminal has been given back. */
	readonly closed: Promise<Closed>;
	readonly #stdout: WriteStream;
	readonly #painter: Painter;
	readonly #resolveClosed: (closed: Closed) => void;
	readonly #leaveHooks: ((closed: Closed) => void)[] = [];
	readonly #leftHooks: (() => void)[] = [];
	#state: 'open' | 'suspended' | 'left' = 'open';

	constructor({stdin, stdout, colorLevel, ascii}: TerminalOptions) {
		this.colorLevel = colorLevel;
		this.ascii = ascii;
		this.input = stdin;
		this.#stdout = stdout;
		const {promise, resolve} = Promise.withResolvers<Closed>();
		this.closed = promise;
		this.#resolveClosed = resolve;
		const size = sizeOf(stdout);
		this.#painter = new Painter(new Screen(size.columns, size.rows, {ascii, styled: colorLevel > 0}), stdout);
		this.frames = new FrameStream(size, (frame) => this.#painter.show(frame));
		setBlocking(stdout, false);
		const gone = () => this.leave({reason: 'gone'});
		stdin.on('end', gone).on('close', gone).on('error', gone);
		stdout.on('close', gone).on('error', gone);
		stdout.on('resize', () => this.#resize());
		this.#enter();
	}

	/** Adds a hook that runs when the terminal is about to be given back, in the order added; it must not wait. */
	onLeave(hook: (closed: Closed) => void): void {
		this.#leaveHooks.push(hook);
	}

	/** Adds a hook that runs after the terminal was given back. */
	onLeft(hook: () => void): void {
		this.#leftHooks.push(hook);
	}

	close(): void {
		this.leave({reason: 'asked'});
	}

	crash(error: unknown): void {
		this.leave({reason: 'crash', error});
	}

	/** Gives the terminal back: hooks, screen, cooked mode. Only the first reason counts. */
	leave(closed: Closed): void {
		if (this.#state === 'left') {
			return;
		}

		const wasOpen = this.#state === 'open';
		this.#state = 'left';
		this.#painter.pause();
		runAll(this.#leaveHooks, closed);
		if (wasOpen) {
			// Also when it is gone: perhaps only its keyboard is. If not, the write fails at once.
			this.#restore();
		}

		runAll(this.#leftHooks, undefined);
		this.input.pause();
		if (this.#stdout.writableLength === 0) {
			// What is printed from now on is not lost when the process ends; of a stalled terminal nothing more is expected.
			setBlocking(this.#stdout, true);
		}

		this.#resolveClosed(closed);
	}

	/** Draws everything again. */
	repaint(): void {
		this.#painter.repaint();
	}

	/** Hands a text to the clipboard of the terminal, however far away that is; whether it takes it, it does not say. */
	copy(text: string, env: Readonly<Record<string, string | undefined>>): void {
		if (this.#state === 'open') {
			// Behind what is still on its way: in the middle of a frame it would be part of it.
			this.#stdout.write(clipboardBytes(text, env));
		}
	}

	/**
	 * Gives the terminal back and stops the process as Ctrl-Z does, until it is continued.
	 * `target` is 0 for the whole process group, so that a wrapper stops with us, or one process's id.
	 */
	suspend(target = 0): void {
		if (this.#state !== 'open') {
			return;
		}

		this.#state = 'suspended';
		this.#painter.pause();
		this.#restore();
		const listenToStops = stopProcess(target);
		setTimeout(() => {
			listenToStops();
			if (this.#state === 'suspended') {
				this.resume();
			}
		}, stopPatienceMs);
	}

	/** Takes the terminal over again after SIGCONT, whatever became of its modes meanwhile. */
	resume(): void {
		if (this.#state === 'left') {
			return;
		}

		this.#state = 'open';
		this.#enter();
		this.#painter.resume();
		this.#resize();
	}

	#enter(): void {
		// Off and on again: libuv skips what it believes to be set, and a shell may have changed it while we were stopped.
		setRawMode(this.input, false);
		setRawMode(this.input, true);
		this.#writeNow(enterModes, 0);
	}

	#restore(): void {
		this.#writeNow(leaveModes, restorePatienceMs);
		if (this.#stdout.writableLength > 0) {
			// The rest of a frame is still on its way, and is behind us now.
			this.#stdout.write(leaveModes);
		}

		setRawMode(this.input, false);
	}

	#resize(): void {
		const size = sizeOf(this.#stdout);
		this.frames.resize(size);
		this.#painter.repaint(size.columns, size.rows);
	}

	#writeNow(text: string, patienceMs: number): void {
		const {fd} = this.#stdout as {fd?: number};
		if (typeof fd === 'number') {
			writeNow(fd, text, patienceMs);
		} else {
			this.#stdout.write(text);
		}
	}
}

function runAll<Argument>(hooks: readonly ((argument: Argument) => void)[], argument: Argument): void {
	for (const hook of hooks) {
		try {
			hook(argument);
		} catch (error) {
			console.error(error);
		}
	}
}

/** Some pseudo-terminals say 0×0 until they are told their size. */
function sizeOf({columns, rows}: WriteStream): Size {
	return columns > 0 && rows > 0 ? {columns, rows} : fallbackSize;
}

function setRawMode(stdin: ReadStream, isRaw: boolean): void {
	try {
		stdin.setRawMode(isRaw);
	} catch {
		// The terminal went away: its end or error event tells.
	}
}

/** Node writes to terminals blocking: one that stalls would stop the whole process, timeouts included. */
function setBlocking(stdout: WriteStream, isBlocking: boolean): void {
	(stdout as {_handle?: {setBlocking?: (isBlocking: boolean) => void}})._handle?.setBlocking?.(isBlocking);
}
