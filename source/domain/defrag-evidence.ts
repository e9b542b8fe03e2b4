/** What a decision about a defragmentation rests on: one fresh observation and what was asked beside it. */
import type {CooldownState} from './cooldown.ts';
import type {Failure} from './failure.ts';
import type {MemberId} from './member.ts';
import type {Observation} from './observation.ts';
import type {LeaseSight} from './run-lease.ts';
import type {Surroundings} from './surroundings.ts';

export type Evidence = {
	readonly observation: Observation;
	/** Linearizable reads on the voters; a voter that is missing has not been asked yet. */
	readonly reads: Readonly<Record<MemberId, Read>>;
	readonly cooldown: CooldownState;
	/** The leader and term that all observations have agreed on, and since when; absent without a leader. */
	readonly leadership?: Leadership;
	/** What surrounds etcd; absent where nobody knows of it. */
	readonly surroundings?: Surroundings;
	/** The Lease that holds a run across machines; absent without one. */
	readonly lease?: {readonly where: string; readonly sight: LeaseSight};
	/** Endpoints where a member is reached by more than one id are in `Member.watchOnly`; this names another run. */
	readonly lockedBy?: string;
};

export type Read =
	| {readonly kind: 'pending'}
	| {readonly kind: 'answered'; readonly latencyMs: number}
	| {readonly kind: 'failed'; readonly failure: Failure};

export type Leadership = {readonly leaderId: MemberId; readonly raftTerm: number; readonly since: number};
