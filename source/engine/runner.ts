/**
 * Carries out what `decide` says, one decision after another, and writes it down. It holds the run lock from before the first
 * gate to the end of the run, and knows no rule of its own.
 */
import {type DecideOptions, type Decision, decide} from '../domain/defrag-decide.ts';
import type {Evidence} from '../domain/defrag-evidence.ts';
import type {PlanRow} from '../domain/defrag-plan.ts';
import {evidenceMaximumAgeMs} from '../domain/defrag-policy.ts';
import {isOver, type Run, type RunPhase, type Turn} from '../domain/defrag-run.ts';
import * as transitions from '../domain/defrag-transitions.ts';
import type {Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {AttemptLog} from './attempt-log.ts';
import type {Clock} from './clock.ts';
import {createLeaderMoves} from './leader-moves.ts';
import type {RunLease} from './lease-control.ts';
import {performTurn} from './turn.ts';
import type {Witness} from './witness.ts';

/** How often evidence is gathered while gates hold or a member settles. */
const lookEveryMs = 1000;

/** Two bastions without a lock in common start apart by up to this, and both look again. */
const maximumJitterMs = 3000;

export type RunnerOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly log: AttemptLog;
	readonly witness: Witness;
	readonly lease: RunLease | undefined;
	readonly decideOptions: () => DecideOptions;
	readonly defragTimeoutMs: number;
	/** 0–1. */
	readonly random: () => number;
	readonly onChange: (run: Run) => void;
};

export interface Runner {
	readonly run: Run;
	/** Resolves when the run is over, or when it was abandoned in an unknown outcome. Never rejects. */
	readonly done: Promise<void>;
	stopAfterThis(by: string): void;
	choose(choice: 'other target' | 'as leader' | 'stop'): void;
	/** The operator declares an unknown outcome over: the member's process is known to be dead. */
	declareOver(by: string): void;
	/** Stops watching an unknown outcome, which stays open in the journal. */
	abandon(): void;
	/** How long Status of the member at work has been silent. */
	noteSilence(silentMs: number): void;
}

export function startRunner(begun: Run, options: RunnerOptions): Runner {
	const {transport, clock, log, witness, lease} = options;
	let run = begun;
	let attemptId: string | undefined;
	let abandoned = false;
	let wake = new AbortController();

	function change(next: Run): void {
		if (next !== run) {
			run = next;
			options.onChange(run);
		}
	}

	/** A key of the operator ends the wait between two looks. */
	function poke(): void {
		wake.abort();
		wake = new AbortController();
	}

	const pause = (ms: number) => clock.sleep(ms, wake.signal);

	const moves = createLeaderMoves({transport, clock, log, current: () => run, change});

	/** What was seen before the machine slept is no evidence. Uptime stands still meanwhile: only the wall clock tells of it. */
	async function look(): Promise<Evidence> {
		const wallOffset = () => clock.wallMs() - clock.uptimeMs();
		for (;;) {
			const before = wallOffset();
			const evidence = await witness.gather();
			if (wallOffset() - before <= evidenceMaximumAgeMs) {
				return evidence;
			}
		}
	}

	async function drive(): Promise<void> {
		while (!isOver(run) && !abandoned) {
			try {
				const evidence = await look();
				// The operator may have ended it meanwhile.
				if (!isOver(run) && !abandoned) {
					await carryOut(decide(run, evidence, clock.uptimeMs(), options.decideOptions()), evidence);
				}
			} catch (error) {
				const failure = failureOf(error);
				// While a turn is open nothing is concluded from a failed look: the member is watched on.
				if (run.phase.kind === 'unknown' || run.phase.kind === 'settling' || run.phase.kind === 'moving leader') {
					await pause(lookEveryMs);
				} else {
					halt(failure.message, failure.endpoint ?? '', failure.nextStep);
				}
			}
		}
		if (isOver(run)) {
			log.noteRun(run);
		}
	}

	async function carryOut(decision: Decision, evidence: Evidence): Promise<void> {
		const now = clock.uptimeMs();
		switch (decision.kind) {
			case 'start':
				return secondLook(decision.row);
			case 'wait': {
				const waits = run.phase.kind === 'checking' || run.phase.kind === 'cooling down';
				if (waits) {
					change(transitions.hold(run, decision, now));
				}
				return pause(Math.min(lookEveryMs, Math.max(1, (decision.until ?? Number.POSITIVE_INFINITY) - now)));
			}
			case 'skip':
				return change(transitions.skipTurns(run, decision.turns));
			case 'move leader':
				return moves.ask(decision.from, decision.to, evidence);
			case 'moved':
				return moves.moved(evidence);
			case 'ask':
				return moves.failed(decision.reason, decision.otherTarget);
			case 'resolved':
				return resolved('it answers with nothing in flight');
			case 'settling':
				change(transitions.noteSettling(run, decision.checks, decision.after));
				return pause(lookEveryMs);
			case 'settled':
				return settled(decision);
			case 'halt':
				return halt(decision.reason, decision.detail, decision.nextStep);
			case 'finish':
				return end({kind: 'finished', at: now});
			case 'cancel':
				return end({kind: 'cancelled', at: now, by: decision.by});
		}
	}

	/** Looks once more after a random pause, so that two bastions that share no lock see each other's defragmentation. */
	async function secondLook(row: PlanRow): Promise<void> {
		await pause(Math.round(options.random() * maximumJitterMs));
		const evidence = await look();
		const again = decide(run, evidence, clock.uptimeMs(), options.decideOptions());
		if (again.kind !== 'start' || again.row.memberId !== row.memberId) {
			return again.kind === 'start' ? undefined : carryOut(again, evidence);
		}
		let claimed: string | undefined;
		const outcome = await performTurn(again.row, evidence, {
			transport,
			clock,
			log,
			runId: run.id,
			gates: again.gates,
			timeoutMs: options.defragTimeoutMs,
			claim: async (id, step) => {
				claimed = id;
				return lease?.beginStep({id, ...step});
			},
			isStopped: () => run.cancel !== undefined,
			begin(start, id) {
				attemptId = id;
				change(transitions.beginTurn(run, start, clock.uptimeMs()));
			},
		});
		witness.rereadJournal();
		if (claimed !== undefined && outcome.kind !== 'unknown') {
			lease?.endStep(claimed, outcome.kind === 'done' || (outcome.kind === 'failed' && outcome.isSent));
		}
		if (outcome.kind === 'stopped') {
			return;
		}
		if (outcome.kind === 'done') {
			change(transitions.beginSettling(run, clock.uptimeMs()));
		} else if (outcome.kind === 'unknown') {
			change(transitions.becomeUnknown(run, outcome.reason));
		} else {
			halt(outcome.reason, outcome.detail, outcome.nextStep);
		}
	}

	function resolved(reason: string): void {
		closeAttempt(reason);
		change(transitions.beginSettling(run, clock.uptimeMs()));
	}

	function closeAttempt(reason: string): void {
		const id = attemptId;
		if (id !== undefined && run.phase.kind === 'unknown') {
			log.noteResolved(id, reason);
			lease?.endStep(id, true);
			witness.rereadJournal();
		}
	}

	function settled({after, termAfter}: Extract<Decision, {kind: 'settled'}>): void {
		const id = attemptId;
		endTurn('done', {after, termAfter});
		const turn = run.turns.at(-1);
		if (id !== undefined && turn !== undefined) {
			log.noteSettled(id, turn);
		}
		attemptId = undefined;
	}

	function endTurn(outcome: Turn['outcome'], rest: Partial<Pick<Turn, 'after' | 'termAfter' | 'why'>>): void {
		change(transitions.endTurn(run, {outcome, ...rest}, clock.uptimeMs()));
	}

	function halt(reason: string, detail: string, nextStep: string): void {
		closeAttempt(reason);
		endTurn(run.phase.kind === 'settling' ? 'done' : 'failed', {why: reason});
		end({kind: 'halted', at: clock.uptimeMs(), reason, detail, nextStep});
	}

	function end(phase: Extract<RunPhase, {kind: 'finished' | 'halted' | 'cancelled'}>): void {
		change(transitions.endRun(run, phase));
	}

	return {
		get run() {
			return run;
		},
		done: drive(),
		stopAfterThis(by) {
			change(transitions.requestCancel(run, by, clock.uptimeMs()));
			poke();
		},
		choose(choice) {
			change(transitions.answerMove(run, choice, clock.uptimeMs()));
			poke();
		},
		declareOver(by) {
			if (run.phase.kind === 'unknown') {
				halt(
					`${run.phase.name} was declared dead by ${by}`,
					'connections to it are refused',
					'Start it again; D makes a new plan when it answers.',
				);
				poke();
			}
		},
		abandon() {
			abandoned = true;
			poke();
		},
		noteSilence(silentMs) {
			change(transitions.noteSilence(run, silentMs));
		},
	};
}
