import type {Clock} from '../engine/clock.ts';
import type {Controls, Store} from '../engine/controls.ts';
import type {Engine} from '../engine/engine.ts';
import type {Journal} from '../engine/journal.ts';
import type {Options} from '../options.ts';
import type {Reached} from '../reached.ts';

/** Exit codes, the same for every command. */
export const exitCodes = {done: 0, failed: 1, usage: 2, refused: 3, unknown: 4} as const;

/** What a command has to work with: made by `main`, so that tests can hand in their own. */
export type CommandContext = {
	readonly options: Options;
	readonly environment: NodeJS.ProcessEnv;
	readonly clock: Clock;
	readonly journal: Journal;
	/** Throws `UsageError` for flags and files that can't be right, `TransportError` where nothing is reached. */
	readonly connect: () => Promise<Reached>;
	/** An engine over what was reached, not started yet. */
	readonly createEngine: (reached: Reached) => EngineHandle;
	/** How to start the process of a detached run, and what this one was started with; absent where that can't be. */
	readonly detached?: {readonly command: readonly string[]; readonly argv: readonly string[]};
	/** Results. */
	readonly print: (text: string) => void;
	/** The width of the terminal that `print` writes to, where it is one. */
	readonly columns?: number;
	/** Progress and errors. */
	readonly say: (text: string) => void;
	/** A person is there to type. */
	readonly isTerminal: boolean;
	/** One typed line. */
	readonly ask: (question: string) => Promise<string>;
	/** Calls back at each SIGINT or SIGTERM until the returned function is called. */
	readonly onInterrupt: (callback: () => void) => () => void;
};

export type EngineHandle = {readonly engine: Engine; readonly store: Store; readonly controls: Controls};
