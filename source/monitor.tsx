/** The full-screen monitor: terminal and first frame first, then the engine with its transport behind them. */
import {setFlagsFromString} from 'node:v8';
import {App} from './app.tsx';
import type {Clock} from './engine/clock.ts';
import type {DispatchingStore} from './engine/store.ts';
import type {Options} from './options.ts';
import {createSession, type SessionOptions} from './session.ts';
import {colorLevel, mount, openTerminal, usesUtf8} from './terminal/index.ts';
import {createTheme} from './theme.ts';

export type MonitorOptions = Pick<SessionOptions, 'begin' | 'reach' | 'createEngine'> & {
	readonly options: Options;
	readonly store: DispatchingStore;
	readonly clock: Clock;
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
export async function runMonitor({options, store, clock, ...cluster}: MonitorOptions): Promise<number> {
	const {env, stdin, stdout} = process;
	const ascii = !usesUtf8(env, options.ascii);
	const color = colorLevel({flag: options.color, env, isTty: true}) > 0;
	const terminal = openTerminal({stdin, stdout, env, ascii, color: options.color});
	const theme = createTheme({unicode: !ascii, color});
	const {connection, clusterName} = options;
	const session = createSession({...cluster, store, connection, ...(clusterName !== undefined && {clusterName})});
	const {controls} = session;
	mount(terminal, <App store={store} controls={controls} theme={theme} now={clock.uptimeMs} onQuit={() => terminal.close()} />);
	let failure: unknown;
	session.start().then(keepMemorySmall, (error: unknown) => {
		failure = error;
		terminal.close();
	});
	const closed = await terminal.closed;
	if (failure !== undefined) {
		throw failure;
	}
	if (closed.reason === 'asked') {
		// The operator was asked already: what a member is doing goes on by itself, and the journal holds the next one back.
		session.close();
		return 0;
	}
	await session.stop();
	return closed.reason === 'crash' ? 1 : closed.reason === 'gone' ? hangup : terminated;
}
