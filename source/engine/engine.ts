/** Puts the parts of the engine together: poller → store, witness beside it, and the controls that act. */
import {assumedSpeed} from '../domain/defrag-planner.ts';
import {measuredSpeed} from '../domain/defrag-speed.ts';
import type {Platform} from '../transport/platform.ts';
import type {Transport} from '../transport/transport.ts';
import {createAlarmsControl} from './alarms-control.ts';
import type {AttemptLog} from './attempt-log.ts';
import type {Clock} from './clock.ts';
import {createCompactControl} from './compact-control.ts';
import type {Controls, Store} from './controls.ts';
import type {Journal} from './journal.ts';
import type {EngineMessage} from './messages.ts';
import {createPlanControl} from './plan-control.ts';
import {createPoller} from './poller.ts';
import type {AcquireLock} from './run-lock.ts';
import type {DispatchingStore} from './store.ts';
import {createWitness} from './witness.ts';

export type EngineOptions = {
	readonly store: DispatchingStore;
	readonly transport: Transport;
	readonly platform: Platform;
	readonly clock: Clock;
	readonly journal: Journal;
	readonly log: AttemptLog;
	readonly acquireLock: AcquireLock;
	readonly lockedBy: (clusterId: string) => Promise<string | undefined>;
	/** `ana@bastion-1`. */
	readonly operator: string;
	readonly terminal: boolean;
	readonly defragTimeoutMs: number;
	readonly cooldownMs: number;
	readonly random: () => number;
};

export interface Engine {
	readonly store: Store;
	readonly controls: Controls;
	start(): void;
	/** Ends polling; a member at work is awaited and written down first. */
	stop(): Promise<void>;
}
