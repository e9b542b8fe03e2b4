/** An observation into the state: every member's record, then what follows from all of them together. */
import {alarmsOf} from '../domain/alarm.ts';
import {alertsFor} from '../domain/alerts.ts';
import {healthOf, leaderOf} from '../domain/cluster-health.ts';
import {memberLabel, type Role} from '../domain/member.ts';
import type {Observation} from '../domain/observation.ts';
import {growthPerSecond} from '../domain/series.ts';
import {addEvents, eventsBetween} from './events.ts';
import {advanceRecord, assess} from './member-record.ts';
import type {AlarmRecord, MemberRecord, State} from './state.ts';

const trendSpanMs = 4 * 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

export function observe(state: State, observation: Observation): State {
	const alarms = alarmRecords(state, observation);
	const previous = new Map(state.members.map((record) => [record.member.id, record]));
	const advanced = observation.members
		.map((seen) => advanceRecord(previous.get(seen.member.id), seen, state.pastDefragmentations?.[seen.member.id] ?? []))
		.sort((a, b) => memberLabel(a.member).localeCompare(memberLabel(b.member), 'en', {numeric: true}));
	const {membershipFailure: _, ...rest} = state;
	const next = derive({
		...rest,
		...(observation.membershipFailure === undefined ? {} : {membershipFailure: observation.membershipFailure}),
		clusterId: observation.clusterId,
		members: advanced,
		alarms,
		...(state.alarms.some(({alarm}) => alarm === 'NOSPACE') && !alarms.some(({alarm}) => alarm === 'NOSPACE')
			? {writableAgainAt: state.now}
			: {}),
	});
	const shown = addEvents(next, eventsBetween(state, next));
	return figures(state) === figures(shown) ? shown : {...shown, changedAt: state.now};
}

/** What depends on the time and on a run, without a new observation. */
export function reassess(state: State): State {
	if (state.members.length === 0) {
		return state;
	}
	const derived = derive(state);
	return addEvents(derived, eventsBetween(state, derived));
}

function derive(state: State): State {
	const committed = Math.max(0, ...state.members.map(({status}) => status?.value.raftIndex ?? 0));
	const assessed = state.members.map((record) => assess(record, state, committed));
	const seen = assessed.map(({member, condition, status}) => ({
		member,
		state: condition.state,
		...(status === undefined ? {} : {status: status.value}),
	}));
	const leaderId = leaderOf(seen)?.id;
	const members = assessed.map((record) => withRole(record, leaderId));
	const same = members.every((record, position) => record === state.members[position]);
	return {
		...state,
		members: same ? state.members : members,
		health: healthOf(seen, state.alarms, true),
		alerts: alertsOf(state, members, committed),
	};
}

function withRole(record: MemberRecord, leaderId: string | undefined): MemberRecord {
	const role: Role | undefined = record.member.isLearner
		? 'learner'
		: record.member.id === leaderId
			? 'leader'
			: record.status === undefined
				? undefined
				: 'follower';
	return record.role === role ? record : {...record, role};
}

function alertsOf(state: State, members: readonly MemberRecord[], committedIndex: number): State['alerts'] {
	return alertsFor(
		members.flatMap((record) => {
			if (record.status === undefined || record.statusAnswer.kind === 'failed') {
				return [];
			}
			const growth = growthPerSecond(record.history, 'dbSizeBytes', trendSpanMs, state.now);
			const last = record.lastDefragmentation;
			return [
				{
					memberId: record.member.id,
					name: memberLabel(record.member),
					status: record.status.value,
					...(record.metrics === undefined ? {} : {metrics: record.metrics.value}),
					quota: record.quota,
					committedIndex,
					...(growth === undefined ? {} : {growthBytesPerSecond: growth}),
					...(last === undefined ? {} : {daysSinceDefragmentation: (state.now + state.wallOffsetMs - last.endedWallMs) / dayMs}),
				},
			];
		}),
	);
}

/** While no member answers, the alarms are those that were last told. */
function alarmRecords(state: State, observation: Observation): readonly AlarmRecord[] {
	if (!observation.members.some(({status}) => status.kind === 'answered')) {
		return state.alarms;
	}
	return alarmsOf(observation).map((alarm) => {
		const known = state.alarms.find((other) => other.memberId === alarm.memberId && other.alarm === alarm.alarm);
		const member = observation.members.find((seen) => seen.member.id === alarm.memberId)?.member;
		const first = {since: state.now, sinceStart: state.members.every(({status}) => status === undefined)};
		return {
			...alarm,
			name: member === undefined ? alarm.memberId : memberLabel(member),
			since: known?.since ?? first.since,
			sinceStart: known?.sinceStart ?? first.sinceStart,
		};
	});
}

/** What the screens show of the figures: when this is the same, nothing has changed to a reader. */
function figures(state: State): string {
	return state.members
		.map(({member, role, status, condition, quota}) => {
			const value = status?.value;
			return [
				member.id,
				member.name,
				member.endpoint,
				role,
				condition.state,
				quota.bytes,
				value?.dbSizeBytes,
				value?.dbSizeInUseBytes,
				value?.raftTerm,
				value?.raftIndex,
				value?.raftAppliedIndex,
				value?.errors.join(),
			].join();
		})
		.join(';');
}
