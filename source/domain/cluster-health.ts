/** The cluster in one word, for the header. */
import type {Alarm} from './alarm.ts';
import {type Member, type MemberId, memberLabel, quorumOf} from './member.ts';
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

/** @param members with the last status of each, however old */
export function healthOf(members: readonly Seen[], alarms: readonly Alarm[]): ClusterHealth {
	const voters = members.filter(({member}) => !member.isLearner);
	const present = voters.filter(({state}) => takingPart.has(state));
	const leader = leaderOf(members);
	const raftTerm = leader?.raftTerm ?? highestTerm(members);
	return {
		kind: kindOf({voters, present: present.length, alarms, hasLeader: leader !== undefined}),
		voters: voters.length,
		answeringVoters: present.length,
		...(leader === undefined ? {} : {leader: {id: leader.id, name: leader.name}}),
		...(raftTerm === undefined ? {} : {raftTerm}),
	};
}

type Quorum = {
	readonly voters: readonly Seen[];
	readonly present: number;
	readonly alarms: readonly Alarm[];
	readonly hasLeader: boolean;
};

function kindOf({voters, present, alarms, hasLeader}: Quorum): ClusterHealth['kind'] {
	const isConnecting = voters.length === 0 || voters.some(({state}) => state === 'connecting');
	if (present === 0) {
		return isConnecting ? 'connecting' : 'no contact';
	}
	if (alarms.some(({alarm}) => alarm === 'CORRUPT')) {
		return 'CORRUPT';
	}
	if (present < quorumOf(voters.length) || !hasLeader) {
		return isConnecting ? 'connecting' : 'no quorum';
	}
	if (alarms.some(({alarm}) => alarm === 'NOSPACE')) {
		return 'NOSPACE';
	}
	if (isConnecting) {
		return 'connecting';
	}
	return present < voters.length ? 'degraded' : 'healthy';
}

type Leader = {readonly id: MemberId; readonly name: string; readonly raftTerm: number};

/** The leader that members which take part name in the highest term. */
export function leaderOf(members: readonly Seen[]): Leader | undefined {
	const named = members.flatMap(({state, status}) =>
		status?.leaderId !== undefined && takingPart.has(state) ? [{id: status.leaderId, raftTerm: status.raftTerm}] : [],
	);
	const newest = named.toSorted((a, b) => b.raftTerm - a.raftTerm)[0];
	if (newest === undefined) {
		return undefined;
	}
	const leader = members.find(({member}) => member.id === newest.id)?.member;
	return {...newest, name: leader === undefined ? newest.id : memberLabel(leader)};
}

function highestTerm(members: readonly Seen[]): number | undefined {
	const terms = members.flatMap(({status}) => (status === undefined ? [] : [status.raftTerm]));
	return terms.length === 0 ? undefined : Math.max(...terms);
}
