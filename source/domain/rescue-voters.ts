/** The voters that count in a rescue from NOSPACE, with their sizes. */
import type {Quota} from './db-size.ts';
import {disarmRatio, maximumLagEntries} from './defrag-policy.ts';
import {type Member, type MemberId, memberLabel} from './member.ts';
import type {Answer, MemberMetrics, MemberStatus} from './observation.ts';
import type {QuotaVoter} from './quota-outlook.ts';

export type RescueVoter = QuotaVoter & {
	readonly memberId: MemberId;
	readonly name: string;
	readonly dbSizeBytes: number;
	readonly quotaAssumed: boolean;
};

/** What is known of a member. */
export type VoterRecord = {
	readonly member: Member;
	readonly status?: {readonly value: MemberStatus};
	readonly statusAnswer: Answer<MemberStatus>;
	readonly metrics?: {readonly value: MemberMetrics};
	readonly quota: Quota;
	readonly growthBeforeAlarm?: number;
};

/** From this share of the quota in use on, compacting comes first: the file would soon be full again. */
export const compactRatio = 0.8;

/** Learners, members that do not answer and those that lag behind tell nothing, and block nothing. */
export function rescueVoters(members: readonly VoterRecord[]): readonly RescueVoter[] {
	const committedIndex = Math.max(0, ...members.map(({status}) => status?.value.raftIndex ?? 0));
	return members.flatMap(({member, status, statusAnswer, quota, growthBeforeAlarm}) =>
		member.isLearner ||
		status === undefined ||
		statusAnswer.kind === 'failed' ||
		quota.bytes === undefined ||
		committedIndex - status.value.raftAppliedIndex > maximumLagEntries
			? []
			: [
					{
						memberId: member.id,
						name: memberLabel(member),
						dbSizeBytes: status.value.dbSizeBytes,
						dbSizeInUseBytes: status.value.dbSizeInUseBytes,
						quotaBytes: quota.bytes,
						quotaAssumed: quota.source === 'assumed',
						...(growthBeforeAlarm === undefined ? {} : {growthBytesPerSecond: growthBeforeAlarm}),
					},
				],
	);
}

/** How many keys etcd counts itself, by the member that counts fewest; absent without metrics. */
export function keysInEtcd(members: readonly Pick<VoterRecord, 'metrics'>[]): number | undefined {
	const counts = members.flatMap(({metrics}) => metrics?.value.keys ?? []);
	return counts.length === 0 ? undefined : Math.min(...counts);
}

/** Every file leaves room for what comes next. */
export function isShrunk(voters: readonly Pick<RescueVoter, 'dbSizeBytes' | 'quotaBytes'>[]): boolean {
	return voters.every(({dbSizeBytes, quotaBytes}) => dbSizeBytes < disarmRatio * quotaBytes);
}
