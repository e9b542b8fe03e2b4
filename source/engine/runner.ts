/**
 * Carries out what `decide` says, one decision after another, and writes it down. It holds the run lock from before the first
 * gate to the end of the run, and knows no rule of its own.
 */
import {type DecideOptions, type Decision, decide} from '../domain/defrag-decide.ts';
import type {Evidence} from '../domain/defrag-evidence.ts';
import type {PlanRow} from '../domain/defrag-plan.ts';
import {isOver, type Run, type RunPhase, type Turn} from '../domain/defrag-run.ts';
import * as transitions from '../domain/defrag-transitions.ts';
import {type MemberId, memberLabel} from '../domain/member.ts';
import type {Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {AttemptLog} from './attempt-log.ts';
import type {Clock} from './clock.ts';
import {performTurn} from './turn.ts';
import type {Witness} from './witness.ts';

/** How often evidence is gathered while gates hold or a member settles. */
const lookEveryMs = 1000;

/** Two bastions without a lock in common start apart by up to this, and both look again. */
const maximumJitterMs = 3000;

const moveLeaderTimeoutMs = 10_000;

export type RunnerOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly log: AttemptLog;
	readonly witness: Witness;
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
	const {transport, clock, log, witness} = options;
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

	async function drive(): Promise<void> {
		while (!isOver(run) && !abandoned) {
			try {
				const evidence = await witness.gather();
				await carryOut(decide(run, evidence, clock.uptimeMs(), options.decideOptions()), evidence);
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
				return moveLeader(decision.from, decision.to, evidence);
			case 'moved':
				return moved(evidence);
			case 'ask':
				writeMove('failed', decision.reason);
				return change(transitions.askOperator(run, decision.reason, decision.otherTarget, now));
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
		const evidence = await witness.gather();
		const again = decide(run, evidence, clock.uptimeMs(), options.decideOptions());
		if (again.kind !== 'start' || again.row.memberId !== row.memberId) {
			return again.kind === 'start' ? undefined : carryOut(again, evidence);
		}
		const outcome = await performTurn(again.row, evidence, {
			transport,
			clock,
			log,
			runId: run.id,
			timeoutMs: options.defragTimeoutMs,
			begin(start, id) {
				attemptId = id;
				change(transitions.beginTurn(run, start, clock.uptimeMs()));
			},
		});
		witness.rereadJournal();
		if (outcome.kind === 'done') {
			change(transitions.beginSettling(run, clock.uptimeMs()));
		} else if (outcome.kind === 'unknown') {
			change(transitions.becomeUnknown(run, outcome.reason));
		} else {
			halt(outcome.reason, outcome.detail, outcome.nextStep);
		}
	}

	async function moveLeader(from: MemberId, to: MemberId, evidence: Evidence): Promise<void> {
		const leader = evidence.observation.members.find(({member}) => member.id === from)?.member;
		if (leader === undefined) {
			return;
		}
		change(transitions.beginMove(run, from, to, clock.uptimeMs()));
		writeMove('asked');
		try {
			await transport.moveLeader(leader, to, {timeoutMs: moveLeaderTimeoutMs});
		} catch (error) {
			// What etcd says of a move is not the last word: where leadership is, the next looks tell.
			change(transitions.noteMoveFailure(run, failureOf(error).message));
		}
	}

	function moved(evidence: Evidence): void {
		const {phase} = run;
		if (phase.kind === 'moving leader') {
			writeMove('moved');
			const name = (id: MemberId) => labelIn(evidence, id);
			change(transitions.endMove(run, {from: name(phase.from), to: name(phase.to)}, clock.uptimeMs()));
		}
	}

	function writeMove(outcome: 'asked' | 'moved' | 'failed', reason?: string): void {
		const {phase} = run;
		if (phase.kind === 'moving leader') {
			log.noteMove({runId: run.id, from: phase.from, to: phase.to, outcome, ...(reason === undefined ? {} : {reason})});
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
			const before = run.phase;
			change(transitions.answerMove(run, choice, clock.uptimeMs()));
			if (before.kind === 'asking' && run.phase.kind === 'moving leader') {
				void retryMove(run.phase.from, run.phase.to);
			}
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

	/** Beside the loop, which watches meanwhile where leadership is: a look that fails is told to it, and nothing more. */
	async function retryMove(from: MemberId, to: MemberId): Promise<void> {
		try {
			await moveLeader(from, to, await witness.gather());
		} catch (error) {
			change(transitions.noteMoveFailure(run, failureOf(error).message));
		}
	}
}

function labelIn(evidence: Evidence, id: MemberId): string {
	const seen = evidence.observation.members.find(({member}) => member.id === id);
	return seen === undefined ? id : memberLabel(seen.member);
}
