/** Whether, and to whom, leadership may go before its member's turn. */
import type {Evidence} from './defrag-evidence.ts';
import type {MoveLeaderOffer, PlanRow} from './defrag-plan.ts';
import {maximumLagEntries, worthItRatio} from './defrag-policy.ts';
import {type MemberId, memberLabel} from './member.ts';
import type {MemberObservation} from './observation.ts';
import {mayHideFreedPages} from './uncounted.ts';
import {type AnsweringMember, committedIndex, isAnswering, votersOf} from './voters.ts';

/** `finished`: members whose turn is over. */
export type MoveInput = {readonly evidence: Evidence; readonly finished?: readonly MemberId[]};

/** Leadership may go to a healthy voter that is small already: by nature, or because its turn is over. */
export function moveLeaderOffer(
	steps: readonly PlanRow[],
	all: readonly {readonly seen: MemberObservation; readonly row: PlanRow}[],
	leaderId: MemberId | undefined,
	input: MoveInput,
): MoveLeaderOffer | undefined {
	const leader = steps.find(({role}) => role === 'leader');
	if (leader === undefined || leaderId === undefined || votersOf(input.evidence.observation).length < 2) {
		return undefined;
	}
	const target = moveTargets(input, leaderId)[0];
	if (target !== undefined) {
		return {
			kind: 'possible',
			from: leaderId,
			to: target.member.id,
			toName: memberLabel(target.member),
			why: `${memberLabel(target.member)} is small`,
		};
	}
	const earlier = steps.find(({role}) => role === 'follower');
	if (earlier !== undefined && all.some(({row}) => row.memberId === earlier.memberId)) {
		return {
			kind: 'possible',
			from: leaderId,
			to: earlier.memberId,
			toName: earlier.name,
			why: `${earlier.name} is small by then`,
		};
	}
	return {kind: 'none', why: 'no voter is small already'};
}

/** Voters that may take leadership now: answering, in step, readable, and with little to reclaim; the smallest first. */
export function moveTargets(input: MoveInput, leaderId: MemberId): readonly AnsweringMember[] {
	const committed = committedIndex(input.evidence.observation);
	return votersOf(input.evidence.observation)
		.filter(isAnswering)
		.filter((seen) => {
			const {member, status} = seen;
			const {dbSizeBytes, dbSizeInUseBytes, isLearner} = status.value;
			const reclaimRatio = dbSizeBytes === 0 ? 0 : (dbSizeBytes - dbSizeInUseBytes) / dbSizeBytes;
			const small =
				(reclaimRatio < worthItRatio && !mayHideFreedPages(seen, input.evidence.observation)) ||
				input.finished?.includes(member.id) === true;
			const inStep = committed - status.value.raftAppliedIndex <= maximumLagEntries;
			return member.id !== leaderId && !isLearner && small && inStep && input.evidence.reads[member.id]?.kind === 'answered';
		})
		.sort(
			(a, b) =>
				a.status.value.dbSizeBytes - b.status.value.dbSizeBytes || memberLabel(a.member).localeCompare(memberLabel(b.member)),
		);
}
