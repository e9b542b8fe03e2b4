/** What changed between two states, as events for the operator. */
import type {CooldownState} from '../domain/cooldown.ts';
import {alarmChanges, type Change, leaderChanges, membershipChanges, wayChanges} from './cluster-changes.ts';
import {memberChanges} from './member-changes.ts';
import {runChanges} from './run-changes.ts';
import type {ClusterEvent, State} from './state.ts';

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
	return [{at: state.now, kind: 'good', subject: 'cluster', text: `cooldown over; it stood because ${state.cooldown.why}`}];
}

/** Oldest first, all at the time of `after`. */
export function eventsBetween(before: State, after: State): readonly ClusterEvent[] {
	const previous = new Map(before.members.map((record) => [record.member.id, record]));
	const changes: Change[] = [
		...membershipChanges(before, after),
		...wayChanges(before, after),
		...leaderChanges(before, after),
		...alarmChanges(before, after),
		...after.members.flatMap((record) => memberChanges(previous.get(record.member.id), record, after)),
		...runChanges(before.run, after.run),
	];
	return changes.map((change) => ({at: after.now, ...change}));
}
