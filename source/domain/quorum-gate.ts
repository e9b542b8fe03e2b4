/**
 * Quorum without the member: the voters left must be a quorum that has shown, by linearizable reads, that it works. Where it
 * can't be had, only three ways remain, and each is a sentence that the operator has to type for.
 */
import type {GateInput} from './defrag-gates.ts';
import {quotaEmergencyRatio} from './defrag-policy.ts';
import type {GateState} from './gate.ts';
import {memberLabel, quorumOf} from './member.ts';
import type {MemberObservation, Observation} from './observation.ts';
import {answeringVoters, isAnswering, votersOf} from './voters.ts';

type Finding = {readonly state: GateState; readonly detail: string};

export function quorumGate(input: GateInput): Finding {
	const {evidence, memberId} = input;
	const voters = votersOf(evidence.observation);
	if (voters.length === 1) {
		return {state: 'acknowledge', detail: 'a single voter: all reads and writes stop meanwhile'};
	}
	const needed = quorumOf(voters.length);
	const others = voters.filter(({member}) => member.id !== memberId);
	const asked = others.find(({status}) => status.kind === 'pending');
	if (asked !== undefined) {
		return {state: 'pending', detail: `asking ${memberLabel(asked.member)}`};
	}
	const answering = others.filter(isAnswering);
	if (answering.length < needed) {
		return exception(input, voters, answering.length, needed);
	}
	const reads = answering.map((seen) => ({seen, read: evidence.reads[seen.member.id]}));
	const failed = reads.find(({read}) => read?.kind === 'failed');
	if (failed?.read?.kind === 'failed') {
		return {state: 'failed', detail: `linearizable read on ${memberLabel(failed.seen.member)}: ${failed.read.failure.message}`};
	}
	const open = reads.find(({read}) => read === undefined || read.kind === 'pending');
	if (open !== undefined) {
		return {state: 'pending', detail: `reading on ${memberLabel(open.seen.member)}`};
	}
	const slowest = Math.max(...reads.map(({read}) => (read?.kind === 'answered' ? read.latencyMs : 0)));
	return {
		state: 'passed',
		detail: `${answering.length} of ${voters.length}, slowest ${slowest < 100 ? slowest.toFixed(1) : Math.round(slowest)} ms`,
	};
}

/** Two voters, or three with one down: allowed only in an emergency, by a person, with the silent process known to be dead. */
function exception(
	{evidence, memberId, terminal}: GateInput,
	voters: readonly MemberObservation[],
	left: number,
	needed: number,
): Finding {
	const silent = voters.filter((seen) => !isAnswering(seen) && seen.member.id !== memberId);
	const without = `${left} of ${voters.length} would be left, ${needed} make a quorum`;
	const fits = (voters.length === 2 && silent.length === 0) || (voters.length === 3 && silent.length === 1);
	if (!fits) {
		return {state: 'failed', detail: `${naming(silent)}${without}`};
	}
	if (!isEmergency(evidence.observation)) {
		return {state: 'failed', detail: `${naming(silent)}${without}`};
	}
	const alive = silent.find(({status}) => status.kind === 'failed' && status.failure.kind !== 'refused');
	if (alive !== undefined) {
		return {state: 'failed', detail: `${memberLabel(alive.member)} is silent but not known to be dead; ${without}`};
	}
	const unread = answeringVoters(evidence.observation).find(({member}) => evidence.reads[member.id]?.kind !== 'answered');
	if (unread !== undefined) {
		const read = evidence.reads[unread.member.id];
		return read?.kind === 'failed'
			? {state: 'failed', detail: `linearizable read on ${memberLabel(unread.member)}: ${read.failure.message}`}
			: {state: 'pending', detail: `reading on ${memberLabel(unread.member)}`};
	}
	if (!terminal) {
		return {state: 'failed', detail: `${without}; in an emergency a person may do it on a terminal`};
	}
	return {state: 'acknowledge', detail: `${without}: a crash now loses quorum`};
}

function naming(silent: readonly MemberObservation[]): string {
	return silent.length === 0 ? '' : `${silent.map(({member}) => memberLabel(member)).join(', ')} does not answer; `;
}

/** NOSPACE, or a voter so near its quota that writes are about to stop. */
export function isEmergency(observation: Observation): boolean {
	return answeringVoters(observation).some(({status, metrics}) => {
		const quota = status.value.quotaBytes ?? (metrics.kind === 'answered' ? metrics.value.quotaBackendBytes : undefined);
		const nearQuota = quota !== undefined && quota > 0 && status.value.dbSizeBytes >= quota * quotaEmergencyRatio;
		return nearQuota || status.value.errors.some((error) => error.includes('alarm:NOSPACE'));
	});
}
