import chalk from 'chalk';
import {render, useInput} from 'ink';
import type {ReactNode} from 'react';
import type {Terminal} from './terminal.ts';

/** An app on a terminal. Leaving the terminal unmounts it. */
export type Mounted = {
	rerender(element: ReactNode): void;
	unmount(): void;
};

/**
 * Draws a React element on the terminal, as large as it is. The app ends by Ink's `useApp().exit()`, which closes the
 * terminal; an error while drawing closes it as a crash. Ctrl-Z and Ctrl-L are handled here, all other keys, Ctrl-C too,
 * are the app's.
 */
export function mount(terminal: Terminal, element: ReactNode): Mounted {
	chalk.level = terminal.colorLevel;
	const withTerminalKeys = (app: ReactNode) => (
		<>
			{app}
			<TerminalKeys terminal={terminal} />
		</>
	);
	const instance = render(withTerminalKeys(element), {
		stdout: terminal.frames as unknown as NodeJS.WriteStream,
		stdin: terminal.input,
		stderr: terminal.frames as unknown as NodeJS.WriteStream,
		// Frames are written whole and at once; the terminal finds the changes and the pace.
		debug: true,
		onRender: () => terminal.frames.commit(),
		interactive: true,
		exitOnCtrlC: false,
		patchConsole: false,
		alternateScreen: false,
		isScreenReaderEnabled: false,
		kittyKeyboard: {mode: 'disabled'},
	});
	instance.waitUntilExit().then(
		() => terminal.close(),
		(error: unknown) => terminal.crash(error),
	);
	terminal.onLeft(() => instance.unmount());
	return {
		rerender: (app) => instance.rerender(withTerminalKeys(app)),
		unmount: () => instance.unmount(),
	};
}

function TerminalKeys({terminal}: {readonly terminal: Terminal}): ReactNode {
	useInput((input, key) => {
		if ((key.ctrl && input === 'z') || input.includes('\x1a')) {
			terminal.suspend();
		} else if ((key.ctrl && input === 'l') || input.includes('\x0c')) {
			terminal.repaint();
		}
	});
	return null;
}
