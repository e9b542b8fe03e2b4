/** What changed between two states, as events for the operator. */
import type {CooldownState} from '../domain/cooldown.ts';
import {memberLabel} from '../domain/member.ts';
import type {MemberState} from '../domain/member-state.ts';
import {durationText, sizeText} from '../domain/text.ts';
import type {ClusterEvent, MemberRecord, State} from './state.ts';

type Change = Omit<ClusterEvent, 'at'>;

const silent: ReadonlySet<MemberState> = new Set(['stalled', 'frozen', 'down', 'refused']);

/** Enough for a day of trouble; older ones are in the journal where they were ours. */
const maximumEvents = 500;

/** Newest first. */
export function addEvents(state: State, events: readonly ClusterEvent[]): State {
	return events.length === 0 ? state : {...state, events: [...events.toReversed(), ...state.events].slice(0, maximumEvents)};
}

/** The end of a cooldown that was seen running is news. */
export function cooldownEvents(state: State, next: CooldownState): readonly ClusterEvent[] {
	if (state.cooldown.kind !== 'cooling' || next.kind !== 'over') {
		return [];
	}
	return [{at: state.now, kind: 'good', subject: 'cluster', text: `cooldown over; ${state.cooldown.why}`}];
}

export function eventsBetween(before: State, after: State): readonly ClusterEvent[] {
	const changes: Change[] = [
		...membershipChanges(before, after),
		...leaderChanges(before, after),
		...alarmChanges(before, after),
		...after.members.flatMap((record) => {
			const previous = before.members.find(({member}) => member.id === record.member.id);
			return previous === undefined ? [] : memberChanges(previous, record, after);
		}),
	];
	return changes.map((change) => ({at: after.now, ...change}));
}

function membershipChanges(before: State, after: State): Change[] {
	if (before.clusterId === undefined) {
		const count = after.members.length;
		return [
			{
				kind: 'good',
				subject: 'cluster',
				text: `${count} member${count === 1 ? '' : 's'} found${after.connection === undefined ? '' : ` through ${after.connection.endpoints[0] ?? ''}`}`,
			},
		];
	}
	const was = new Map(before.members.map(({member}) => [member.id, member]));
	const is = new Map(after.members.map(({member}) => [member.id, member]));
	return [
		...[...is.values()]
			.filter(({id}) => !was.has(id))
			.map(
				(member): Change => ({
					...about(member),
					kind: 'note',
					text: `joined the member list${member.isLearner ? ' as a learner' : ''}`,
				}),
			),
		...[...was.values()]
			.filter(({id}) => !is.has(id))
			.map((member): Change => ({...about(member), kind: 'warning', text: 'removed from the member list'})),
		...[...is.values()]
			.filter(({id, isLearner}) => was.get(id)?.isLearner === true && !isLearner)
			.map((member): Change => ({...about(member), kind: 'note', text: 'promoted from learner to voter'})),
		...[...is.values()]
			.filter(
				({id, endpoint}) => endpoint !== undefined && was.get(id)?.endpoint !== undefined && was.get(id)?.endpoint !== endpoint,
			)
			.map((member): Change => ({...about(member), kind: 'note', text: `now reached at ${member.endpoint ?? ''}`})),
	];
}

function leaderChanges(before: State, after: State): Change[] {
	const was = before.health.leader;
	const is = after.health.leader;
	if (was === undefined && is === undefined) {
		return [];
	}
	const terms =
		before.health.raftTerm === after.health.raftTerm
			? `term ${after.health.raftTerm ?? 0}`
			: `term ${before.health.raftTerm ?? 0} → ${after.health.raftTerm ?? 0}`;
	if (is === undefined) {
		return [{kind: 'bad', subject: 'cluster', text: `no leader any more, it was ${was?.name ?? ''}`}];
	}
	if (was === undefined) {
		// At the start it is no news who leads.
		return before.health.kind === 'connecting'
			? []
			: [{kind: 'good', subject: 'cluster', text: `${is.name} leads, term ${after.health.raftTerm ?? 0}`, mark: 'L'}];
	}
	return was.id === is.id
		? []
		: [{kind: 'warning', subject: 'cluster', text: `leader changed: ${was.name} → ${is.name}, ${terms}`, mark: 'L'}];
}

function alarmChanges(before: State, after: State): Change[] {
	const has = (state: State, memberId: string, alarm: string) =>
		state.alarms.some((other) => other.memberId === memberId && other.alarm === alarm);
	return [
		...after.alarms
			.filter(({memberId, alarm}) => !has(before, memberId, alarm))
			.map(({memberId, alarm, name}): Change => {
				const record = after.members.find(({member}) => member.id === memberId);
				const size =
					record?.status === undefined
						? ''
						: `: ${sizeText(record.status.value.dbSizeBytes)}${record.quota.bytes === undefined ? '' : `, quota ${sizeText(record.quota.bytes)}`}`;
				return {kind: 'alarm', subject: name, memberId, text: `${alarm} raised${alarm === 'NOSPACE' ? size : ''}`, mark: 'A'};
			}),
		...before.alarms
			.filter(({memberId, alarm}) => !has(after, memberId, alarm))
			.map(({memberId, alarm, name}): Change => ({kind: 'good', subject: name, memberId, text: `${alarm} disarmed`})),
	];
}

function memberChanges(before: MemberRecord, after: MemberRecord, state: State): Change[] {
	return [
		...processChanges(before, after),
		...defragmentationChanges(before, after, state),
		...stateChanges(before, after, state),
	];
}

function processChanges(before: MemberRecord, after: MemberRecord): Change[] {
	const was = before.metrics?.value.processStartSeconds;
	const is = after.metrics?.value.processStartSeconds;
	return was !== undefined && is !== undefined && is !== was
		? [{...about(after.member), kind: 'warning', text: 'restarted: it is another process now'}]
		: [];
}

/** A run of ours tells of its own; these are the others'. */
function defragmentationChanges(before: MemberRecord, after: MemberRecord, state: State): Change[] {
	const phase = state.run?.phase;
	const ours =
		(phase !== undefined && 'memberId' in phase && phase.memberId === after.member.id) ||
		state.run?.turns.at(-1)?.memberId === after.member.id;
	const wasCount = before.metrics?.value.defragCount;
	const isCount = after.metrics?.value.defragCount;
	const sameProcess = before.metrics?.value.processStartSeconds === after.metrics?.value.processStartSeconds;
	const changes: Change[] = [];
	const began = (before.metrics?.value.defragInflight ?? 0) === 0 && (after.metrics?.value.defragInflight ?? 0) > 0;
	if (began && !ours) {
		changes.push({...about(after.member), kind: 'defragmenting', text: 'defragmenting, not started here: in flight 1'});
	}
	if (wasCount !== undefined && isCount !== undefined && isCount > wasCount && sameProcess) {
		const took = ((after.metrics?.value.defragSecondsSum ?? 0) - (before.metrics?.value.defragSecondsSum ?? 0)) * 1000;
		changes.push({
			...about(after.member),
			kind: 'good',
			mark: 'D',
			text: ours
				? `defragmented in ${durationText(took)}`
				: `defragmented by another tool (count ${wasCount} → ${isCount}) in ${durationText(took)}`,
		});
	}
	return changes;
}

function stateChanges(before: MemberRecord, after: MemberRecord, state: State): Change[] {
	const was = before.condition.state;
	const is = after.condition.state;
	if (was === is) {
		return [];
	}
	const subject = about(after.member);
	if (silent.has(is)) {
		return [
			{...subject, kind: 'bad', text: `${is}: ${after.condition.explanation.replace(' for {age}', '').replace('{age}', '')}`},
		];
	}
	if (is === 'slow') {
		return [{...subject, kind: 'warning', text: `slow: ${Math.round(after.latencyMs ?? 0)} ms (limit 500 ms)`}];
	}
	if (silent.has(was) && after.silentSince === undefined) {
		return [{...subject, kind: 'good', text: `answers again, after ${durationText(state.now - before.condition.since)}`}];
	}
	return was === 'slow' && is === 'healthy'
		? [{...subject, kind: 'good', text: `answers in time again: ${(after.latencyMs ?? 0).toFixed(1)} ms`}]
		: [];
}

function about(member: MemberRecord['member']): Pick<ClusterEvent, 'subject' | 'memberId'> {
	return {subject: memberLabel(member), memberId: member.id};
}
