/** The full-screen monitor: terminal and first frame first, then the engine with its transport behind them. */
import {setFlagsFromString} from 'node:v8';
import {App} from './app.tsx';
import type {Clock} from './engine/clock.ts';
import type {Engine} from './engine/engine.ts';
import {createLateControls} from './engine/late-controls.ts';
import type {DispatchingStore} from './engine/store.ts';
import type {Options} from './options.ts';
import {colorLevel, mount, openTerminal, usesUtf8} from './terminal/index.ts';
import {createTheme} from './theme.ts';

export type MonitorOptions = {
	readonly options: Options;
	readonly store: DispatchingStore;
	readonly clock: Clock;
	/** Loads the transport and puts the engine on it. Rejects with a `TransportError` for files and flags that can't work. */
	readonly connect: () => Promise<Engine>;
};

/** Exit codes of a process that a signal ended, as shells count them. */
const hangup = 129;
const terminated = 143;

/**
 * A monitor throws a little away with every poll, for days: V8 would make ever more room for that, and take 60 MB more. Not before the
 * start is over, which that room makes faster.
 */
function keepMemorySmall(): void {
	setFlagsFromString('--semi-space-growth-factor=1');
}

/** Resolves to the exit code once the terminal has been given back and a member at work has been awaited. */
export async function runMonitor({options, store, clock, connect}: MonitorOptions): Promise<number> {
	const {env, stdin, stdout} = process;
	const ascii = !usesUtf8(env, options.ascii);
	const color = colorLevel({flag: options.color, env, isTty: true}) > 0;
	const controls = createLateControls(store);
	const terminal = openTerminal({stdin, stdout, env, ascii, color: options.color});
	const theme = createTheme({unicode: !ascii, color});
	let failure: unknown;
	mount(terminal, <App store={store} controls={controls} theme={theme} now={clock.uptimeMs} onQuit={() => terminal.close()} />);
	const connecting = connect().then(
		(engine) => {
			controls.connect(engine.controls);
			keepMemorySmall();
			engine.start();
			return engine;
		},
		(error: unknown) => {
			failure = error;
			terminal.close();
			return undefined;
		},
	);
	const closed = await terminal.closed;
	const engine = await connecting;
	if (failure !== undefined) {
		throw failure;
	}
	if (closed.reason === 'asked') {
		// The operator was asked already: what a member is doing goes on by itself, and the journal holds the next one back.
		engine?.close();
		return 0;
	}
	await engine?.stop();
	return closed.reason === 'crash' ? 1 : closed.reason === 'gone' ? hangup : terminated;
}
