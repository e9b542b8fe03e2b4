/** Nothing else may be at work on a database file: no other defragmentation anywhere, no snapshot at the member. */
import type {GateInput} from './defrag-gates.ts';
import {maximumLagEntries} from './defrag-policy.ts';
import type {GateState} from './gate.ts';
import {memberLabel} from './member.ts';
import type {MemberObservation} from './observation.ts';
import {agreedLeader, committedIndex, isAnswering, isCatchingUp} from './voters.ts';

type Finding = {readonly state: GateState; readonly detail: string};

export function inflightGate({evidence}: GateInput): Finding {
	const {members} = evidence.observation;
	const running = members.find(({metrics}) => metrics.kind === 'answered' && (metrics.value.defragInflight ?? 0) > 0);
	if (running !== undefined) {
		return {state: 'failed', detail: `${memberLabel(running.member)} is being defragmented`};
	}
	const asked = members.find(({metrics, status}) => metrics.kind === 'pending' || status.kind === 'pending');
	if (asked !== undefined) {
		return {state: 'pending', detail: `asking ${memberLabel(asked.member)}`};
	}
	// A member silent on both ways may be defragmenting, unless nothing listens there: then there is no process to do it.
	const silent = members.find((seen) => seen.status.kind === 'failed' && seen.metrics.kind === 'failed' && !isKnownIdle(seen));
	if (silent !== undefined) {
		return {state: 'failed', detail: `${memberLabel(silent.member)} is silent: it may be in flight there`};
	}
	const stuck = members.find(
		({status, metrics}) => status.kind === 'failed' && metrics.kind === 'answered' && metrics.value.defragInflight === undefined,
	);
	if (stuck !== undefined) {
		return {state: 'failed', detail: `${memberLabel(stuck.member)} does not answer, and its metrics do not tell why`};
	}
	const untold = members.filter(
		({status, metrics}) =>
			status.kind === 'answered' && (metrics.kind !== 'answered' || metrics.value.defragInflight === undefined),
	);
	if (untold.length > 0) {
		return {
			state: 'unchecked',
			detail: `${untold.map(({member}) => memberLabel(member)).join(', ')}: no metrics; it answers, so it is idle`,
		};
	}
	return {state: 'passed', detail: 'none'};
}

/** Its process is known not to run: connections are refused, or it has never been started. */
function isKnownIdle({member, status}: MemberObservation): boolean {
	return (status.kind === 'failed' && status.failure.kind === 'refused') || member.clientUrls.length === 0;
}

export function snapshotGate({evidence, memberId}: GateInput): Finding {
	const {observation} = evidence;
	const seen = observation.members.find(({member}) => member.id === memberId);
	if (seen === undefined || seen.metrics.kind === 'pending') {
		return {state: 'pending', detail: 'asking its metrics'};
	}
	const agreed = agreedLeader(observation);
	const learner = observation.members.find(
		(other) => isCatchingUp(other, committedIndex(observation), maximumLagEntries) && isAnswering(other),
	);
	if (learner !== undefined && 'leaderId' in agreed && agreed.leaderId === memberId) {
		return {state: 'failed', detail: `it feeds ${memberLabel(learner.member)}, a learner that is catching up`};
	}
	if (seen.metrics.kind === 'failed') {
		return {state: 'unchecked', detail: 'no metrics'};
	}
	const {snapshotStreams, snapshotSendInflights = 0, snapshotReceiveInflights = 0} = seen.metrics.value;
	if (snapshotStreams !== undefined && snapshotStreams > 0) {
		return {state: 'failed', detail: `${snapshotStreams} snapshot${snapshotStreams === 1 ? ' is' : 's are'} being read from it`};
	}
	if (snapshotSendInflights > 0 || snapshotReceiveInflights > 0) {
		return {state: 'failed', detail: `a snapshot ${snapshotSendInflights > 0 ? 'leaves' : 'reaches'} it`};
	}
	return snapshotStreams === undefined
		? {state: 'unchecked', detail: 'its metrics do not tell'}
		: {state: 'passed', detail: 'none'};
}
