/** What compacting would do, asked anew every second while its dialog is open, and a compaction under way. Times are uptime ms. */
import type {Confirmation} from './defrag-plan.ts';

export type CompactPlan = {
	readonly headRevision: number;
	/** The newest revision known to be at least `compactKeepMs` old; absent until we have watched that long. */
	readonly target?: {readonly revision: number; readonly ageMs: number};
	/** When a target will be there. */
	readonly targetAt?: number;
	/** Compacting to the target. Absent while there is none. */
	readonly confirmation?: Confirmation;
	/** Compacting to the head instead: says who loses what. */
	readonly headConfirmation: Confirmation;
	/** Why nothing can be compacted, in one line. */
	readonly refusal?: string;
	readonly inUseBytes: number;
};

export type Compaction = {
	readonly operator: string;
	readonly revision: number;
	readonly startedAt: number;
	readonly inUseBefore: number;
	readonly phase:
		| {readonly kind: 'compacting'}
		/** Sent; until the size in use of every answering voter is stable. */
		| {readonly kind: 'stabilising'; readonly since: number; readonly inUseBytes: number}
		| {readonly kind: 'finished'; readonly at: number; readonly inUseBytes: number}
		| {readonly kind: 'failed'; readonly at: number; readonly reason: string; readonly nextStep: string}
		| {readonly kind: 'unknown'; readonly at: number; readonly reason: string; readonly nextStep: string};
};
