import type {MemberId} from './member.ts';

/** What holds the next defragmentation back. Times are uptime ms of this boot. */
export type CooldownState =
	/** Not known yet: the members have not all told their counts. */
	| {readonly kind: 'finding out'; readonly why: string}
	/** No defragmentation is near. */
	| {readonly kind: 'over'; readonly last?: {readonly endedAt?: number; readonly endedWallMs?: number; readonly name: string}}
	| {readonly kind: 'cooling'; readonly until: number; readonly why: string}
	/** One runs, or its outcome is unknown: nothing starts, and no time can be told. */
	| {readonly kind: 'blocked'; readonly memberId: MemberId; readonly why: string};
