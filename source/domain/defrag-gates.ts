/**
 * The gates before each defragmentation, as rows that tick off. Each reads the evidence and says what it found; none of them
 * acts, waits or knows the clock but by `now`. A gate that can't be answered yet is `pending` and holds the step.
 */
import {isOutOfSpace} from './alarm.ts';
import type {CooldownState} from './cooldown.ts';
import type {Evidence} from './defrag-evidence.ts';
import {freeDiskFactor, leaderStableMs, maximumLagEntries} from './defrag-policy.ts';
import type {Gate, GateState} from './gate.ts';
import {inflightGate, snapshotGate} from './idle-gates.ts';
import {type MemberId, memberLabel} from './member.ts';
import {quorumGate} from './quorum-gate.ts';
import {leaseGate} from './run-lease.ts';
import {surroundingsGates} from './surroundings-gates.ts';
import {durationText, sizeText} from './text.ts';
import {agreedLeader, answeringVoters, committedIndex, isAnswering} from './voters.ts';

export type GateInput = {
	readonly memberId: MemberId;
	readonly evidence: Evidence;
	readonly now: number;
	/** A person at a terminal confirms: what `terminalOnly` exceptions need. */
	readonly terminal: boolean;
};

type GateRow = {
	readonly id: string;
	readonly title: string;
	readonly check: (input: GateInput) => {readonly state: GateState; readonly detail: string};
};

const rows: readonly GateRow[] = [
	{id: 'lock', title: 'no other run on this machine', check: lockGate},
	{id: 'identity', title: 'the endpoint is the member', check: identityGate},
	{id: 'quorum', title: 'quorum without it; linearizable reads', check: quorumGate},
	{id: 'leader', title: 'all agree on one leader', check: leaderGate},
	{id: 'corrupt', title: 'no CORRUPT alarm', check: corruptGate},
	{id: 'lag', title: 'applied index close to committed', check: lagGate},
	{id: 'inflight', title: 'nothing in flight', check: inflightGate},
	{id: 'snapshot', title: 'no snapshot leaves or reaches it', check: snapshotGate},
	{id: 'cooldown', title: 'cooldown over', check: cooldownGate},
	{id: 'disk', title: 'free disk in its data directory', check: diskGate},
];

export function evaluateGates(input: GateInput): readonly Gate[] {
	return [...rows.map(({id, title, check}) => ({id, title, ...check(input)})), ...gatesAround(input)];
}

function gatesAround({evidence}: GateInput): readonly Gate[] {
	const {surroundings, lease, observation} = evidence;
	const noSpace = isOutOfSpace(observation);
	const nameOf = (memberId: MemberId) => labelOf(evidence, memberId);
	return [
		...(lease === undefined ? [] : [leaseGate(lease.sight, lease.where, noSpace)]),
		...(surroundings === undefined ? [] : surroundingsGates({surroundings, isOutOfSpace: noSpace, nameOf})),
	];
}

/** What holds the step, gravest first: a failed gate, one to be acknowledged that was not, one still pending. */
export function blockingGate(gates: readonly Gate[], acknowledged: readonly string[]): Gate | undefined {
	return (
		gates.find(({state}) => state === 'failed') ??
		gates.find(({state, id}) => state === 'acknowledge' && !acknowledged.includes(id)) ??
		gates.find(({state}) => state === 'pending')
	);
}

function lockGate({evidence}: GateInput): {state: GateState; detail: string} {
	return evidence.lockedBy === undefined ? {state: 'passed', detail: 'none'} : {state: 'failed', detail: evidence.lockedBy};
}

function identityGate({evidence, memberId}: GateInput): {state: GateState; detail: string} {
	const seen = evidence.observation.members.find(({member}) => member.id === memberId);
	if (seen === undefined) {
		return {state: 'failed', detail: `${memberId} is not in the member list`};
	}
	if (seen.member.watchOnly !== undefined) {
		return {state: 'failed', detail: `watch only: ${seen.member.watchOnly}`};
	}
	if (seen.status.kind === 'pending') {
		return {state: 'pending', detail: `asking ${memberLabel(seen.member)}`};
	}
	if (seen.status.kind === 'failed') {
		return {state: 'failed', detail: seen.status.failure.message};
	}
	const {memberId: answeredAs, clusterId} = seen.status.value;
	if (answeredAs !== memberId || clusterId !== evidence.observation.clusterId) {
		return {
			state: 'failed',
			detail: `${seen.member.endpoint ?? 'its endpoint'} answers as ${answeredAs} of cluster ${clusterId}`,
		};
	}
	return {state: 'passed', detail: seen.member.endpoint ?? memberId};
}

function leaderGate({evidence, now}: GateInput): {state: GateState; detail: string} {
	if (
		answeringVoters(evidence.observation).length === 0 &&
		evidence.observation.members.some(({status}) => status.kind === 'pending')
	) {
		return {state: 'pending', detail: 'asking the members'};
	}
	const agreed = agreedLeader(evidence.observation);
	if ('why' in agreed) {
		return {state: 'failed', detail: agreed.why};
	}
	const {leadership} = evidence;
	const name = labelOf(evidence, agreed.leaderId);
	const stable = leadership?.leaderId === agreed.leaderId && leadership.raftTerm === agreed.raftTerm ? now - leadership.since : 0;
	if (stable < leaderStableMs) {
		return {
			state: 'pending',
			detail: `${name}, term ${agreed.raftTerm}: seen for ${durationText(stable)} of ${durationText(leaderStableMs)}`,
		};
	}
	return {state: 'passed', detail: `${name}, term ${agreed.raftTerm}`};
}

function corruptGate({evidence}: GateInput): {state: GateState; detail: string} {
	const answering = evidence.observation.members.filter(isAnswering);
	if (answering.length === 0) {
		return {state: 'pending', detail: 'asking the members'};
	}
	const errors = answering.flatMap(({status}) => status.value.errors);
	const corrupt = errors.find((error) => /corrupt/i.test(error));
	if (corrupt !== undefined) {
		return {state: 'failed', detail: corrupt.trim()};
	}
	return {
		state: 'passed',
		detail: errors.some((error) => error.includes('alarm:NOSPACE')) ? 'NOSPACE, the reason to be here' : 'no alarms',
	};
}

function lagGate({evidence, memberId}: GateInput): {state: GateState; detail: string} {
	const seen = evidence.observation.members.find(({member}) => member.id === memberId);
	if (seen === undefined || !isAnswering(seen)) {
		return {state: seen?.status.kind === 'pending' ? 'pending' : 'failed', detail: 'it does not answer'};
	}
	const behind = Math.max(0, committedIndex(evidence.observation) - seen.status.value.raftAppliedIndex);
	return {
		state: behind <= maximumLagEntries ? 'passed' : 'failed',
		detail: `${behind} behind${behind > maximumLagEntries ? ` (limit ${maximumLagEntries})` : ''}`,
	};
}

function cooldownGate({evidence, now}: GateInput): {state: GateState; detail: string} {
	return describeCooldown(evidence.cooldown, now);
}

function describeCooldown(cooldown: CooldownState, now: number): {state: GateState; detail: string} {
	switch (cooldown.kind) {
		case 'over':
			return {
				state: 'passed',
				detail: cooldown.last === undefined ? 'no defragmentation known of' : lastText(cooldown.last, now),
			};
		case 'cooling':
			return {state: 'pending', detail: `${durationText(Math.max(0, cooldown.until - now))} left; ${cooldown.why}`};
		case 'finding out':
			return {state: 'pending', detail: cooldown.why};
		case 'blocked':
			return {state: 'failed', detail: cooldown.why};
	}
}

function lastText(last: {readonly endedAt?: number; readonly name: string}, now: number): string {
	return last.endedAt === undefined ? `last: ${last.name}` : `last: ${last.name}, ${durationText(now - last.endedAt)} ago`;
}

/** No protocol of etcd tells the free space of a member's disk: the operator is told the bytes. */
function diskGate({evidence, memberId}: GateInput): {state: GateState; detail: string} {
	const seen = evidence.observation.members.find(({member}) => member.id === memberId);
	if (seen === undefined || !isAnswering(seen)) {
		return {state: 'unchecked', detail: 'cannot be seen from here'};
	}
	return {
		state: 'unchecked',
		detail: `needs ${sizeText(seen.status.value.dbSizeInUseBytes * freeDiskFactor)}; cannot be seen from here`,
	};
}

function labelOf(evidence: Evidence, id: MemberId): string {
	const seen = evidence.observation.members.find(({member}) => member.id === id);
	return seen === undefined ? id : memberLabel(seen.member);
}
