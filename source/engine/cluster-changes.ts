/** Events of the cluster as a whole: who belongs to it, who leads it, which alarms stand. */
import {type Member, memberLabel} from '../domain/member.ts';
import {durationText, sizeText} from '../domain/text.ts';
import type {AlarmRecord, ClusterEvent, State} from './state.ts';

/** An event without its time. */
export type Change = Omit<ClusterEvent, 'at'>;

export function about(member: Member): Pick<Change, 'subject' | 'memberId'> {
	return {subject: memberLabel(member), memberId: member.id};
}

export function membershipChanges(before: State, after: State): Change[] {
	if (after.clusterId === undefined) {
		return [];
	}
	if (before.clusterId === undefined) {
		const count = after.members.length;
		const endpoint = after.connection?.endpoints[0]?.replace(/^https?:\/\//, '');
		const through = endpoint === undefined ? '' : ` through ${endpoint}`;
		return [{kind: 'good', subject: 'cluster', text: `${count} member${count === 1 ? '' : 's'} found${through}`}];
	}
	const was = new Map(before.members.map(({member}) => [member.id, member]));
	const is = new Map(after.members.map(({member}) => [member.id, member]));
	return [
		...[...is.values()].flatMap((member) => memberListChange(was.get(member.id), member)),
		...[...was.values()]
			.filter(({id}) => !is.has(id))
			.map((member): Change => ({...about(member), kind: 'warning', text: 'removed from the member list'})),
	];
}

function memberListChange(was: Member | undefined, is: Member): Change[] {
	if (was === undefined) {
		return [{...about(is), kind: 'note', text: `joined the member list${is.isLearner ? ' as a learner' : ''}`}];
	}
	const changes: Change[] = [];
	if (was.isLearner && !is.isLearner) {
		changes.push({...about(is), kind: 'note', text: 'promoted from learner to voter'});
	}
	if (is.endpoint !== undefined && was.endpoint !== undefined && was.endpoint !== is.endpoint) {
		changes.push({...about(is), kind: 'note', text: `now reached at ${is.endpoint}`});
	}
	return changes;
}

/** Compared with the last leader that was known, so that losing sight of the cluster is no change of its leader. */
export function leaderChanges(before: State, after: State): Change[] {
	const was = before.lastLeader;
	const is = after.health.leader && after.lastLeader;
	if (was === undefined) {
		return [];
	}
	if (is === undefined) {
		const isLost = before.health.leader !== undefined && after.health.answeringVoters > 0;
		return isLost ? [{kind: 'bad', subject: 'cluster', text: `no leader any more, it was ${was.name}`}] : [];
	}
	const terms = `term ${was.raftTerm} → ${is.raftTerm}`;
	if (was.id !== is.id) {
		return [{kind: 'warning', subject: 'cluster', text: `leader changed: ${was.name} → ${is.name}, ${terms}`, mark: 'L'}];
	}
	if (was.raftTerm !== is.raftTerm) {
		return [{kind: 'warning', subject: 'cluster', text: `${is.name} was elected again, ${terms}`, mark: 'L'}];
	}
	const wasLost = before.health.leader === undefined && before.health.answeringVoters > 0;
	return wasLost ? [{kind: 'good', subject: 'cluster', text: `${is.name} leads again, term ${is.raftTerm}`}] : [];
}

export function wayChanges(before: State, after: State): Change[] {
	const was = before.wayLost;
	const is = after.wayLost;
	if (was === undefined && is !== undefined) {
		return [{kind: 'bad', subject: 'cluster', text: `no member is seen any more: ${is.why}`}];
	}
	return was !== undefined && is === undefined
		? [{kind: 'good', subject: 'cluster', text: `seen again, after ${durationText(after.now - was.since)}`}]
		: [];
}

export function alarmChanges(before: State, after: State): Change[] {
	const without = (alarms: readonly AlarmRecord[], others: readonly AlarmRecord[]) =>
		alarms.filter(({memberId, alarm}) => !others.some((other) => other.memberId === memberId && other.alarm === alarm));
	return [
		...without(after.alarms, before.alarms).map((alarm) => raised(alarm, after)),
		...without(before.alarms, after.alarms).map(
			({memberId, alarm, name}): Change => ({kind: 'good', subject: name, memberId, text: `${alarm} disarmed`}),
		),
	];
}

function raised({memberId, alarm, name, sinceStart}: AlarmRecord, {members}: State): Change {
	const record = members.find(({member}) => member.id === memberId);
	const quota = record?.quota.bytes === undefined ? '' : `, quota ${sizeText(record.quota.bytes)}`;
	const size =
		record?.status === undefined || alarm !== 'NOSPACE' ? '' : `: ${sizeText(record.status.value.dbSizeBytes)}${quota}`;
	const text = sinceStart ? `${alarm} stands since before the start${size}` : `${alarm} raised${size}`;
	return {kind: 'alarm', subject: name, memberId, text, ...(sinceStart ? {} : {mark: 'A'})};
}
