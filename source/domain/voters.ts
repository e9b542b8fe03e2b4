/** Who votes, who answers and who leads, read off one observation. */
import type {MemberId} from './member.ts';
import type {MemberObservation, MemberStatus, Observation} from './observation.ts';

export type AnsweringMember = MemberObservation & {
	readonly status: {readonly kind: 'answered'; readonly at: number; readonly latencyMs: number; readonly value: MemberStatus};
};

export function isAnswering(seen: MemberObservation): seen is AnsweringMember {
	return seen.status.kind === 'answered';
}

/** A member list entry counts as a voter unless the list calls it a learner. */
export function votersOf(observation: Observation): readonly MemberObservation[] {
	return observation.members.filter(({member}) => !member.isLearner);
}

export function answeringVoters(observation: Observation): readonly AnsweringMember[] {
	return votersOf(observation).filter(isAnswering);
}

/**
 * The leader that every answering voter names in one and the same term, when it answers itself. Otherwise why there is none.
 */
export function agreedLeader(
	observation: Observation,
): {readonly leaderId: MemberId; readonly raftTerm: number} | {readonly why: string} {
	const voters = answeringVoters(observation);
	const first = voters[0]?.status.value;
	if (first === undefined) {
		return {why: 'no voter answers'};
	}
	if (voters.some(({status}) => status.value.leaderId === undefined)) {
		return {why: 'a member knows of no leader'};
	}
	if (voters.some(({status}) => status.value.leaderId !== first.leaderId || status.value.raftTerm !== first.raftTerm)) {
		return {why: 'the members name different leaders or terms'};
	}
	if (first.leaderId === undefined || !voters.some(({member}) => member.id === first.leaderId)) {
		return {why: 'the leader does not answer'};
	}
	return {leaderId: first.leaderId, raftTerm: first.raftTerm};
}

/** The highest index that any answering member knows to be committed. */
export function committedIndex(observation: Observation): number {
	return Math.max(0, ...observation.members.filter(isAnswering).map(({status}) => status.value.raftIndex));
}

export function isCatchingUp(seen: MemberObservation, committed: number, maximumLag: number): boolean {
	return seen.member.isLearner && (!isAnswering(seen) || committed - seen.status.value.raftAppliedIndex > maximumLag);
}
