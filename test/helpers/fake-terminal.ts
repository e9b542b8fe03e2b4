import {PassThrough, Writable} from 'node:stream';
import type {ReadStream, WriteStream} from 'node:tty';
import xterm from '@xterm/headless';
import type {ReactNode} from 'react';
import type {ColorLevel} from '../../source/terminal/capabilities.ts';
import {mount} from '../../source/terminal/mount.tsx';
import {Terminal} from '../../source/terminal/terminal.ts';
import {screenText} from './screen-text.ts';

export type FakeTerminal = {
	/** The screen as text: one line per row without trailing blanks, no blank lines at the end. */
	frame(): Promise<string>;
	/** Types; each call arrives as one chunk. Resolves once the app has drawn what came of it. */
	send(keys: string): Promise<void>;
	/** Types letter by letter, each a chunk of its own. Resolves once the app has drawn what came of the last one. */
	type(text: string): Promise<void>;
	resize(columns: number, rows: number): Promise<void>;
	rerender(element: ReactNode): Promise<void>;
	/** Everything the terminal was sent. */
	bytes(): string;
	terminal: Terminal;
	unmount(): void;
};

const tickMs = 10;
const quietEnoughMs = 40;
const longestSettleMs = 5000;

export type FakeOptions = {ascii?: boolean; colorLevel?: ColorLevel};

/** Draws an element by the real terminal module into a terminal emulator. */
export async function openFake(
	element: ReactNode,
	columns: number,
	rows: number,
	{ascii = false, colorLevel = 1}: FakeOptions = {},
): Promise<FakeTerminal> {
	const emulator = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
	let sent = '';
	const stdout = Object.assign(
		new Writable({
			decodeStrings: false,
			write(chunk, _encoding, written) {
				sent += chunk;
				emulator.write(String(chunk), written);
			},
		}),
		{columns, rows, isTTY: true},
	);
	const stdin = Object.assign(new PassThrough(), {isTTY: true, setRawMode() {}, ref() {}, unref() {}});
	const terminal = new Terminal({
		stdin: stdin as unknown as ReadStream,
		stdout: stdout as unknown as WriteStream,
		colorLevel,
		ascii,
	});
	const mounted = mount(terminal, element);
	/**
	 * Lets effects run, pending frames be drawn (at most 30 a second) and the emulator parse them: until nothing was drawn for as long
	 * as that takes. While the machine is busy elsewhere our timers are late, and so is what we wait for: that time does not count.
	 */
	const settle = async () => {
		const began = performance.now();
		let drawn = sent.length;
		for (let quietMs = 0; quietMs < quietEnoughMs && performance.now() - began < longestSettleMs; ) {
			const tickedAt = performance.now();
			await new Promise((resolve) => setTimeout(resolve, tickMs));
			const isLate = performance.now() - tickedAt > 2 * tickMs;
			quietMs = sent.length === drawn ? quietMs + (isLate ? 0 : tickMs) : 0;
			drawn = sent.length;
		}
		await new Promise<void>((resolve) => emulator.write('', resolve));
	};

	await settle();
	return {
		async frame() {
			await settle();
			return screenText(emulator);
		},
		async send(keys) {
			stdin.write(keys);
			await settle();
		},
		async type(text) {
			for (const letter of text) {
				stdin.write(letter);
				await new Promise((resolve) => setTimeout(resolve, tickMs));
			}
			await settle();
		},
		async resize(newColumns, newRows) {
			emulator.resize(newColumns, newRows);
			Object.assign(stdout, {columns: newColumns, rows: newRows});
			stdout.emit('resize');
			await settle();
		},
		async rerender(newElement) {
			mounted.rerender(newElement);
			await settle();
		},
		bytes: () => sent,
		terminal,
		unmount() {
			terminal.close();
			emulator.dispose();
		},
	};
}

/** What an element looks like on a screen of that size, as text. */
export async function renderAt(element: ReactNode, columns: number, rows: number, options?: FakeOptions): Promise<string> {
	const fake = await openFake(element, columns, rows, options);
	try {
		return await fake.frame();
	} finally {
		fake.unmount();
	}
}
