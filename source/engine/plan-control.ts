/** The plan while it is looked at, and the run that comes of it: what `Controls` offers for defragmenting. */
import {freshSnapshotAge} from '../domain/backup.ts';
import type {Evidence} from '../domain/defrag-evidence.ts';
import type {DefragPlan, Scope} from '../domain/defrag-plan.ts';
import {planDefragmentation, type Speed} from '../domain/defrag-planner.ts';
import {isOver} from '../domain/defrag-run.ts';
import {beginRun} from '../domain/defrag-transitions.ts';
import {heldGateId, leaseGateId} from '../domain/run-lease.ts';
import {votersOf} from '../domain/voters.ts';
import type {Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {AttemptLog} from './attempt-log.ts';
import type {Clock} from './clock.ts';
import type {Controls} from './controls.ts';
import type {LeaseTerms, RunLease} from './lease-control.ts';
import type {EngineMessage} from './messages.ts';
import {reasonNotToDeclare, reasonNotToStart} from './plan-reasons.ts';
import type {AcquireLock} from './run-lock.ts';
import {type Runner, startRunner} from './runner.ts';
import type {State} from './state.ts';
import type {Witness} from './witness.ts';

/** How often the gates of an open plan are asked again. */
const askGatesEveryMs = 2000;

export type PlanControlOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly log: AttemptLog;
	readonly witness: Witness;
	readonly lease: RunLease | undefined;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
	readonly acquireLock: AcquireLock;
	readonly operator: string;
	/** A person is there to read and to type. */
	readonly terminal: boolean;
	readonly defragTimeoutMs: number;
	readonly cooldownMs: number;
	readonly random: () => number;
	readonly speed: () => Speed;
};

type Session = {readonly scope: Scope; moveLeader: boolean; evidence?: Evidence; starting: boolean; closed: boolean};

export type PlanControls = Pick<
	Controls,
	'openPlan' | 'setMoveLeader' | 'closePlan' | 'startRun' | 'stopAfterThis' | 'choose' | 'declareOver' | 'dismissRun'
>;

export interface PlanControl {
	readonly controls: PlanControls;
	/** After each round of the poller. */
	observed(): void;
	/** The run lock of this machine is ours. */
	holdsLock(): boolean;
	/** No next member starts; resolves when the one at work has ended or its outcome is unknown, and the lock is free. */
	stop(): Promise<void>;
}

export function createPlanControl(options: PlanControlOptions): PlanControl {
	const {clock, witness, getState, dispatch, operator} = options;
	let session: Session | undefined;
	let runner: Runner | undefined;
	let holdsLock = false;
	/** A run that is about to begin. */
	let beginning: Promise<void> = Promise.resolve();
	/** The Lease given back: a process that ends before that leaves it to expire. */
	let released: Promise<void> = Promise.resolve();

	const refuse = (text: string) => dispatch({type: 'messageChanged', message: {kind: 'refused', text}});

	function makePlan(current: Session, evidence: Evidence): DefragPlan {
		return planDefragmentation({
			scope: current.scope,
			evidence,
			now: clock.uptimeMs(),
			speed: options.speed(),
			moveLeader: current.moveLeader,
			terminal: options.terminal,
			snapshotAgeMs: freshSnapshotAge(getState().backups ?? [], clock.wallMs()),
			configuredCooldownMs: options.cooldownMs,
		});
	}

	function show(current: Session, evidence: Evidence): void {
		if (!current.closed) {
			current.evidence = evidence;
			dispatch({type: 'planChanged', plan: makePlan(current, evidence)});
		}
	}

	async function keepAsking(current: Session): Promise<void> {
		while (!current.closed) {
			try {
				show(current, await witness.gather(current.evidence === undefined ? (evidence) => show(current, evidence) : undefined));
			} catch (error) {
				const failure = failureOf(error);
				close(current);
				refuse(`${failure.message}. ${failure.nextStep}`);
				return;
			}
			await clock.sleep(askGatesEveryMs);
		}
	}

	function close(current: Session): void {
		current.closed = true;
		if (session === current) {
			session = undefined;
			dispatch({type: 'planChanged', plan: undefined});
		}
	}

	/** Everything is asked anew under the lock: what the dialog showed may be seconds old. */
	async function start(current: Session, shown: DefragPlan, typed: string): Promise<void> {
		const clusterId = getState().clusterId ?? '';
		const lock = await options
			.acquireLock(clusterId, operator)
			.catch((error: unknown) => ({kind: 'held', heldBy: `the run lock can't be had: ${String(error)}`}) as const);
		if (lock.kind === 'held') {
			close(current);
			refuse(lock.heldBy);
			return;
		}
		if (current.closed) {
			lock.lock.release();
			return;
		}
		const release = () => {
			holdsLock = false;
			lock.lock.release();
			released = options.lease?.release() ?? released;
		};
		holdsLock = true;
		try {
			const taken = await options.lease?.take(leaseTerms(shown));
			if (taken?.kind === 'held') {
				release();
				close(current);
				refuse(taken.heldBy);
				return;
			}
			const evidence = await witness.gather();
			const plan = makePlan(current, evidence);
			const reason = reasonNotToStart(plan, shown, typed);
			if (reason !== undefined || current.closed) {
				release();
				close(current);
				refuse(reason ?? 'cancelled');
				return;
			}
			close(current);
			launch(plan, evidence, current, release);
		} catch (error) {
			release();
			close(current);
			refuse(failureOf(error).message);
		}
	}

	function launch(plan: DefragPlan, evidence: Evidence, current: Session, release: () => void): void {
		const now = clock.uptimeMs();
		const run = beginRun({
			id: `${now.toString(36)}-${Math.floor(options.random() * 0x1_00_00_00).toString(36)}`,
			operator,
			plan,
			voters: votersOf(evidence.observation).map(({member}) => member.id),
			moveLeader: current.moveLeader,
			interactive: options.terminal,
			now,
		});
		options.log.noteConfirmed(run, plan);
		dispatch({type: 'runChanged', run});
		const started = startRunner(run, {
			transport: options.transport,
			clock,
			log: options.log,
			witness,
			lease: options.lease,
			decideOptions: () => ({speed: options.speed(), configuredCooldownMs: options.cooldownMs}),
			defragTimeoutMs: options.defragTimeoutMs,
			random: options.random,
			onChange: (changed) => dispatch({type: 'runChanged', run: changed}),
		});
		runner = started;
		void started.done.finally(release);
	}

	const controls: PlanControls = {
		openPlan(scope) {
			if (getState().readOnly) {
				return refuse('read-only session; to change the cluster start without --read-only');
			}
			if (runner !== undefined && !isOver(runner.run)) {
				return refuse('a run is under way');
			}
			if (session !== undefined) {
				close(session);
			}
			const opened: Session = {scope, moveLeader: true, starting: false, closed: false};
			session = opened;
			void keepAsking(opened);
		},
		setMoveLeader(move) {
			if (session !== undefined) {
				session.moveLeader = move;
				if (session.evidence !== undefined) {
					show(session, session.evidence);
				}
			}
		},
		closePlan() {
			if (session !== undefined) {
				close(session);
			}
		},
		startRun(shown, typed) {
			if (session === undefined || session.starting) {
				return;
			}
			session.starting = true;
			beginning = start(session, shown, typed);
		},
		stopAfterThis() {
			runner?.stopAfterThis(operator);
		},
		choose(choice) {
			runner?.choose(choice);
		},
		declareOver(memberId, typed) {
			const reason = reasonNotToDeclare(getState(), memberId, typed, clock.uptimeMs());
			if (reason !== undefined) {
				return refuse(reason);
			}
			runner?.declareOver(operator);
		},
		dismissRun() {
			if (runner === undefined || isOver(runner.run)) {
				dispatch({type: 'runChanged', run: undefined});
			}
		},
	};

	return {
		controls,
		holdsLock: () => holdsLock,
		observed() {
			const phase = runner?.run.phase;
			if (runner !== undefined && phase !== undefined && 'memberId' in phase) {
				const record = getState().members.find(({member}) => member.id === phase.memberId);
				const silentSince = record?.silentSince;
				runner.noteSilence(
					silentSince === undefined ? (record?.latencyMs ?? 0) : clock.uptimeMs() - Math.max(silentSince, phase.since),
				);
			}
		},
		async stop() {
			if (session !== undefined) {
				close(session);
			}
			if (holdsLock && (runner === undefined || isOver(runner.run))) {
				await beginning;
			}
			if (runner === undefined || isOver(runner.run)) {
				return released;
			}
			runner.stopAfterThis(operator);
			while (!isOver(runner.run) && runner.run.phase.kind !== 'unknown') {
				await Promise.race([runner.done, clock.sleep(100)]);
			}
			runner.abandon();
			await runner.done;
			await released;
		},
	};
}

/** What the plan said of the Lease, and what was typed for it. */
function leaseTerms({gates, confirmation}: DefragPlan): LeaseTerms {
	const held = gates.find(({id}) => id.startsWith(heldGateId));
	return {
		mayGoWithout: gates.some(({id, state}) => id === leaseGateId && state === 'unchecked'),
		mayPass: held !== undefined && confirmation.acknowledges.includes(held.id),
	};
}
