import type {Gate} from './gate.ts';
import type {MemberId, Role} from './member.ts';

/** `onlyFrom`: what a file must be like for its member to have a turn; absent, as a person at a screen wants it. */
export type Scope =
	| {readonly kind: 'all'; readonly onlyFrom?: Fragmentation}
	| {readonly kind: 'member'; readonly memberId: MemberId};

export type Fragmentation = {
	/** 0–1 of the file that is not in use. */
	readonly ratio: number;
	/** Of the file. */
	readonly dbSizeBytes: number;
};

/** One member in the plan, whether its turn comes or not. */
export type PlanRow = {
	readonly memberId: MemberId;
	readonly name: string;
	readonly role: Role;
	readonly dbSizeBytes: number;
	readonly inUseBytes: number;
	readonly reclaimBytes: number;
	/** 0–1 of the db size. */
	readonly reclaimRatio: number;
	/** What a compaction freed may not be counted yet (`uncounted.ts`): it gives back at least this. */
	readonly reclaimIsAtLeast: boolean;
	/** How long it is likely to block. */
	readonly estimateMs: number;
	/** `gives most`, `leader, last`, `skip, under 10%`. */
	readonly why: string;
};

export type PlanWarning = {
	readonly id: string;
	/** What is wrong, one line. */
	readonly text: string;
	/** What mends it; may be empty. */
	readonly remedy: string;
};

export type MoveLeaderOffer =
	| {readonly kind: 'possible'; readonly from: MemberId; readonly to: MemberId; readonly toName: string; readonly why: string}
	| {readonly kind: 'none'; readonly why: string};

export type DefragPlan = {
	readonly scope: Scope;
	readonly clusterId: string;
	/** In the order of their turns. */
	readonly steps: readonly PlanRow[];
	/** Members without a turn, with the reason in `why`. */
	readonly leftOut: readonly PlanRow[];
	/** Only when the leader is among several steps, or the only one and another voter is smaller. */
	readonly moveLeader?: MoveLeaderOffer;
	readonly reclaimBytes: number;
	/** Everything with cooldowns, from the confirmation to the last member settled. */
	readonly totalMs: number;
	/** Where the estimates come from: `1.93 GiB in use at 59 MiB/s, seen on etcd-1`. */
	readonly estimateBasis: {
		readonly bytesPerSecond: number;
		readonly source: 'measured' | 'assumed';
		readonly memberName?: string;
	};
	readonly warnings: readonly PlanWarning[];
	readonly gates: readonly Gate[];
	/** Why nothing can start, in one line; absent when the gates decide. */
	readonly refusal?: string;
	/** What the operator must type: the usual word, or more where a gate or a warning asks for it. */
	readonly confirmation: Confirmation;
};

export type Confirmation = {
	/** The word or name to type, exactly. */
	readonly word: string;
	/** Each sentence of what confirming means; the first is the gravest. */
	readonly consequences: readonly string[];
	/** Ids of gates and warnings that the word also answers for. */
	readonly acknowledges: readonly string[];
	/** Headless needs `--allow-outage` besides `--yes`. */
	readonly outage: boolean;
	/** Only a person at a terminal may confirm. */
	readonly terminalOnly: boolean;
};
