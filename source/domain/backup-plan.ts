/** From whom a snapshot is taken: one member, healthy and not the leader where there is such a one. */

import type {Alarm} from './alarm.ts';
import {maximumLagEntries} from './defrag-policy.ts';
import {type Member, type MemberId, memberLabel, type Role} from './member.ts';
import type {MemberState} from './member-state.ts';
import type {MemberStatus} from './observation.ts';

/** As much of a member's record as this takes. */
export type BackupCandidate = {
	readonly member: Member;
	readonly role: Role | undefined;
	readonly condition: {readonly state: MemberState};
	readonly status?: {readonly value: MemberStatus};
};

export type BackupSource = {
	readonly memberId: MemberId;
	readonly name: string;
	readonly role: Role | undefined;
	/** What the snapshot will take on disk. */
	readonly dbSizeBytes?: number;
	/** Why it isn't taken from this one; absent where it can be. */
	readonly against?: string;
};

export type BackupPlan = {
	/** In the order of the members. */
	readonly sources: readonly BackupSource[];
	/** The one that is best; absent where none can be. */
	readonly best?: MemberId;
	/** Where it would be put, to be changed. */
	readonly directory: string;
	/** Why none can be taken now. */
	readonly refusal?: string;
};

export type BackupInput = {
	readonly members: readonly BackupCandidate[];
	readonly alarms: readonly Alarm[];
	/** Why not now, whoever is asked: a run goes on, say. */
	readonly held: string | undefined;
	readonly directory: string;
};

export function planBackup({members, alarms, held, directory}: BackupInput): BackupPlan {
	const committed = Math.max(0, ...members.map(({status}) => status?.value.raftIndex ?? 0));
	const against = new Map(members.map((one) => [one.member.id, reasonAgainst(one, alarms, committed)]));
	const sources = members.map(({member, role, status}): BackupSource => {
		const reason = against.get(member.id);
		return {
			memberId: member.id,
			name: memberLabel(member),
			role,
			...(status !== undefined && {dbSizeBytes: status.value.dbSizeBytes}),
			...(reason !== undefined && {against: reason}),
		};
	});
	const able = members.filter(({member}) => against.get(member.id) === undefined);
	const best = able.toSorted((one, other) => rank(one, committed) - rank(other, committed))[0]?.member.id;
	const refusal = held ?? defragmenting(members) ?? (best === undefined ? 'no member can hand out a snapshot now' : undefined);
	return {sources, directory, ...(best !== undefined && {best}), ...(refusal !== undefined && {refusal})};
}

/** A stream that is open freezes a defragmentation of its member; nobody knows here whose turn comes next. */
function defragmenting(members: readonly BackupCandidate[]): string | undefined {
	const busy = members.find(({condition}) => condition.state === 'defragmenting');
	return busy && `${memberLabel(busy.member)} is being defragmented; wait until it is done`;
}

function reasonAgainst(
	{member, condition, status}: BackupCandidate,
	alarms: readonly Alarm[],
	committed: number,
): string | undefined {
	if (member.isLearner) {
		return 'a learner hands out none';
	}
	if (alarms.some(({memberId, alarm}) => memberId === member.id && alarm === 'CORRUPT')) {
		return 'its data is said to be corrupt';
	}
	switch (condition.state) {
		case 'healthy':
		case 'slow':
		case 'NOSPACE':
		case 'CORRUPT':
			break;
		case 'connecting':
		case 'unstarted':
			return 'it has not answered yet';
		default:
			return `it is ${condition.state}`;
	}
	if (status === undefined) {
		return 'it has not answered yet';
	}
	const behind = committed - status.value.raftAppliedIndex;
	return behind > maximumLagEntries ? `it is ${behind} entries behind` : undefined;
}

/** Any follower before the leader, a quick one before a slow one, then the one that is least behind. */
function rank({role, condition, status}: BackupCandidate, committed: number): number {
	const behind = Math.min(maximumLagEntries, Math.max(0, committed - (status?.value.raftAppliedIndex ?? 0)));
	return Number(role === 'leader') * 4 + Number(condition.state === 'slow') * 2 + behind / (maximumLagEntries + 1);
}
