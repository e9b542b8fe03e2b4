import {App} from '../../source/app.tsx';
import type {DefragPlan} from '../../source/domain/defrag-plan.ts';
import type {ScreenControls} from '../../source/engine/controls.ts';
import type {State} from '../../source/engine/state.ts';
import {createTheme} from '../../source/theme.ts';
import {openFake} from './fake-terminal.ts';

export type Story = {
	/** Presses keys; each call is one read of the keyboard. A second passes before it. */
	press(...chunks: readonly string[]): Promise<void>;
	/** Types a text key by key. */
	type(text: string): Promise<void>;
	frame(): Promise<string>;
	/** What was asked of the engine, as `openPlan {"kind":"all"}`; clearing of messages left out. */
	calls(): readonly string[];
	/** Changes the state as the engine would. */
	set(change: Partial<State>): Promise<void>;
	resize(columns: number, rows: number): Promise<void>;
	/** Lets time pass, by the clock that the app is given. */
	wait(ms: number): void;
	close(): void;
};

export type StoryOptions = {
	readonly columns?: number;
	readonly rows?: number;
	readonly ascii?: boolean;
	readonly color?: boolean;
	/** What the engine does at once when it is asked. */
	readonly engine?: Partial<{readonly [K in keyof ScreenControls]: (set: (change: Partial<State>) => void) => void}>;
};

/** A plan by the names of those who have a turn. */
function told(value: unknown): string {
	const {steps} = (value ?? {}) as Partial<DefragPlan>;
	return typeof value === 'string' ? value : (steps?.map(({name}) => name).join(',') ?? JSON.stringify(value));
}

/** The app on a terminal emulator, over a state that the test owns and an engine that only writes down what it was asked. */
export async function openApp(initial: State, options: StoryOptions = {}): Promise<Story> {
	const {columns = 80, rows = 24, ascii = false, color = true} = options;
	let state = initial;
	let now = initial.now;
	const calls: string[] = [];
	const listeners = new Set<() => void>();
	const change = (part: Partial<State>) => {
		const {message: _, ...rest} = state;
		state = 'message' in part && part.message === undefined ? {...rest, ...part} : {...state, ...part};
		for (const listener of [...listeners]) {
			listener();
		}
	};
	const store = {
		getState: () => state,
		subscribe(listener: () => void) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
	};
	const controls = new Proxy({} as ScreenControls, {
		get:
			(_target, name: keyof ScreenControls) =>
			(...values: readonly unknown[]) => {
				if (name === 'dismissMessage') {
					const {message: _, ...rest} = state;
					state = rest;
					return;
				}
				calls.push([name, ...values.map(told)].join(' '));
				if (name === 'say') {
					const [kind, text] = values as Parameters<ScreenControls['say']>;
					change({message: {kind, text}});
				}
				options.engine?.[name]?.(change);
			},
	});
	const theme = createTheme({unicode: !ascii, color});
	const app = <App store={store} controls={controls} theme={theme} now={() => now} onQuit={() => calls.push('quit')} />;
	const fake = await openFake(app, columns, rows, {ascii, colorLevel: color ? 1 : 0});
	return {
		async press(...chunks) {
			for (const chunk of chunks) {
				now += 1000;
				await fake.send(chunk);
			}
		},
		async type(text) {
			await fake.type(text);
		},
		frame: () => fake.frame(),
		calls: () => calls,
		async set(part) {
			change(part);
			await fake.frame();
		},
		resize: (newColumns, newRows) => fake.resize(newColumns, newRows),
		wait(ms) {
			now += ms;
		},
		close: () => fake.unmount(),
	};
}

export const keys = {
	enter: '\r',
	escape: '\x1b',
	up: '\x1b[A',
	down: '\x1b[B',
	left: '\x1b[D',
	right: '\x1b[C',
	tab: '\t',
	shiftTab: '\x1b[Z',
	backspace: '\x7f',
	ctrlC: '\x03',
	paste: (text: string) => `\x1b[200~${text}\x1b[201~`,
};
