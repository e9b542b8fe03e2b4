/** Backups: a snapshot of one member into a file here, one at a time, and never beside a defragmentation. */
import {homedir} from 'node:os';
import {join, resolve} from 'node:path';
import {type Saving, saveSnapshot} from '../backup/save-snapshot.ts';
import type {Backup, BackupPhase} from '../domain/backup.ts';
import {backupStamp, snapshotName} from '../domain/backup-manifest.ts';
import {type BackupPlan, planBackup} from '../domain/backup-plan.ts';
import {snapshotSilenceMs} from '../domain/backup-policy.ts';
import {isOver} from '../domain/defrag-run.ts';
import {type MemberId, memberLabel} from '../domain/member.ts';
import {runbookBeside} from '../domain/runbook-beside.ts';
import type {Transport} from '../transport/transport.ts';
import {type BackupEnd, endingOf, eventOfEnd, lineOfEnd, stoppedAt, whose} from './backup-end.ts';
import {manifestOf} from './backup-facts.ts';
import type {Clock} from './clock.ts';
import type {Controls} from './controls.ts';
import {lineOf} from './file-attempt-log.ts';
import type {Journal} from './journal.ts';
import {createBackupWatch, directoryAfter} from './known-backups.ts';
import type {EngineMessage} from './messages.ts';
import {refuseInflight} from './refuse-inflight.ts';
import type {AcquireLock} from './run-lock.ts';
import type {MemberRecord, State} from './state.ts';
import {acquireUnlessStopped} from './stoppable-lock.ts';

export type BackupControlOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly journal: Journal;
	readonly operator: string;
	readonly acquireLock: AcquireLock;
	/** Where the first one goes; then where the last one went. */
	readonly backupDirectory: string;
	readonly isOpenShift: boolean;
	readonly commandTimeoutMs: number;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
};

export type BackupControls = Pick<Controls, 'openBackup' | 'closeBackup' | 'startBackup' | 'stopBackup' | 'dismissBackup'>;

export interface BackupControl {
	readonly controls: BackupControls;
	/** The journal was read again, or time has passed. */
	look(): void;
	/** The run lock of this machine is ours. */
	holdsLock(): boolean;
	/** Stops the one under way, and resolves when what it left is gone. */
	stop(): Promise<void>;
	/** The same at once, for a process that ends. */
	close(): void;
}

const planEveryMs = 1000;

export function createBackupControl(options: BackupControlOptions): BackupControl {
	const {transport, clock, journal, operator, getState, dispatch} = options;
	/** Of the plan that is being looked at. */
	let open: object | undefined;
	let holdsLock = false;
	let working: {readonly done: Promise<void>; readonly abort: AbortController; saving?: Saving; backup?: Backup} | undefined;
	/** The process ends: what is to be written down has been. */
	let closed = false;
	const watch = createBackupWatch(options);

	const refuse = (text: string) => dispatch({type: 'messageChanged', message: {kind: 'refused', text}});
	const show = (backup: Backup, phase: BackupPhase) => dispatch({type: 'backupChanged', backup: {...backup, phase}});

	function held(): string | undefined {
		const {run, clusterId} = getState();
		if (clusterId === undefined) {
			return 'no member has answered yet';
		}
		if (working !== undefined) {
			return 'a backup is under way';
		}
		return run === undefined || isOver(run) ? undefined : 'a run is going on; wait for its end';
	}

	function plan(): BackupPlan {
		const {members, alarms, backups} = getState();
		return planBackup({members, alarms, held: held(), directory: directoryAfter(backups) ?? options.backupDirectory});
	}

	async function keepPlanning(): Promise<void> {
		const opened = {};
		open = opened;
		while (open === opened) {
			dispatch({type: 'backupPlanChanged', plan: plan()});
			await clock.sleep(planEveryMs);
		}
	}

	function close(): void {
		open = undefined;
		dispatch({type: 'backupPlanChanged', plan: undefined});
	}

	async function take(record: MemberRecord, directory: string, signal: AbortSignal): Promise<void> {
		const {member} = record;
		const name = memberLabel(member);
		const backup: Backup = {
			kind: 'etcd snapshot',
			operator,
			from: {memberId: member.id, name},
			directory,
			startedAt: clock.uptimeMs(),
			phase: {kind: 'checking'},
		};
		show(backup, backup.phase);
		const lock = await acquireUnlessStopped(() => options.acquireLock(getState().clusterId ?? '', operator), signal);
		if (lock.kind === 'held') {
			const at = clock.uptimeMs();
			const phase = {kind: 'failed', at, reason: lock.heldBy, nextStep: 'Wait for its end.'} as const;
			return show(backup, signal.aborted ? stoppedAt(at) : phase);
		}
		holdsLock = true;
		try {
			signal.throwIfAborted();
			await refuseInflight(transport, clock, options.commandTimeoutMs);
			signal.throwIfAborted();
			await save(backup, record, signal);
		} catch (error) {
			end(backup, endingOf(error, signal, clock.uptimeMs()));
		} finally {
			holdsLock = false;
			lock.lock.release();
		}
	}

	async function save(backup: Backup, record: MemberRecord, signal: AbortSignal): Promise<void> {
		const state = getState();
		const clusterId = state.clusterId ?? '';
		const createdAt = `${new Date(clock.wallMs()).toISOString().slice(0, 19)}Z`;
		const name = snapshotName(backupStamp(createdAt));
		const path = join(backup.directory, name);
		note({type: 'backup', kind: backup.kind, outcome: 'started', files: [path], ...whose(backup)});
		const since = clock.uptimeMs();
		let shownAt = Number.NEGATIVE_INFINITY;
		let shown: string | undefined;
		const saving = saveSnapshot({
			directory: backup.directory,
			name,
			expectedBytes: record.status?.value.dbSizeBytes ?? 0,
			chunks: () => transport.snapshot(record.member, {clusterId}, {silenceMs: snapshotSilenceMs, signal}),
			manifestOf: (status) => manifestOf({state, record, createdAt, name, status}),
			// Of OpenShift's etcd alone nothing is restored: the resources of its static pods belong to it.
			runbookOf: (manifest) => (options.isOpenShift ? undefined : runbookBeside(manifest, backup.directory)),
			onProgress(progress) {
				if (progress.kind === shown && clock.uptimeMs() - shownAt < progressEveryMs) {
					return;
				}
				shown = progress.kind;
				shownAt = clock.uptimeMs();
				show(backup, {since, ...progress});
			},
			signal,
		});
		if (working !== undefined) {
			Object.assign(working, {saving, backup});
		}
		const {status} = await saving.done;
		end(backup, {
			kind: 'done',
			at: clock.uptimeMs(),
			path,
			bytes: status.fileBytes,
			sha256: status.sha256,
			hash: status.hash.toString(16),
			revision: String(status.revision),
			totalKeys: status.totalKeys,
		});
	}

	function end(backup: Backup, phase: BackupEnd): void {
		if (closed) {
			return;
		}
		note(lineOfEnd(backup, phase));
		show(backup, phase);
		dispatch({type: 'happened', event: eventOfEnd(backup, phase)});
		watch.look(true);
	}

	function note(fields: Parameters<typeof lineOf>[3]): void {
		try {
			journal.append(lineOf(clock, operator, getState().clusterId ?? '', fields), {sync: true});
		} catch (error) {
			// A backup that nobody wrote down is better than none.
			const text = error instanceof Error ? error.message : String(error);
			dispatch({type: 'messageChanged', message: {kind: 'warning', text}});
		}
	}

	return {
		look: () => watch.look(),
		holdsLock: () => holdsLock,
		async stop() {
			open = undefined;
			working?.abort.abort();
			await working?.done;
		},
		close() {
			open = undefined;
			if (working?.backup !== undefined) {
				end(working.backup, stoppedAt(clock.uptimeMs()));
			}
			closed = true;
			working?.abort.abort();
			working?.saving?.discard();
		},
		controls: {
			openBackup() {
				void keepPlanning();
			},
			closeBackup: close,
			startBackup(memberId, directory) {
				const current = plan();
				close();
				const record = getState().members.find(({member}) => member.id === memberId);
				const reason = current.refusal ?? whyNot(current, memberId, directory);
				if (reason !== undefined || record === undefined) {
					return refuse(`backup: ${reason ?? 'that member is gone'}`);
				}
				const abort = new AbortController();
				const done = take(record, resolve(withHome(directory)), abort.signal).finally(() => {
					working = undefined;
				});
				working = {done, abort};
			},
			stopBackup() {
				working?.abort.abort();
			},
			dismissBackup() {
				if (working === undefined) {
					dispatch({type: 'backupChanged', backup: undefined});
				}
			},
		},
	};
}

/** A screen draws no faster. */
const progressEveryMs = 200;

function whyNot({sources}: BackupPlan, memberId: MemberId, directory: string): string | undefined {
	const source = sources.find((one) => one.memberId === memberId);
	if (source?.against !== undefined) {
		return `${source.name}: ${source.against}`;
	}
	return directory.trim() === '' ? 'say where it is to go' : undefined;
}

/** No shell stands between a dialog and us. */
function withHome(directory: string): string {
	return directory.replace(/^~(?=\/|$)/, homedir());
}
