/** What a command is given in a test: everything it prints, says and asks is kept, and the test answers. */
import type {CommandContext, EngineHandle} from '../../source/commands/context.ts';
import type {Journal} from '../../source/engine/journal.ts';
import {parseOptions} from '../../source/options.ts';
import {directPlatform, type Platform} from '../../source/transport/platform.ts';
import type {Transport} from '../../source/transport/transport.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const connection = {kind: 'direct', security: 'no TLS', endpoints: []} as const;

export type TestContext = CommandContext & {
	readonly printed: readonly string[];
	readonly said: readonly string[];
	readonly asked: readonly string[];
	/** SIGINT, or one of its kin. */
	interrupt(): void;
};

export type TestContextOptions = {
	readonly transport?: Partial<Transport>;
	/** What is around etcd; nothing where not said. */
	readonly platform?: Platform;
	readonly handle?: EngineHandle;
	readonly journal?: Partial<Journal>;
	/** What the person types; without it there is no terminal. */
	readonly typed?: string;
	readonly columns?: number;
	readonly environment?: NodeJS.ProcessEnv;
};

/** `line`: what stands behind `etcdtop` on the command line. */
export function contextFor(
	line: string,
	{transport, platform = directPlatform, handle, journal, typed, columns, environment = {}}: TestContextOptions = {},
): TestContext {
	const printed: string[] = [];
	const said: string[] = [];
	const asked: string[] = [];
	const listeners = new Set<() => void>();
	return {
		options: parseOptions(line.split(' '), environment),
		environment,
		clock: createManualClock({uptimeMs: 100_000}),
		journal: {directory: '/state/etcdtop', ...journal} as Journal,
		connect: async () => ({
			transport: {connection, close() {}, ...transport} as Transport,
			platform,
			clusterName: 'test',
			contexts: [],
		}),
		createEngine() {
			if (handle === undefined) {
				throw new Error('this command needs no engine');
			}
			return handle;
		},
		print: (text) => printed.push(text),
		...(columns === undefined ? {} : {columns}),
		say: (text) => said.push(text),
		isTerminal: typed !== undefined,
		async ask(question) {
			asked.push(question);
			return typed ?? '';
		},
		onInterrupt(callback) {
			listeners.add(callback);
			return () => listeners.delete(callback);
		},
		printed,
		said,
		asked,
		interrupt() {
			for (const listener of listeners) {
				listener();
			}
		},
	};
}
