/** Whether one NOSPACE alarm may be disarmed, with the reason for each voter. */
import type {Confirmation} from './defrag-plan.ts';
import type {MemberId} from './member.ts';

export type DisarmPlan = {
	readonly memberId: MemberId;
	readonly name: string;
	/** `not yet`, or why it is never possible; absent when it may be asked for. */
	readonly refusal?: string;
	readonly rows: readonly DisarmRow[];
	/** What must be typed; absent when refused. */
	readonly confirmation?: Confirmation;
};

export type DisarmRow = {
	readonly memberId: MemberId;
	readonly name: string;
	readonly dbSizeBytes: number;
	/** 0–1. */
	readonly used: number;
	readonly quotaBytes: number;
	readonly quotaAssumed: boolean;
	readonly passed: boolean;
	/** `leader; its turn comes`; may be empty. */
	readonly detail: string;
};
