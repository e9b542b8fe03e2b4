/** The runner's moves of leadership: each is written down, asked for once, and judged by where leadership is seen afterwards. */
import type {Evidence} from '../domain/defrag-evidence.ts';
import type {Run} from '../domain/defrag-run.ts';
import * as transitions from '../domain/defrag-transitions.ts';
import {type MemberId, memberLabel} from '../domain/member.ts';
import type {Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {AttemptLog} from './attempt-log.ts';
import type {Clock} from './clock.ts';

const moveLeaderTimeoutMs = 10_000;

export type LeaderMovesOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly log: AttemptLog;
	readonly current: () => Run;
	readonly change: (next: Run) => void;
};

export interface LeaderMoves {
	/** Resolves when etcd has answered, or has not. */
	ask(from: MemberId, to: MemberId, evidence: Evidence): Promise<void>;
	/** Leadership was seen where it should be. */
	moved(evidence: Evidence): void;
	failed(reason: string, otherTarget: MemberId | undefined): void;
}

export function createLeaderMoves({transport, clock, log, current, change}: LeaderMovesOptions): LeaderMoves {
	function write(outcome: 'asked' | 'moved' | 'failed', reason?: string): void {
		const {id, phase} = current();
		if (phase.kind === 'moving leader') {
			log.noteMove({runId: id, from: phase.from, to: phase.to, outcome, ...(reason === undefined ? {} : {reason})});
		}
	}

	return {
		async ask(from, to, evidence) {
			const leader = evidence.observation.members.find(({member}) => member.id === from)?.member;
			if (leader === undefined) {
				return;
			}
			change(transitions.beginMove(current(), from, to, clock.uptimeMs()));
			write('asked');
			try {
				await transport.moveLeader(leader, to, {timeoutMs: moveLeaderTimeoutMs});
			} catch (error) {
				// What etcd says of a move is not the last word: where leadership is, the next looks tell.
				change(transitions.noteMoveFailure(current(), failureOf(error).message));
			}
		},
		moved(evidence) {
			const {phase} = current();
			if (phase.kind === 'moving leader') {
				write('moved');
				const names = {from: labelIn(evidence, phase.from), to: labelIn(evidence, phase.to)};
				change(transitions.endMove(current(), names, clock.uptimeMs()));
			}
		},
		failed(reason, otherTarget) {
			write('failed', reason);
			change(transitions.askOperator(current(), reason, otherTarget, clock.uptimeMs()));
		},
	};
}

function labelIn(evidence: Evidence, id: MemberId): string {
	const seen = evidence.observation.members.find(({member}) => member.id === id);
	return seen === undefined ? id : memberLabel(seen.member);
}
