/** The screen of a runbook. The only place of it that reads keys. */
import {Box, useInput, usePaste, useWindowSize} from 'ink';
import {type ReactElement, useRef, useState, useSyncExternalStore} from 'react';
import {dialogWidth} from '../components/dialog.ts';
import {Lines} from '../components/lines.tsx';
import {type Chunk, chunkOf, isPrintable} from '../key-event.ts';
import {dimmed, type Theme} from '../theme.ts';
import {runbookDialogLines, runbookPageLines} from '../views/runbook-page.ts';
import {isTooSmall, smallestColumns, smallestRows} from '../views/too-small.tsx';
import type {RestoreControl} from './control.ts';
import {initialRestoreScreen, pasteInRestore, pressInRestore, type RestoreRequest, type RestoreScreen} from './screen.ts';

export type RestoreAppProps = {
	readonly control: RestoreControl;
	readonly theme: Theme;
	readonly ways: string;
	/** Uptime ms. */
	readonly now: () => number;
	readonly copy: (text: string) => void;
	readonly onQuit: () => void;
};

export function RestoreApp(props: RestoreAppProps): ReactElement {
	const {control, theme, ways} = props;
	const {columns, rows} = useWindowSize();
	const state = useSyncExternalStore(control.subscribe, control.getState);
	const screen = useKeys(props, isTooSmall({columns, rows}));
	if (isTooSmall({columns, rows})) {
		const text = `etcdtop needs ${smallestColumns} x ${smallestRows}; this terminal has ${columns} x ${rows}. Enlarge it, or leave (q) and read: etcdtop restore --print`;
		return <Lines lines={[[{text, style: ''}]]} columns={columns} rows={rows} theme={theme} />;
	}
	const {overlay} = screen;
	const behind = overlay === undefined ? theme : dimmed(theme);
	const page = runbookPageLines({state, screen, ways, columns, rows, theme: behind});
	const dialog = overlay === undefined ? undefined : runbookDialogLines(overlay, state, {columns, rows: rows - 3}, theme);
	const width = dialogWidth({columns});
	return (
		<Box flexDirection="column" width={columns} height={rows}>
			<Lines lines={page} columns={columns} rows={rows} theme={behind} />
			{dialog !== undefined && (
				<Box
					position="absolute"
					marginTop={Math.max(2, Math.floor((rows - dialog.length) / 2))}
					marginLeft={Math.floor((columns - width) / 2)}
				>
					<Lines lines={dialog} columns={width} rows={dialog.length} theme={theme} />
				</Box>
			)}
		</Box>
	);
}

function useKeys({control, now, copy, onQuit}: RestoreAppProps, unseen: boolean): RestoreScreen {
	const [screen, setScreen] = useState(initialRestoreScreen);
	const current = useRef(screen);
	const unread = useRef<Chunk[]>([]);

	function ask(request: RestoreRequest): void {
		switch (request.call) {
			case 'quit':
				onQuit();
				break;
			case 'look':
				control.look();
				break;
			case 'say':
				control.say('refused', request.text);
				break;
			case 'copy':
				copy(request.text);
				control.say('note', request.told);
				break;
			default:
				control[request.call](request.step, request.typed);
		}
	}

	/** What came in one read as a whole: in a dialog several characters are a paste, and an Enter among them is none. */
	function press(): void {
		const chunks = unread.current;
		unread.current = [];
		control.dismiss();
		const at = now();
		const alone = chunks.length === 1;
		for (const chunk of chunks) {
			const names = chunk.kind === 'key' ? [chunk.name] : [...chunk.text].filter(isPrintable);
			const together = !alone || chunk.kind === 'several';
			for (const name of names) {
				if (together && current.current.overlay !== undefined && name !== 'ctrl-c') {
					current.current = isPrintable(name) ? pasteInRestore(current.current, name, at) : current.current;
					continue;
				}
				if (unseen && name !== 'q' && name !== 'ctrl-c') {
					continue;
				}
				const move = pressInRestore(current.current, {name, at}, control.getState());
				current.current = move.screen;
				if (move.request !== undefined) {
					ask(move.request);
				}
			}
		}
		setScreen(current.current);
	}

	useInput((input, key) => {
		const chunk = chunkOf(input, key);
		if (chunk !== undefined && unread.current.push(chunk) === 1) {
			queueMicrotask(press);
		}
	});
	usePaste((text) => {
		current.current = pasteInRestore(current.current, text, now());
		setScreen(current.current);
	});
	return screen;
}
