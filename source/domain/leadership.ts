import type {Leadership} from './defrag-evidence.ts';
import type {Observation} from './observation.ts';
import {agreedLeader, votersOf} from './voters.ts';

/**
 * Who leads, and since when that has been seen without a break. While members are still being asked nothing is concluded, so
 * that a round in the making does not look like a lost leader.
 */
export function advanceLeadership(previous: Leadership | undefined, observation: Observation): Leadership | undefined {
	const agreed = agreedLeader(observation);
	if ('why' in agreed) {
		return votersOf(observation).some(({status}) => status.kind === 'pending') ? previous : undefined;
	}
	if (previous?.leaderId === agreed.leaderId && previous.raftTerm === agreed.raftTerm) {
		return previous;
	}
	return {...agreed, since: observation.at};
}
