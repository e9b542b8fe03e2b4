/** The whole screen: header, view, message, keys, and a dialog on top. The only place that reads keys. */
import {Box, useInput, usePaste, useWindowSize} from 'ink';
import {type ReactElement, useEffect, useEffectEvent, useRef, useState, useSyncExternalStore} from 'react';
import {Lines} from './components/lines.tsx';
import {pressChunks, pressPaste} from './dispatch.ts';
import type {Controls, Store} from './engine/controls.ts';
import type {State} from './engine/state.ts';
import {type Chunk, chunkOf} from './key-event.ts';
import {topOverlay} from './overlay-state.ts';
import {keepUp} from './overlay-upkeep.ts';
import {initialScreen, type Request, type ScreenState, type Step} from './screen-state.ts';
import {dimmed, type Theme} from './theme.ts';
import {compactionLine} from './views/compaction.ts';
import {overlayLines} from './views/dialogs.ts';
import {footerLine, messageLines} from './views/footer.ts';
import {headerLines} from './views/header.tsx';
import {views} from './views/index.ts';
import {isTooSmall, TooSmall} from './views/too-small.tsx';
import type {ViewProps} from './views/view.ts';

export type AppProps = {
	readonly store: Store;
	readonly controls: Controls;
	readonly theme: Theme;
	/** Uptime ms: when a key was pressed. */
	readonly now: () => number;
	/** The operator leaves; a run that is going has been asked about. */
	readonly onQuit: () => void;
};

export function App(props: AppProps): ReactElement {
	const state = useSyncExternalStore(props.store.subscribe, props.store.getState);
	const {columns, rows} = useWindowSize();
	const screen = useScreen(props, rows);
	const {theme} = props;
	if (isTooSmall({columns, rows})) {
		return <TooSmall state={state} columns={columns} rows={rows} theme={theme} />;
	}
	return <Screen state={state} screen={screen} columns={columns} rows={rows} theme={theme} />;
}

/** The screen's state, changed by keys and, where a dialog stands on it, by the state of the engine. */
function useScreen({store, controls, now, onQuit}: AppProps, rows: number): ScreenState {
	const [screen, setScreen] = useState(initialScreen);
	const current = useRef(screen);
	const unread = useRef<Chunk[]>([]);

	function perform({screen: next, requests}: Step): ScreenState {
		current.current = next;
		for (const request of requests) {
			ask(request);
		}
		return next;
	}

	function ask(request: Request): void {
		if (request.call === 'quit') {
			onQuit();
			return;
		}
		const call = controls[request.call] as (...values: readonly unknown[]) => void;
		call(...request.with);
	}

	function settle(): void {
		perform(keepUp(current.current, store.getState(), now()));
		setScreen(current.current);
	}

	/** What one read of the keyboard brought, as a whole: an Enter among other keys is none in a dialog. */
	function press(): void {
		const chunks = unread.current;
		unread.current = [];
		// A key acts on what is so now, not on what was drawn last.
		perform(keepUp(current.current, store.getState(), now()));
		controls.dismissMessage();
		const press = {at: now(), pageRows: Math.max(1, rows - pageOverlap)};
		pressChunks(chunks, press, {screen: () => current.current, state: store.getState, perform, controls});
		settle();
	}

	useInput((input, key) => {
		const chunk = chunkOf(input, key);
		if (chunk !== undefined && unread.current.push(chunk) === 1) {
			queueMicrotask(press);
		}
	});
	usePaste((text) => {
		perform(pressPaste(current.current, text, now(), store.getState()));
		settle();
	});
	const stateChanged = useEffectEvent(settle);
	useEffect(() => store.subscribe(() => stateChanged()), [store]);
	return screen;
}

/** Rows around a list, and two that stay in sight when a page is turned. */
const pageOverlap = 10;

type ScreenProps = ViewProps & {readonly screen: ScreenState};

function Screen(props: ScreenProps): ReactElement {
	const {state, screen, columns, rows, theme} = props;
	const overlay = topOverlay(screen);
	const behind = overlay === undefined ? theme : dimmed(theme);
	const shown = {...props, theme: behind};
	const header = headerLines({...shown, terminalRows: rows, views});
	const compaction = screen.view === 'run' ? undefined : compactionLine(state, columns, behind);
	const top = compaction === undefined ? header : [...header, compaction];
	const bottom = [...messageLines(state.message, columns, theme), footerLine(screen, state, columns, theme)];
	const viewRows = Math.max(0, rows - top.length - bottom.length);
	const View = (views.find(({id}) => id === screen.view) ?? views[0]!).component;
	return (
		<Box flexDirection="column" width={columns} height={rows} overflow="hidden">
			<Lines lines={top} columns={columns} rows={top.length} theme={behind} />
			<View {...shown} state={drawn(state, screen)} rows={viewRows} />
			<Lines lines={bottom} columns={columns} rows={bottom.length} theme={theme} />
			{overlay && <Dialog {...props} overlay={overlay} topRows={top.length} bottomRows={bottom.length} />}
		</Box>
	);
}

/** While paused the picture rests. What must not wait is not part of it: alarms, the run, dialogs and header are always live. */
function drawn(state: State, {frozen, view}: ScreenState): State {
	return frozen === undefined || view === 'run' || view === 'alarms' ? state : frozen;
}

type DialogProps = ScreenProps & {
	readonly overlay: NonNullable<ReturnType<typeof topOverlay>>;
	readonly topRows: number;
	readonly bottomRows: number;
};

/** In the middle, below the header where there is room; the first row, an alarm, a run and the message always stay in sight. */
function Dialog({overlay, state, screen, columns, rows, theme, topRows, bottomRows}: DialogProps): ReactElement {
	const urgentRows = 1 + Number(state.alarms.length > 0 || state.run !== undefined);
	const room = {columns, rows: rows - bottomRows - Math.min(topRows, urgentRows)};
	const lines = overlayLines({overlay, state, screen, room, theme});
	const lowest = rows - bottomRows - lines.length;
	const highest = lowest >= topRows ? topRows : lowest;
	const top = Math.min(lowest, Math.max(highest, Math.floor((rows - lines.length) / 2)));
	const width = Math.min(columns, 80);
	return (
		<Box position="absolute" marginTop={top} marginLeft={Math.floor((columns - width) / 2)}>
			<Lines lines={lines} columns={width} rows={lines.length} theme={theme} />
		</Box>
	);
}
