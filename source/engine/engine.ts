/** Puts the parts of the engine together: poller → store, the witness beside it, and the controls that act. */
import {randomUUID} from 'node:crypto';
import {measuredSpeed} from '../domain/defrag-speed.ts';
import type {Observation} from '../domain/observation.ts';
import type {Platform} from '../transport/platform.ts';
import type {Transport} from '../transport/transport.ts';
import {createAlarmsControl} from './alarms-control.ts';
import {createBackupControl} from './backup-control.ts';
import type {Clock} from './clock.ts';
import {createCompactControl} from './compact-control.ts';
import type {Controls} from './controls.ts';
import {createEncryptionControl} from './encryption-control.ts';
import {createFileAttemptLog} from './file-attempt-log.ts';
import {createHostBackupControl} from './host-backup-control.ts';
import {damageText, type Journal} from './journal.ts';
import {createPlanControl} from './plan-control.ts';
import {createPoller} from './poller.ts';
import {createRescueControl} from './rescue-control.ts';
import {createRestoreWatch} from './restore-watch.ts';
import {createRunLease} from './run-lease.ts';
import type {AcquireLock} from './run-lock.ts';
import {createRunsElsewhere} from './runs-elsewhere.ts';
import type {DispatchingStore} from './store.ts';
import {tellSurroundings} from './surroundings.ts';
import {createWitness} from './witness.ts';

export type EngineOptions = {
	readonly store: DispatchingStore;
	readonly transport: Transport;
	readonly platform: Platform;
	readonly clock: Clock;
	readonly journal: Journal;
	readonly acquireLock: AcquireLock;
	readonly lockHolder: (clusterId: string) => Promise<string | undefined>;
	/** `ana@bastion-1`. */
	readonly operator: string;
	/** A person is there to read and to type. */
	readonly terminal: boolean;
	/** A screen shows the runs of this user's other processes too. */
	readonly shows?: true;
	/** `--command-timeout`: how long an answer may take. What a safety rule needs longer, it has longer. */
	readonly commandTimeoutMs: number;
	readonly defragTimeoutMs: number;
	readonly cooldownMs: number;
	/** Where a backup goes that nobody has said a place for. */
	readonly backupDirectory: string;
	/** 0–1. */
	readonly random: () => number;
};

export interface Engine {
	readonly controls: Controls;
	start(): void;
	/** Ends polling. A member at work is awaited and written down first. */
	stop(): Promise<void>;
	/** Ends everything at once. A call under way goes on at its server, and its line in the journal stays open. */
	close(): void;
}

const tickMs = 1000;

export function createEngine(options: EngineOptions): Engine {
	const {store, transport, clock, journal, operator} = options;
	const {dispatch, getState} = store;
	const stopping = new AbortController();

	const log = createFileAttemptLog({
		journal,
		clock,
		operator,
		clusterId: () => getState().clusterId ?? '',
		onFailure: (text) => dispatch({type: 'messageChanged', message: {kind: 'warning', text}}),
	});
	const port = options.platform.lease;
	const identity = `${operator} #${randomUUID().slice(0, 8)}`;
	const lease = port && createRunLease({port, clock, log, identity});
	const witness = createWitness({
		transport,
		platform: options.platform,
		clock,
		log,
		lease,
		cooldownMs: options.cooldownMs,
		// Our own run holds the lock as well; only another's is a reason to wait.
		lockedBy: async (clusterId) => {
			if (backups.holdsLock() || hostBackups.holdsLock()) {
				return 'a backup is under way here';
			}
			return runUnderWay() ? undefined : options.lockHolder(clusterId);
		},
	});
	const elsewhere = createRunsElsewhere({
		directory: journal.directory,
		getState,
		dispatch,
		isBusy: () => runUnderWay() || options.shows !== true,
	});
	const surroundings = {platform: options.platform, clock, getState, dispatch};
	const common = {transport, clock, journal, operator, getState, dispatch};
	const alarms = createAlarmsControl({...common, commandTimeoutMs: options.commandTimeoutMs});
	const compaction = createCompactControl(common);
	const rescue = createRescueControl({...common, commandTimeoutMs: options.commandTimeoutMs});
	const hostBackups = createHostBackupControl({
		...common,
		port: options.platform.hostBackup,
		rollouts: options.platform.rollouts,
		backupDirectory: options.backupDirectory,
		acquireLock: options.acquireLock,
		commandTimeoutMs: options.commandTimeoutMs,
		onWritten: () => backups.look(),
	});
	const encryption = createEncryptionControl({
		...common,
		platform: options.platform,
		connection: transport.connection,
		looksAtStart: options.shows === true,
	});
	const plans = createPlanControl({
		...common,
		log,
		witness,
		lease,
		acquireLock: options.acquireLock,
		terminal: options.terminal,
		defragTimeoutMs: options.defragTimeoutMs,
		cooldownMs: options.cooldownMs,
		random: options.random,
		speed: () =>
			measuredSpeed(
				getState().members.flatMap(({member, defragmentations}) =>
					defragmentations.map((one) => ({memberName: member.name, ...one})),
				),
			),
	});
	const backups = createBackupControl({
		...common,
		acquireLock: options.acquireLock,
		backupDirectory: options.backupDirectory,
		isOpenShift: options.platform.rollouts !== undefined,
		commandTimeoutMs: options.commandTimeoutMs,
	});
	const restore = createRestoreWatch({
		platform: options.platform,
		clock,
		directory: journal.directory,
		getState,
		dispatch,
	});
	const poller = createPoller({
		transport,
		clock,
		dispatch,
		commandTimeoutMs: options.commandTimeoutMs,
		intervalMs: () => getState().intervalMs,
		onObservation: observed,
	});

	function runUnderWay(): boolean {
		return plans.holdsLock();
	}

	function observed(observation: Observation): void {
		witness.observed(observation);
		compaction.observed(observation);
		plans.observed();
		rescue.advance();
		tellCooldown();
		tellJournal();
		backups.look();
		if (options.shows === true) {
			restore.look();
		}
		tellSurroundings(surroundings);
	}

	function tellCooldown(): void {
		const next = witness.cooldown();
		if (JSON.stringify(next) !== JSON.stringify(getState().cooldown)) {
			dispatch({type: 'cooldownChanged', cooldown: next});
		}
	}

	let journalRead: unknown;
	function tellJournal(): void {
		const content = journal.read();
		if (content === journalRead) {
			return;
		}
		journalRead = content;
		const warnings = content.damaged.map(damageText);
		dispatch({type: 'journalChanged', journal: {directory: journal.directory, warnings}});
		dispatch({type: 'defragmentationsRead', byMember: log.known()});
		const first = warnings[0];
		if (first !== undefined) {
			dispatch({type: 'messageChanged', message: {kind: 'warning', text: first}});
		}
	}

	async function tick(): Promise<void> {
		while (!stopping.signal.aborted) {
			await clock.sleep(tickMs, stopping.signal);
			dispatch({type: 'ticked', now: clock.uptimeMs(), wallMs: clock.wallMs()});
			lease?.tick();
			elsewhere.tick();
			rescue.advance();
			encryption.tick();
			tellCooldown();
			tellSurroundings(surroundings);
			backups.look();
		}
	}

	function close(): void {
		hostBackups.close();
		poller.stop();
		backups.close();
		elsewhere.close();
		stopping.abort();
		transport.close();
	}

	return {
		controls: {
			...plans.controls,
			...alarms.controls,
			...compaction.controls,
			...backups.controls,
			...rescue.controls,
			...encryption.controls,
			...hostBackups.controls,
			stopAfterThis() {
				if (!elsewhere.cancel(operator)) {
					plans.controls.stopAfterThis();
				}
			},
			setInterval(intervalMs) {
				dispatch({type: 'intervalChanged', intervalMs});
				poller.pollNow();
			},
			dismissMessage: () => dispatch({type: 'messageChanged', message: undefined}),
			say: (kind, text) => dispatch({type: 'messageChanged', message: {kind, text}}),
		},
		start() {
			dispatch({type: 'connected', connection: transport.connection});
			if (options.platform.hostBackup !== undefined) {
				dispatch({type: 'hostBackupsOffered'});
			}
			tellSurroundings(surroundings);
			poller.start();
			void tick();
		},
		async stop() {
			const parts = [plans, alarms, compaction, rescue, encryption, backups, hostBackups];
			await Promise.all(parts.map((part) => part.stop()));
			close();
		},
		close,
	};
}
