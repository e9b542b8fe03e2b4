/** Why something that changes the cluster can't be done now: first what, then why, then the way or the time to it. */
import {reclaimableBytes, reclaimableRatio, usedRatio} from '../domain/db-size.ts';
import {quotaEmergencyRatio, worthItRatio} from '../domain/defrag-policy.ts';
import {isOver} from '../domain/defrag-run.ts';
import {type MemberId, memberLabel, quorumOf} from '../domain/member.ts';
import {durationText, listText, sizeText} from '../domain/text.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import type {ActionContext} from './action.ts';

export type Reason = (context: Omit<ActionContext, 'controls'>) => string | undefined;

/** The first reason that there is. */
export function firstOf(...reasons: readonly Reason[]): Reason {
	return (context) => {
		for (const reason of reasons) {
			const found = reason(context);
			if (found !== undefined) {
				return found;
			}
		}
		return undefined;
	};
}

export function readOnly({state}: {readonly state: State}): string | undefined {
	return state.readOnly ? 'read-only session; to change the cluster start without --read-only' : undefined;
}

/** Without these etcd is not reached any more: a role that was taken away under a session. */
export function denied({state}: {readonly state: State}): string | undefined {
	return state.denied === undefined ? undefined : `you may not ${listText(state.denied)}; ask for that permission`;
}

export function noCluster({state}: {readonly state: State}): string | undefined {
	return state.clusterId === undefined ? 'no member has answered yet' : undefined;
}

export function runGoesOn({state}: {readonly state: State}): string | undefined {
	return state.run === undefined || isOver(state.run) ? undefined : 'a run is going on; 4 shows it';
}

export function compactionGoesOn({state}: {readonly state: State}): string | undefined {
	const kind = state.compaction?.phase.kind;
	return kind === 'compacting' || kind === 'stabilising' ? 'a compaction is under way' : undefined;
}

export function corrupt({state}: {readonly state: State}): string | undefined {
	const alarm = state.alarms.find((raised) => raised.alarm === 'CORRUPT');
	return alarm && `${alarm.name} has a CORRUPT alarm: nothing is defragmented then; a says what to do`;
}

/** While it is only being found out, the plan's gate shows what is missing. */
export function cooldown({state}: {readonly state: State}): string | undefined {
	if (state.cooldown.kind === 'blocked') {
		return state.cooldown.why;
	}
	if (state.cooldown.kind !== 'cooling' || state.cooldown.until <= state.now) {
		return undefined;
	}
	return `cooldown, ${durationText(state.cooldown.until - state.now)} left; ${state.cooldown.why}`;
}

/** The same, for the selected member: its name comes first. */
export function cooldownOfSelected(context: Omit<ActionContext, 'controls'>): string | undefined {
	const reason = cooldown(context);
	const record = selectedRecord(context);
	return reason === undefined || record === undefined ? reason : `${memberLabel(record.member)}: ${reason}`;
}

export function notDefragmentable(context: Omit<ActionContext, 'controls'>): string | undefined {
	const record = selectedRecord(context);
	if (record === undefined) {
		return 'no member is selected';
	}
	const {member, condition} = record;
	const named = (reason: string) => `${memberLabel(member)}: ${reason}`;
	if (member.isLearner) {
		return named('a learner is never defragmented from here');
	}
	if (member.watchOnly !== undefined) {
		return named(`watch only: ${member.watchOnly}`);
	}
	switch (condition.state) {
		case 'down':
		case 'refused':
		case 'frozen':
		case 'unseen':
		case 'stalled':
		case 'unknown':
		case 'defragmenting':
			return named(`it is ${condition.state} for ${durationText(context.state.now - condition.since)}`);
		case 'unstarted':
		case 'connecting':
			return named('it has not answered yet');
		default:
			return undefined;
	}
}

/** The leader goes last: not while another voter has more to give back than the threshold. */
export function leaderFirst(context: Omit<ActionContext, 'controls'>): string | undefined {
	const record = selectedRecord(context);
	if (record === undefined || record.member.id !== context.state.health.leader?.id) {
		return undefined;
	}
	const first = context.state.members
		.filter((other) => other !== record && mayGoFirst(other))
		.toSorted((a, b) => gives(b) - gives(a))[0];
	return first === undefined
		? undefined
		: `${memberLabel(record.member)}: it is the leader; ${memberLabel(first.member)} goes first, it has ${sizeText(gives(first))} to give back`;
}

function mayGoFirst({member, status, condition}: MemberRecord): boolean {
	const worthIt = status !== undefined && reclaimableRatio(status.value) >= worthItRatio;
	return worthIt && !member.isLearner && isAnswering(condition.state);
}

function gives({status}: MemberRecord): number {
	return status === undefined ? 0 : reclaimableBytes(status.value);
}

/** A voter is missing, so that without one more there is no quorum. In an emergency the plan asks for more than this can tell. */
export function quorum({state}: {readonly state: State}): string | undefined {
	const voters = state.members.filter(({member}) => !member.isLearner);
	const silent = voters.filter(({condition}) => !isAnswering(condition.state));
	const left = voters.length - silent.length - 1;
	const [missing] = silent;
	if (missing === undefined || left >= quorumOf(voters.length) || isEmergency(state)) {
		return undefined;
	}
	const {member, condition} = missing;
	const since = `${memberLabel(member)} is ${condition.state} for ${durationText(state.now - condition.since)}`;
	return `${since}; without one more, ${Math.max(0, left)} of ${voters.length} is left: no quorum`;
}

function isEmergency({alarms, members}: State): boolean {
	const nearQuota = members.some(
		({status, quota}) => status !== undefined && (usedRatio(status.value.dbSizeBytes, quota) ?? 0) >= quotaEmergencyRatio,
	);
	return nearQuota || alarms.some(({alarm}) => alarm === 'NOSPACE');
}

function isAnswering(state: MemberRecord['condition']['state']): boolean {
	return state === 'healthy' || state === 'slow' || state === 'NOSPACE' || state === 'CORRUPT';
}

function selectedRecord({state, selected}: {readonly state: State; readonly selected?: MemberId}): MemberRecord | undefined {
	return state.members.find(({member}) => member.id === selected);
}
