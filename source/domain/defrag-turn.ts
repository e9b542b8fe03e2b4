/** The two waits inside a member's turn: for an unknown outcome to become known, and for the member to settle. */
import type {Decision} from './defrag-decide.ts';
import type {Evidence} from './defrag-evidence.ts';
import {maximumLagEntries, settleTimeoutMs} from './defrag-policy.ts';
import type {TurnPhase} from './defrag-run.ts';
import type {Gate} from './gate.ts';
import {memberLabel} from './member.ts';
import type {MemberObservation} from './observation.ts';
import {isLaterProcess} from './process-start.ts';
import {durationText} from './text.ts';
import {agreedLeader, committedIndex} from './voters.ts';

/**
 * Unknown ends when the member answers with nothing in flight, or as another process, or has left the member list. Whether it
 * was defragmented its count tells; without counts, only that its file is smaller.
 */
export function decideUnknown(phase: TurnPhase<'unknown'>, {observation, reads}: Evidence): Decision {
	const seen = observation.members.find(({member}) => member.id === phase.memberId);
	if (seen === undefined) {
		return halt(`${phase.memberId} left the member list`, 'its outcome can no longer matter', 'D makes a new plan.');
	}
	const name = memberLabel(seen.member);
	const inflight = seen.metrics.kind === 'answered' ? seen.metrics.value.defragInflight : undefined;
	if ((inflight ?? 0) > 0) {
		return {kind: 'wait', why: `${name} still has one in flight`, gates: []};
	}
	if (restarted(phase, seen)) {
		return halt(`${name} restarted in its turn`, 'it was not defragmented', `See its log; then D makes a new plan.`);
	}
	if (seen.status.kind !== 'answered' || seen.metrics.kind === 'pending') {
		return {kind: 'wait', why: `${name} does not answer`, gates: []};
	}
	if (inflight === undefined && reads[phase.memberId]?.kind !== 'answered') {
		return {kind: 'wait', why: `reading on ${name}`, gates: []};
	}
	const count = seen.metrics.kind === 'answered' ? seen.metrics.value.defragCount : undefined;
	const done =
		count !== undefined && phase.countBefore !== undefined
			? count > phase.countBefore
			: seen.status.value.dbSizeBytes < phase.before.dbSizeBytes;
	return done
		? {kind: 'resolved'}
		: halt(`${name} was not defragmented`, 'it answers, and nothing is in flight', 'See its log; then D makes a new plan.');
}

export function decideSettling(
	phase: TurnPhase<'settling'> & {readonly settlingSince: number},
	{observation, reads}: Evidence,
	now: number,
): Decision {
	const seen = observation.members.find(({member}) => member.id === phase.memberId);
	if (seen === undefined) {
		return halt(`${phase.memberId} left the member list`, 'while it was to settle', 'D makes a new plan.');
	}
	const name = memberLabel(seen.member);
	if (restarted(phase, seen)) {
		return halt(
			`${name} restarted in its turn`,
			'its process is another one than the one that was asked',
			`See its log; then D makes a new plan.`,
		);
	}
	const checks = settleChecks(phase, seen, {observation, reads});
	const status = seen.status.kind === 'answered' ? seen.status.value : undefined;
	const after = status && {dbSizeBytes: status.dbSizeBytes, inUseBytes: status.dbSizeInUseBytes};
	if (status !== undefined && after !== undefined && checks.every(({state}) => state === 'passed')) {
		return {kind: 'settled', after, termAfter: status.raftTerm};
	}
	if (now - phase.settlingSince >= settleTimeoutMs) {
		const open = checks.find(({state}) => state !== 'passed');
		return halt(
			`${name} did not settle within ${durationText(settleTimeoutMs)}`,
			`${open?.title ?? ''}: ${open?.detail ?? ''}`,
			'See its log and disk; D makes a new plan.',
		);
	}
	return {kind: 'settling', checks, ...(after === undefined ? {} : {after})};
}

function settleChecks(
	phase: TurnPhase<'settling'>,
	{member, status, metrics}: MemberObservation,
	{observation, reads}: Pick<Evidence, 'observation' | 'reads'>,
): readonly Gate[] {
	const name = memberLabel(member);
	const read = reads[phase.memberId];
	const behind =
		status.kind === 'answered' ? Math.max(0, committedIndex(observation) - status.value.raftAppliedIndex) : undefined;
	const inflight = metrics.kind === 'answered' ? (metrics.value.defragInflight ?? 0) : 0;
	const agreed = agreedLeader(observation);
	const failure = status.kind === 'failed' ? status.failure.message : 'no answer yet';
	return [
		{
			id: 'answers',
			title: 'answers',
			...passes(status.kind === 'answered' && inflight === 0, inflight > 0 ? 'still in flight' : failure),
		},
		{
			id: 'lag',
			title: 'applied index',
			...passes(behind !== undefined && behind <= maximumLagEntries, `${behind ?? '?'} behind`),
			detail: `${behind ?? '?'} behind`,
		},
		{id: 'leader', title: 'one leader', ...passes('leaderId' in agreed, 'why' in agreed ? agreed.why : '')},
		{
			id: 'read',
			title: `linearizable read on ${name}`,
			...passes(read?.kind === 'answered', read?.kind === 'failed' ? read.failure.message : 'asking'),
		},
	];
}

function passes(passed: boolean, otherwise: string): Pick<Gate, 'state' | 'detail'> {
	return passed ? {state: 'passed', detail: ''} : {state: 'pending', detail: otherwise};
}

function restarted(phase: {readonly processStartSeconds?: number}, {metrics}: MemberObservation): boolean {
	return metrics.kind === 'answered' && isLaterProcess(phase.processStartSeconds, metrics.value.processStartSeconds);
}

function halt(reason: string, detail: string, nextStep: string): Decision {
	return {kind: 'halt', reason, detail, nextStep};
}
