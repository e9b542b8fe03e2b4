/** An observation into the state: every member's record, then what follows from all of them together. */
import {alarmsIn} from '../domain/alarm.ts';
import {alertsFor, backupAlerts} from '../domain/alerts.ts';
import {healthOf, leaderOf} from '../domain/cluster-health.ts';
import {daysSince} from '../domain/days-since.ts';
import {encryptionAlerts} from '../domain/encryption-alerts.ts';
import {memberLabel, type Role} from '../domain/member.ts';
import type {Observation} from '../domain/observation.ts';
import {growthPerSecond} from '../domain/series.ts';
import {assess} from './assess.ts';
import {addEvents, eventsBetween} from './events.ts';
import {advanceRecord, diskOf, judgedLatencyMs} from './member-record.ts';
import type {AlarmRecord, MemberRecord, State} from './state.ts';
import {lostWay, silentWay} from './way.ts';

const trendSpanMs = 4 * 60 * 60 * 1000;

/** What fills a quota is often younger than an hour. */
const growthSpanMs = 15 * 60 * 1000;

export function observe(state: State, observation: Observation): State {
	const previous = new Map(state.members.map((record) => [record.member.id, record]));
	const seen = observation.members
		.map((member) => advanceRecord(previous.get(member.member.id), member, state))
		.sort((a, b) => memberLabel(a.member).localeCompare(memberLabel(b.member), 'en', {numeric: true}));
	const {membershipFailure: _, writableAgainAt, ...rest} = state;
	const alarms = alarmRecords(state, seen);
	const members = seen.map((record) => withGrowthBeforeAlarm(record, state, alarms));
	const writable = writableAgain(state, alarms);
	const derived = derive({
		...rest,
		...(observation.membershipFailure === undefined ? {} : {membershipFailure: observation.membershipFailure}),
		...(writable === undefined ? {} : {writableAgainAt: writable}),
		clusterId: observation.clusterId,
		members,
		alarms,
	});
	const next = withAlerts(derived);
	const shown = addEvents(next, eventsBetween(state, next));
	return figures(state) === figures(shown) ? shown : {...shown, changedAt: state.now};
}

/** Under NOSPACE no file grows, so that the rate before it is all that can be known until it is disarmed. */
function withGrowthBeforeAlarm(record: MemberRecord, before: State, alarms: readonly AlarmRecord[]): MemberRecord {
	const {growthBeforeAlarm: known, ...rest} = record;
	if (!alarms.some(isNospace)) {
		return known === undefined ? record : rest;
	}
	if (before.alarms.some(isNospace)) {
		return record;
	}
	const growth = growthPerSecond(record.history, 'dbSizeBytes', growthSpanMs, before.now);
	return growth === undefined ? rest : {...rest, growthBeforeAlarm: growth};
}

function isNospace({alarm}: Pick<AlarmRecord, 'alarm'>): boolean {
	return alarm === 'NOSPACE';
}

/** What depends on the time and on a run, without a new observation. */
export function reassess(before: State, state: State): State {
	if (state.members.length === 0) {
		return state;
	}
	const derived = derive(state);
	return addEvents(derived, eventsBetween(before, derived));
}

function derive(state: State): State {
	const committedIndex = committedIn(state.members);
	const allSilent = silentWay(state);
	const assessed = state.members.map((record) => assess(record, state, {committedIndex, ...(allSilent && {allSilent})}));
	const seen = assessed.map(({member, condition, status}) => ({
		member,
		state: condition.state,
		...(status === undefined ? {} : {status: status.value}),
	}));
	const leader = leaderOf(seen);
	const members = assessed.map((record) => withRole(record, leader?.id));
	const wayLost = lostWay(assessed);
	const {wayLost: _, ...rest} = state;
	return {
		...rest,
		...(wayLost && {wayLost}),
		members: members.every((record, position) => record === state.members[position]) ? state.members : members,
		health: healthOf(seen, state.alarms),
		...(leader === undefined ? {} : {lastLeader: leader}),
	};
}

function committedIn(members: readonly MemberRecord[]): number {
	return Math.max(0, ...members.map(({status}) => status?.value.raftIndex ?? 0));
}

function withRole(record: MemberRecord, leaderId: string | undefined): MemberRecord {
	const role = roleOf(record, leaderId);
	return record.role === role ? record : {...record, role};
}

function roleOf({member, status}: MemberRecord, leaderId: string | undefined): Role | undefined {
	if (member.isLearner) {
		return 'learner';
	}
	if (member.id === leaderId) {
		return 'leader';
	}
	return status === undefined ? undefined : 'follower';
}

export function withAlerts(state: State): State {
	return {...state, alerts: alertsOf(state)};
}

function alertsOf(state: State): State['alerts'] {
	const backups = backupAlerts(state.backups, state.now + state.wallOffsetMs);
	return [...memberAlerts(state), ...encryptionAlerts(state.encryption), ...backups].toSorted((a, b) => b.gravity - a.gravity);
}

function memberAlerts(state: State): State['alerts'] {
	const committedIndex = committedIn(state.members);
	return alertsFor(
		state.members.flatMap((record) => {
			const {member, status, statusAnswer, history, quota, lastDefragmentation} = record;
			if (status === undefined || statusAnswer.kind === 'failed') {
				return [];
			}
			const growth = growthPerSecond(history, 'dbSizeBytes', trendSpanMs, state.now);
			const latencyMs = judgedLatencyMs(record);
			const days = lastDefragmentation && daysSince(lastDefragmentation.endedWallMs, state.now + state.wallOffsetMs);
			return [
				{
					memberId: member.id,
					name: memberLabel(member),
					status: status.value,
					disk: diskOf(record),
					quota,
					committedIndex,
					...(latencyMs === undefined ? {} : {latencyMs}),
					...(growth === undefined ? {} : {growthBytesPerSecond: growth}),
					...(days === undefined ? {} : {daysSinceDefragmentation: days}),
				},
			];
		}),
	);
}

/**
 * What the members that answer tell, or told right before the question that is open. While none does, the alarms are those that
 * were last told.
 */
function alarmRecords(state: State, members: readonly MemberRecord[]): readonly AlarmRecord[] {
	const telling = members.flatMap(({status, statusAnswer, silentSince}) => {
		const isFresh = statusAnswer.kind === 'answered' || (statusAnswer.kind === 'pending' && statusAnswer.since === silentSince);
		return isFresh && status !== undefined ? [status.value] : [];
	});
	if (telling.length === 0) {
		return state.alarms;
	}
	const isFirst = state.members.every(({status}) => status === undefined);
	return alarmsIn(telling).map((alarm) => {
		const known = state.alarms.find((other) => other.memberId === alarm.memberId && other.alarm === alarm.alarm);
		const member = members.find((record) => record.member.id === alarm.memberId)?.member;
		const name = member === undefined ? alarm.memberId : memberLabel(member);
		return {...alarm, name, since: known?.since ?? state.now, sinceStart: known?.sinceStart ?? isFirst};
	});
}

/** Writes are accepted from when the last alarm went; not while a CORRUPT stands, and not once there is a NOSPACE again. */
function writableAgain(state: State, alarms: readonly AlarmRecord[]): number | undefined {
	if (alarms.length > 0) {
		return undefined;
	}
	return state.alarms.some(({alarm}) => alarm === 'NOSPACE') ? state.now : state.writableAgainAt;
}

/** What the screens show of the figures: when this is the same, nothing has changed to a reader. */
function figures({members, alarms, health}: State): string {
	return JSON.stringify([
		health,
		alarms.map(({memberId, alarm}) => [memberId, alarm]),
		members.map(({member, role, status, condition, quota}) => [
			member.id,
			member.name,
			member.endpoint,
			role,
			condition.state,
			quota.bytes,
			status?.value.version,
			status?.value.dbSizeBytes,
			status?.value.dbSizeInUseBytes,
			status?.value.raftTerm,
			status?.value.raftIndex,
			status?.value.raftAppliedIndex,
			status?.value.errors,
		]),
	]);
}
