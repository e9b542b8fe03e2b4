/** An engine over a real cluster, with a clock and a state directory that the test owns. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {waitFor} from '../../source/commands/follow.ts';
import type {Scope} from '../../source/domain/defrag-plan.ts';
import {isOver, type Run} from '../../source/domain/defrag-run.ts';
import type {Clock} from '../../source/engine/clock.ts';
import type {Store} from '../../source/engine/controls.ts';
import {createEngine, type Engine} from '../../source/engine/engine.ts';
import {initialState} from '../../source/engine/initial-state.ts';
import {type Journal, openJournal} from '../../source/engine/journal.ts';
import type {JournalLine} from '../../source/engine/journal-line.ts';
import {acquireRunLock, runLockHolder} from '../../source/engine/run-lock.ts';
import type {State} from '../../source/engine/state.ts';
import {createStore} from '../../source/engine/store.ts';
import {createDirectTransport} from '../../source/transport/grpc/direct-transport.ts';
import {directPlatform, type Platform} from '../../source/transport/platform.ts';
import type {Transport} from '../../source/transport/transport.ts';
import type {Cluster} from './cluster.ts';
import {createTestClock} from './test-clock.ts';

export type TestEngine = {
	readonly engine: Engine;
	readonly store: Store;
	readonly journal: Journal;
	readonly clock: Clock;
	/** The first state that `found` gives something for. */
	readonly until: <T>(found: (state: State) => T | undefined) => Promise<T>;
};

export type TestEngineOptions = {
	readonly clock?: Clock;
	readonly stateDirectory?: string;
	readonly terminal?: boolean;
	readonly defragTimeoutMs?: number;
	readonly cooldownMs?: number;
	readonly readOnly?: boolean;
	readonly transport?: (transport: Transport) => Transport;
	readonly platform?: Platform;
	/** Default `ana@bastion-1`. Another one is on another machine: they share no lock. */
	readonly operator?: string;
};

/** A directory that goes with the test. */
export function temporaryDirectory(): string {
	const directory = mkdtempSync(join(tmpdir(), 'etcdtop-state-'));
	onTestFinished(() => rmSync(directory, {recursive: true, force: true}));
	return directory;
}

export function transportTo(cluster: Cluster): Transport {
	const {certificates} = cluster;
	return createDirectTransport({
		endpoints: cluster.endpoints,
		...(certificates === undefined ? {} : {cacert: certificates.cacert, cert: certificates.cert, key: certificates.key}),
		insecureSkipTlsVerify: false,
		dialTimeoutMs: 2000,
		commandTimeoutMs: 5000,
	});
}

/** Of a machine without other programs. */
const noLock = {
	acquireLock: async () => ({kind: 'acquired', lock: {release() {}}}) as const,
	lockHolder: async () => undefined,
};

export function startTestEngine(cluster: Cluster, options: TestEngineOptions = {}): TestEngine {
	const clock = options.clock ?? createTestClock();
	const journal = openJournal([options.stateDirectory ?? temporaryDirectory()]);
	const store = createStore(
		initialState({
			clock,
			clusterName: 'test',
			readOnly: options.readOnly ?? false,
			intervalMs: 2000,
			journalDirectory: journal.directory,
		}),
	);
	const transport = transportTo(cluster);
	const engine = createEngine({
		store,
		transport: options.transport?.(transport) ?? transport,
		platform: options.platform ?? directPlatform,
		clock,
		journal,
		...(options.operator === undefined ? {acquireLock: acquireRunLock, lockHolder: runLockHolder} : noLock),
		operator: options.operator ?? 'ana@bastion-1',
		terminal: options.terminal ?? true,
		commandTimeoutMs: 5000,
		defragTimeoutMs: options.defragTimeoutMs ?? 30_000,
		cooldownMs: options.cooldownMs ?? 60_000,
		random: () => 0.5,
	});
	engine.start();
	onTestFinished(() => engine.stop());
	return {engine, store, journal, clock, until: (found) => waitFor(store, found)};
}

/** Opens a plan, waits until nothing but time holds it, and starts it with its own word. */
export async function startRun({engine, until}: TestEngine, scope: Scope = {kind: 'all'}, moveLeader = false): Promise<void> {
	await until(({clusterId}) => clusterId);
	engine.controls.openPlan(scope);
	engine.controls.setMoveLeader(moveLeader);
	const shown = await until(({plan}) => {
		const ready =
			plan?.refusal === undefined && plan?.gates.every(({state}) => state !== 'pending' && state !== 'failed') === true;
		return ready ? plan : undefined;
	});
	engine.controls.startRun(shown, shown.confirmation.word);
}

export function untilOver({until}: TestEngine): Promise<Run> {
	return until(({run}) => (run !== undefined && isOver(run) ? run : undefined));
}

export function linesOf({journal}: TestEngine, type: JournalLine['type']): readonly JournalLine[] {
	return journal.read().lines.filter((line) => line.type === type);
}

/** Does something around the call that defragments, when its line is on disk already. */
export function aroundCall(
	act: (memberId: string, call: () => Promise<void>) => Promise<void>,
): (transport: Transport) => Transport {
	return (transport) =>
		new Proxy(transport, {
			get(target, name) {
				if (name === 'defragment') {
					return (...args: Parameters<Transport['defragment']>) => act(args[0].id, () => target.defragment(...args));
				}
				const value = Reflect.get(target, name);
				return typeof value === 'function' ? value.bind(target) : value;
			},
		});
}
