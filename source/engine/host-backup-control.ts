/** Backups on OpenShift's control-plane hosts: the plan while it is looked at, and one backup at a time. */
import {BackupError} from '../backup/backup-error.ts';
import {prepareHostBackup, type SavingHostBackup} from '../backup/save-host-backup.ts';
import {mayHaveHappened} from '../domain/failure.ts';
import {neededBytes} from '../domain/host-backup.ts';
import type {HostBackup, HostBackupPhase, HostBackupPlan, HostBackupRequest} from '../domain/host-backup-run.ts';
import {encryptionText, migrationSigns, proxyVariables} from '../domain/host-circumstances.ts';
import {runbookBeside} from '../domain/runbook-beside.ts';
import type {HostBackupPort, Leftover, RolloutsPort} from '../transport/platform.ts';
import type {Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {Clock} from './clock.ts';
import type {Controls} from './controls.ts';
import {lineOf} from './file-attempt-log.ts';
import {hostManifest, tellingCluster} from './host-backup-facts.ts';
import {type LookedPlan, lookAround, requestOf, unknownPlan} from './host-backup-plan.ts';
import {runHostBackup} from './host-backup-run.ts';
import type {Journal} from './journal.ts';
import type {EngineMessage} from './messages.ts';
import {refuseInflight} from './refuse-inflight.ts';
import type {AcquireLock} from './run-lock.ts';
import type {State} from './state.ts';
import {acquireUnlessStopped} from './stoppable-lock.ts';

export type HostBackupControlOptions = {
	/** Absent where there is no OpenShift around. */
	readonly port: HostBackupPort | undefined;
	readonly rollouts: RolloutsPort | undefined;
	readonly transport: Transport;
	readonly clock: Clock;
	readonly journal: Journal;
	readonly operator: string;
	readonly acquireLock: AcquireLock;
	/** Where those go that nobody has said a place for. */
	readonly backupDirectory: string;
	readonly commandTimeoutMs: number;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
	/** The journal holds a backup more. */
	readonly onWritten: () => void;
};

export type HostBackupControls = Pick<
	Controls,
	'openHostBackup' | 'closeHostBackup' | 'startHostBackup' | 'stopHostBackup' | 'dismissHostBackup' | 'removeLeftPod'
>;

export interface HostBackupControl {
	readonly controls: HostBackupControls;
	/** The run lock of this machine is ours. */
	holdsLock(): boolean;
	/** Stops the one under way, and resolves when its pod is gone. */
	stop(): Promise<void>;
	/** At once, for a process that ends: the pod stays, and the next start finds it. */
	close(): void;
}

/** The API is asked no more often while a plan is looked at. */
const planEveryMs = 2500;

export function createHostBackupControl(options: HostBackupControlOptions): HostBackupControl {
	const {port, transport, clock, journal, operator, getState, dispatch} = options;
	let request: HostBackupRequest | undefined;
	let leftovers: readonly Leftover[] = [];
	let holdsLock = false;
	let working: {readonly done: Promise<void>; readonly abort: AbortController; saving?: SavingHostBackup} | undefined;

	const refuse = (text: string) => dispatch({type: 'messageChanged', message: {kind: 'refused', text}});
	const show = (backup: HostBackup | undefined) => dispatch({type: 'hostBackupChanged', backup});

	async function planFor(from: HostBackupPort, wanted: HostBackupRequest): Promise<LookedPlan> {
		const looked = await lookAround(from, wanted, getState);
		leftovers = looked.found;
		return looked.plan;
	}

	async function keepPlanning(from: HostBackupPort, wanted: HostBackupRequest): Promise<void> {
		while (request === wanted) {
			const plan = await planFor(from, wanted).catch((error: unknown) => failureOf(error));
			if (request === wanted) {
				dispatch({type: 'hostBackupPlanChanged', plan: 'gates' in plan ? plan : unknownPlan(wanted, plan.message)});
			}
			await clock.sleep(planEveryMs);
		}
	}

	function closePlan(): void {
		request = undefined;
		dispatch({type: 'hostBackupPlanChanged', plan: undefined});
	}

	async function take(
		from: HostBackupPort,
		wanted: HostBackupRequest,
		shown: HostBackupPlan,
		typed: string,
		signal: AbortSignal,
	): Promise<void> {
		const lock = await acquireUnlessStopped(() => options.acquireLock(getState().clusterId ?? '', operator), signal);
		if (lock.kind === 'held') {
			return refuse(`backup: ${signal.aborted ? 'stopped here; nothing was begun' : lock.heldBy}`);
		}
		holdsLock = true;
		try {
			await checkedThenRun(from, wanted, shown, typed, signal);
		} catch (error) {
			const {message, nextStep} = error instanceof BackupError ? error : failureOf(error);
			refuse(`backup: ${[message, nextStep].filter((text) => text !== '').join('. ')}`);
		} finally {
			holdsLock = false;
			lock.lock.release();
		}
	}

	/** What the dialog showed may be seconds old: everything is asked anew. */
	async function checkedThenRun(
		from: HostBackupPort,
		wanted: HostBackupRequest,
		shown: HostBackupPlan,
		typed: string,
		signal: AbortSignal,
	): Promise<void> {
		await refuseInflight(transport, clock, options.commandTimeoutMs);
		const {circumstances, choice, refusal, word, holdsKeys, isMigrating} = await planFor(from, wanted);
		if (refusal !== undefined) {
			return refuse(`backup: ${refusal}`);
		}
		if (choice.kind === 'none' || (shown.choice.kind === 'chosen' && shown.choice.node !== choice.node)) {
			return refuse('backup: the host that was shown is no longer the one to take; look at the plan again');
		}
		if (word !== undefined && typed !== word) {
			const why = isMigrating
				? 'an encryption migration is under way'
				: 'nobody tells whether an encryption migration is under way';
			return refuse(`backup: ${why}; type "${word}" for a backup that is labelled as partially encrypted`);
		}
		signal.throwIfAborted();
		const dbSizeBytes = choice.member.dbSizeBytes ?? 0;
		if (wanted.directory !== undefined) {
			await prepareHostBackup(wanted.directory, wanted.resourcesDirectory, neededBytes(dbSizeBytes));
		}
		const {encryption, proxy} = circumstances;
		const backup: HostBackup = {
			operator,
			request: wanted,
			node: choice.node,
			from: {memberId: choice.member.id, name: choice.member.name},
			isPartial: word !== undefined,
			holdsKeys,
			startedAt: clock.uptimeMs(),
			lines: [],
			warnings: [],
			phase: {kind: 'checking'},
		};
		show(backup);
		const createdAt = `${new Date(clock.wallMs()).toISOString().slice(0, 19)}Z`;
		const state = getState();
		const telling = await tellingCluster(options.rollouts, state.clusterName);
		note(backup, {outcome: 'started', files: [`${choice.node}:${wanted.hostDirectory}`]});
		const ended = await runHostBackup({
			port: from,
			clock,
			backup,
			variables: proxy.kind === 'told' ? proxyVariables(proxy.value) : {},
			dbSizeBytes,
			migratingType: async () => {
				const now = (await from.circumstances()).encryption;
				// What nobody tells is not "none": who restores has to know that it may be so.
				return now.kind !== 'told' ? 'unknown' : migrationSigns(now.value).length > 0 ? encryptionText(now.value) : undefined;
			},
			manifestOf: (facts) =>
				hostManifest({
					...facts,
					state,
					createdAt,
					memberId: choice.member.id,
					node: choice.node,
					encryption,
					version: circumstances.openshiftVersion,
				}),
			runbookOf: (manifest, directory) => runbookBeside(manifest, directory, telling),
			show,
			onSaving(saving) {
				if (working !== undefined) {
					working.saving = saving;
				}
			},
			signal,
		});
		written(ended, ended.phase);
	}

	function written(backup: HostBackup, phase: HostBackupPhase): void {
		if (phase.kind === 'done') {
			const [snapshot] = phase.files;
			const revision = phase.snapshot && Number(phase.snapshot.revision);
			note(backup, {
				outcome: 'done',
				files: phase.files.map(({place}) => place),
				bytes: snapshot!.bytes,
				sha256: snapshot!.sha256,
				...(revision !== undefined && {revision}),
			});
		} else if (phase.kind === 'failed' || phase.kind === 'cancelled') {
			note(backup, {outcome: phase.kind, files: phase.left ?? [], reason: phase.reason});
		}
		dispatch({
			type: 'happened',
			event: {
				at: clock.uptimeMs(),
				kind: phase.kind === 'done' ? 'good' : 'warning',
				subject: backup.node,
				memberId: backup.from.memberId,
				text:
					phase.kind === 'done'
						? `backed up to ${phase.files[0]?.place}`
						: `backup ${phase.kind}${'reason' in phase ? `: ${phase.reason}` : ''}`,
			},
		});
		options.onWritten();
	}

	type Outcome = Omit<Extract<Parameters<typeof lineOf>[3], {type: 'backup'}>, 'type' | 'kind' | 'memberId' | 'memberName'>;

	function note({from}: HostBackup, outcome: Outcome): void {
		write({type: 'backup', kind: 'openshift backup', ...outcome, memberId: from.memberId, memberName: from.name});
	}

	function write(fields: Parameters<typeof lineOf>[3]): void {
		try {
			journal.append(lineOf(clock, operator, getState().clusterId ?? '', fields), {sync: true});
		} catch (error) {
			// A backup that nobody wrote down is better than none.
			const text = error instanceof Error ? error.message : String(error);
			dispatch({type: 'messageChanged', message: {kind: 'warning', text}});
		}
	}

	async function remove(from: HostBackupPort, leftover: Leftover): Promise<void> {
		const {what} = leftover;
		write({type: 'asked', what: 'removal', reason: what});
		try {
			await from.remove(leftover);
			write({type: 'answered', what: 'removal', outcome: 'done', reason: what});
			dispatch({type: 'messageChanged', message: {kind: 'good', text: `${what} is removed`}});
		} catch (error) {
			const failure = failureOf(error);
			const outcome = mayHaveHappened(failure) ? 'unknown' : 'failed';
			write({type: 'answered', what: 'removal', outcome, reason: `${what}: ${failure.message}`});
			refuse(`${what}: ${failure.message}`);
		}
	}

	return {
		holdsLock: () => holdsLock,
		async stop() {
			request = undefined;
			working?.abort.abort();
			await working?.done;
		},
		close() {
			request = undefined;
			working?.abort.abort();
			working?.saving?.discard();
		},
		controls: {
			openHostBackup(wanted) {
				if (port === undefined) {
					return refuse('backup: there is no OpenShift around this etcd');
				}
				request = requestOf(wanted, options.backupDirectory);
				void keepPlanning(port, request);
			},
			closeHostBackup: closePlan,
			startHostBackup(shown, typed) {
				const wanted = request;
				closePlan();
				if (wanted === undefined || port === undefined) {
					return;
				}
				if (working !== undefined) {
					return refuse('backup: one is under way');
				}
				const abort = new AbortController();
				const done = take(port, wanted, shown, typed, abort.signal).finally(() => {
					working = undefined;
				});
				working = {done, abort};
			},
			stopHostBackup: () => working?.abort.abort(),
			dismissHostBackup() {
				if (working === undefined) {
					show(undefined);
				}
			},
			removeLeftPod(what) {
				if (getState().readOnly) {
					return refuse('read-only session; to change the cluster start without --read-only');
				}
				const leftover = leftovers.find((one) => one.what === what);
				if (leftover === undefined || port === undefined) {
					return refuse(`${what}: it is not there any more`);
				}
				void remove(port, leftover);
			},
		},
	};
}
