/** The cluster in one word, for the header. */
import type {Alarm} from './alarm.ts';
import type {Member} from './member.ts';
import {type MemberId, memberLabel, quorumOf} from './member.ts';
import type {MemberState} from './member-state.ts';
import type {MemberStatus} from './observation.ts';

export type ClusterHealth = {
	readonly kind: 'connecting' | 'healthy' | 'degraded' | 'no quorum' | 'NOSPACE' | 'CORRUPT' | 'no contact';
	readonly voters: number;
	readonly answeringVoters: number;
	readonly leader?: {readonly id: MemberId; readonly name: string};
	readonly raftTerm?: number;
};
type Seen = {readonly member: Member; readonly state: MemberState; readonly status?: MemberStatus};

/** States in which a member takes part although Status may be silent: etcd goes on voting while it defragments. */
const takingPart: ReadonlySet<MemberState> = new Set(['healthy', 'slow', 'NOSPACE', 'CORRUPT', 'defragmenting']);

export function healthOf(members: readonly Seen[], alarms: readonly Alarm[], contact: boolean): ClusterHealth {
	const voters = members.filter(({member}) => !member.isLearner);
	const present = voters.filter(({state}) => takingPart.has(state));
	const leader = leaderOf(members);
	const counts = {voters: voters.length, answeringVoters: present.length};
	const terms = members.flatMap(({status}) => (status === undefined ? [] : [status.raftTerm]));
	return {
		kind: kindOf(members, voters.length, present.length, alarms, contact, leader !== undefined),
		...counts,
		...(leader === undefined ? {} : {leader}),
		...(terms.length === 0 ? {} : {raftTerm: Math.max(...terms)}),
	};
}

function kindOf(
	members: readonly Seen[],
	voters: number,
	present: number,
	alarms: readonly Alarm[],
	contact: boolean,
	hasLeader: boolean,
): ClusterHealth['kind'] {
	if (!contact) {
		return 'no contact';
	}
	if (members.length === 0 || (present < voters && members.some(({state}) => state === 'connecting') && present === 0)) {
		return 'connecting';
	}
	if (present === 0) {
		return 'no contact';
	}
	if (alarms.some(({alarm}) => alarm === 'CORRUPT')) {
		return 'CORRUPT';
	}
	if (members.some(({state}) => state === 'connecting')) {
		return 'connecting';
	}
	if (present < quorumOf(voters) || !hasLeader) {
		return 'no quorum';
	}
	if (alarms.some(({alarm}) => alarm === 'NOSPACE')) {
		return 'NOSPACE';
	}
	return present < voters ? 'degraded' : 'healthy';
}

/** The leader that most present members name in the highest term. */
export function leaderOf(members: readonly Seen[]): {readonly id: MemberId; readonly name: string} | undefined {
	const naming = members.filter(({state, status}) => status?.leaderId !== undefined && takingPart.has(state));
	const term = Math.max(...naming.map(({status}) => status?.raftTerm ?? 0));
	const id = naming.find(({status}) => status?.raftTerm === term)?.status?.leaderId;
	const leader = members.find(({member}) => member.id === id)?.member;
	return id === undefined ? undefined : {id, name: leader === undefined ? id : memberLabel(leader)};
}
