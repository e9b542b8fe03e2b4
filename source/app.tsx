/** The whole screen: header, view, message, keys, and a dialog on top. The only place that reads keys. */
import {Box, useInput, usePaste, useWindowSize} from 'ink';
import {
	createContext,
	type ReactElement,
	use,
	useEffect,
	useEffectEvent,
	useMemo,
	useRef,
	useState,
	useSyncExternalStore,
} from 'react';
import type {Line} from './components/line.ts';
import {Lines} from './components/lines.tsx';
import {pressChunks, pressPaste} from './dispatch.ts';
import type {ScreenControls, Store} from './engine/controls.ts';
import {type Chunk, chunkOf} from './key-event.ts';
import {topOverlay} from './overlay-state.ts';
import {keepUp} from './overlay-upkeep.ts';
import {drawn, initialScreen, type Request, type ScreenState, type Step, watching} from './screen-state.ts';
import {dimmed, type Theme} from './theme.ts';
import {backupLine} from './views/backup-line.ts';
import {compactionLine} from './views/compaction.ts';
import {overlayLines} from './views/dialogs.ts';
import {footerLine, messageLines} from './views/footer.ts';
import {headerLines} from './views/header.tsx';
import {views} from './views/index.ts';
import {isTooSmall, TooSmall} from './views/too-small.tsx';
import type {ViewProps} from './views/view.ts';

export type AppProps = {
	readonly store: Store;
	readonly controls: ScreenControls;
	readonly theme: Theme;
	/** Uptime ms: when a key was pressed. */
	readonly now: () => number;
	/** The operator leaves; a run that is going has been asked about. */
	readonly onQuit: () => void;
};

/** Reads the keys. What the cluster's state changes is drawn below it: a component that listens to keys makes Ink draw whenever it is rendered. */
export function App(props: AppProps): ReactElement {
	const {columns, rows} = useWindowSize();
	const screen = useScreen(props, columns, rows);
	return <Live store={props.store} screen={screen} columns={columns} rows={rows} theme={props.theme} />;
}

type LiveProps = {
	readonly store: Store;
	readonly screen: ScreenState;
	readonly columns: number;
	readonly rows: number;
	readonly theme: Theme;
};

function Live({store, screen, columns, rows, theme}: LiveProps): ReactElement {
	const state = useSyncExternalStore(store.subscribe, store.getState);
	if (isTooSmall({columns, rows})) {
		return <TooSmall state={state} columns={columns} rows={rows} theme={theme} />;
	}
	return <Screen state={state} screen={screen} columns={columns} rows={rows} theme={theme} />;
}

/** The screen's state, changed by keys and, where a dialog stands on it, by the state of the engine. */
function useScreen({store, controls, now, onQuit}: AppProps, columns: number, rows: number): ScreenState {
	const [screen, setScreen] = useState(initialScreen);
	const current = useRef(screen);
	const unread = useRef<Chunk[]>([]);

	function perform({screen: next, requests}: Step): ScreenState {
		const asked = [...requests, ...watching(current.current, next)];
		current.current = next;
		for (const request of asked) {
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
		const press = {at: now(), pageRows: Math.max(1, rows - pageOverlap), unseen: isTooSmall({columns, rows})};
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

/** What the parts of a frame draw: handed past the box around them, which has no part in what changes. */
const FrameContext = createContext<FrameParts | undefined>(undefined);

type FrameParts = {
	readonly props: ScreenProps;
	readonly behind: Theme;
	readonly top: readonly Line[];
	readonly bottom: readonly Line[];
};

function useFrame(): FrameParts {
	const frame = use(FrameContext);
	if (frame === undefined) {
		throw new Error('a part of the frame stands outside of it');
	}
	return frame;
}

/** The box is the same element for as long as the terminal has the same size: what it holds changes by itself (see `Lines`). Nothing is longer than it: cutting is left to the lines. */
function Screen(props: ScreenProps): ReactElement {
	const {columns, rows} = props;
	const box = useMemo(
		() => (
			<Box flexDirection="column" width={columns} height={rows}>
				<Top />
				<Middle />
				<Bottom />
				<Dialog />
			</Box>
		),
		[columns, rows],
	);
	return <FrameContext value={partsOf(props)}>{box}</FrameContext>;
}

function partsOf(props: ScreenProps): FrameParts {
	const {state, screen, columns, rows, theme} = props;
	const behind = topOverlay(screen) === undefined ? theme : dimmed(theme);
	const header = headerLines({...props, theme: behind, terminalRows: rows, views});
	const compaction = screen.view === 'run' ? undefined : compactionLine(state, columns, behind);
	const backup = screen.view === 'backups' ? undefined : backupLine(state, columns, behind);
	const top = [...header, ...[compaction, backup].filter((line) => line !== undefined)];
	const bottom = [...messageLines(screen, state, columns, theme), footerLine(screen, state, columns, theme)];
	return {props, behind, top, bottom};
}

function Top(): ReactElement {
	const {props, behind, top} = useFrame();
	return <Lines lines={top} columns={props.columns} rows={top.length} theme={behind} />;
}

function Middle(): ReactElement {
	const {props, behind, top, bottom} = useFrame();
	const {state, screen, rows} = props;
	const View = (views.find(({id}) => id === screen.view) ?? views[0]!).component;
	return <View {...props} theme={behind} state={drawn(state, screen)} rows={Math.max(0, rows - top.length - bottom.length)} />;
}

function Bottom(): ReactElement {
	const {props, bottom} = useFrame();
	return <Lines lines={bottom} columns={props.columns} rows={bottom.length} theme={props.theme} />;
}

/** In the middle, below the header where there is room; the first row, an alarm, a run and the message always stay in sight. */
function Dialog(): ReactElement | undefined {
	const {props, top, bottom} = useFrame();
	const {state, screen, columns, rows, theme} = props;
	const overlay = topOverlay(screen);
	if (overlay === undefined) {
		return undefined;
	}
	const urgentRows = 1 + Number(state.alarms.length > 0 || state.run !== undefined);
	const room = {columns, rows: rows - bottom.length - Math.min(top.length, urgentRows)};
	const lines = overlayLines({overlay, state, screen, room, theme});
	const lowest = rows - bottom.length - lines.length;
	const highest = lowest >= top.length ? top.length : lowest;
	const topRow = Math.min(lowest, Math.max(highest, Math.floor((rows - lines.length) / 2)));
	const width = Math.min(columns, 80);
	return (
		<Box position="absolute" marginTop={topRow} marginLeft={Math.floor((columns - width) / 2)}>
			<Lines lines={lines} columns={width} rows={lines.length} theme={theme} />
		</Box>
	);
}
