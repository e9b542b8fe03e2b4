/** An engine over a real cluster, with a clock and a state directory that the test owns. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {waitFor} from '../../source/commands/follow.ts';
import type {DefragPlan, Scope} from '../../source/domain/defrag-plan.ts';
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
import {createTestClock, type TestClock} from './test-clock.ts';

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

/** What a step is decided on must not grow old while the last of it is asked for, nor a move of leadership be late for it. */
function held(transport: Transport, clock: Clock | TestClock, store: Store): Transport {
	if (!('hold' in clock)) {
		return transport;
	}
	const isFarFromAct = () => {
		const phase = store.getState().run?.phase;
		return phase?.kind === 'cooling down' && phase.until - clock.uptimeMs() > farMs;
	};
	const reading = withMethod(transport, 'linearizableRead', (...args) => {
		const read = transport.linearizableRead(...args);
		return isFarFromAct() ? read : clock.hold(read);
	});
	return withMethod(reading, 'moveLeader', (...args) => clock.hold(transport.moveLeader(...args)));
}

/** In the middle of a cooldown nothing is decided: it may pass as fast as it can. */
const farMs = 10_000;

/** The same for what is asked of the API around etcd. */
function heldPlatform(platform: Platform, clock: Clock | TestClock): Platform {
	if (!('hold' in clock)) {
		return platform;
	}
	const {surroundings, lease} = platform;
	return {
		...platform,
		...(surroundings && {surroundings: (members) => clock.hold(surroundings(members))}),
		...(lease && {
			lease: {
				where: lease.where,
				whyNot: () => clock.hold(lease.whyNot()),
				read: () => clock.hold(lease.read()),
				write: (...args) => clock.hold(lease.write(...args)),
			},
		}),
	};
}

/** The same transport but for one method. */
function withMethod<Name extends 'defragment' | 'linearizableRead' | 'moveLeader'>(
	transport: Transport,
	name: Name,
	method: Transport[Name],
): Transport {
	return new Proxy(transport, {
		get(target, asked) {
			const value = asked === name ? method : Reflect.get(target, asked);
			return typeof value === 'function' ? value.bind(target) : value;
		},
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
		transport: held(options.transport?.(transport) ?? transport, clock, store),
		platform: heldPlatform(options.platform ?? directPlatform, clock),
		clock,
		journal,
		...(options.operator === undefined ? {acquireLock: acquireRunLock, lockHolder: runLockHolder} : noLock),
		operator: options.operator ?? 'ana@bastion-1',
		terminal: options.terminal ?? true,
		commandTimeoutMs: 5000,
		defragTimeoutMs: options.defragTimeoutMs ?? 30_000,
		cooldownMs: options.cooldownMs ?? 60_000,
		backupDirectory: join(journal.directory, 'backups'),
		random: () => 0.5,
	});
	engine.start();
	onTestFinished(() => engine.stop());
	return {engine, store, journal, clock, until: (found) => waitFor(store, found)};
}

/**
 * Opens a plan, waits until nothing holds it, and starts it with its own word. On a busy machine a gate may fall between the two: it is
 * opened again, as a person would.
 */
export async function startRun(
	{engine, store, until}: TestEngine,
	scope: Scope = {kind: 'all'},
	moveLeader = false,
): Promise<void> {
	await until(({clusterId}) => clusterId);
	const last = store.getState().run?.id;
	for (;;) {
		const said = store.getState().message;
		const isRefused = ({message}: State) => message?.kind === 'refused' && message !== said;
		engine.controls.openPlan(scope);
		engine.controls.setMoveLeader(moveLeader);
		const shown = await until((state) => (isRefused(state) ? 'refused' : isReady(state.plan) ? state.plan : undefined));
		if (shown === 'refused') {
			continue;
		}
		engine.controls.startRun(shown, shown.confirmation.word);
		const begun = await until((state) =>
			state.run !== undefined && state.run.id !== last ? true : isRefused(state) ? false : undefined,
		);
		if (begun) {
			return;
		}
	}
}

function isReady(plan: DefragPlan | undefined): boolean {
	return plan?.refusal === undefined && plan?.gates.every(({state}) => state !== 'pending' && state !== 'failed') === true;
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
	return (transport) => withMethod(transport, 'defragment', (...args) => act(args[0].id, () => transport.defragment(...args)));
}
