import type {Scope} from './defrag-plan.ts';
import type {Gate} from './gate.ts';
import type {MemberId, Role} from './member.ts';

/** A run over the confirmed members, as plain JSON: what the machine has done, does, and waits for. Times are uptime ms. */
export type Run = {
	readonly id: string;
	readonly scope: Scope;
	readonly clusterId: string;
	/** `ana@bastion-1`. */
	readonly operator: string;
	readonly startedAt: number;
	/** Members whose turn was confirmed; the run touches no other, and each at most once. */
	readonly confirmed: readonly MemberId[];
	/** The voters when it was confirmed: any change of them halts the run. */
	readonly voters: readonly MemberId[];
	readonly moveLeader: boolean;
	/** To whom, where the operator chose after a move that failed. */
	readonly moveTo?: MemberId;
	/** A person watches: a failed move is asked about. Without one it halts the run. */
	readonly interactive: boolean;
	/** Gates and warnings that the operator answered for by typing. */
	readonly acknowledged: readonly string[];
	/** The estimate at the confirmation. */
	readonly estimateMs: number;
	/** Members whose turn is over, in order; skipped ones too. */
	readonly turns: readonly Turn[];
	/** Confirmed members still to come, in the order of the newest plan. */
	readonly waiting: readonly Waiting[];
	readonly phase: RunPhase;
	/** Every move of leadership that we asked for and saw happen. */
	readonly moves: readonly LeaderMove[];
	readonly cancel?: {readonly at: number; readonly by: string};
};

export type Waiting = {
	readonly memberId: MemberId;
	readonly name: string;
	readonly role: Role;
	readonly why: string;
	readonly estimateMs: number;
};

export type LeaderMove = {readonly at: number; readonly from: string; readonly to: string; readonly tookMs: number};

export type Sizes = {readonly dbSizeBytes: number; readonly inUseBytes: number};

export type RunPhase =
	| {readonly kind: 'checking'; readonly since: number; readonly next?: MemberId; readonly gates: readonly Gate[]}
	| {
			readonly kind: 'moving leader';
			readonly since: number;
			readonly from: MemberId;
			readonly to: MemberId;
			readonly failed?: string;
	  }
	/** The move failed or is unknown; the operator chooses. */
	| {
			readonly kind: 'asking';
			readonly since: number;
			readonly from: MemberId;
			readonly to: MemberId;
			readonly reason: string;
			readonly otherTarget?: MemberId;
	  }
	| TurnPhase<'defragmenting'>
	/** No answer within the timeout: watched, never sent again. */
	| (TurnPhase<'unknown'> & {readonly reason: string})
	| (TurnPhase<'settling'> & {
			readonly settlingSince: number;
			readonly durationMs: number;
			readonly after?: Sizes;
			readonly checks: readonly Gate[];
	  })
	| {
			readonly kind: 'cooling down';
			readonly since: number;
			readonly until: number;
			readonly why: string;
			readonly next?: MemberId;
	  }
	| {readonly kind: 'finished'; readonly at: number}
	| {readonly kind: 'halted'; readonly at: number; readonly reason: string; readonly detail: string; readonly nextStep: string}
	| {readonly kind: 'cancelled'; readonly at: number; readonly by: string};

export type TurnPhase<K extends string> = {
	readonly kind: K;
	readonly since: number;
	readonly memberId: MemberId;
	readonly name: string;
	/** When its turn began. */
	readonly role: Role;
	readonly estimateMs: number;
	readonly before: Sizes;
	readonly termBefore: number;
	/** The member's count of defragmentations and its process, right before the call; absent without metrics. */
	readonly countBefore?: number;
	readonly processStartSeconds?: number;
	/** The longest time without a Status answer so far. */
	readonly longestSilenceMs: number;
};

export type Turn = {
	readonly memberId: MemberId;
	readonly name: string;
	readonly role: Role;
	readonly outcome: 'done' | 'skipped' | 'failed' | 'unknown';
	readonly before: Sizes;
	readonly after?: Sizes;
	/** How long the call took. */
	readonly durationMs?: number;
	readonly longestSilenceMs?: number;
	readonly termBefore?: number;
	readonly termAfter?: number;
	/** Why it was skipped, or what failed. */
	readonly why?: string;
	readonly endedAt: number;
};

export function isOver(run: Run): boolean {
	return run.phase.kind === 'finished' || run.phase.kind === 'halted' || run.phase.kind === 'cancelled';
}
