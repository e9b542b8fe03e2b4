/**
 * etcd counts the pages that a compaction freed at the first write after it, and under NOSPACE nothing writes: a member goes on
 * saying that its file is full of live data until it is defragmented (seen on 3.4.23, for as long as it was watched).
 */
import {alarmsOf} from './alarm.ts';
import {quotaOf, usedRatio} from './db-size.ts';
import {disarmRatio} from './defrag-policy.ts';
import {answered, type MemberObservation, type Observation} from './observation.ts';
import {listText} from './text.ts';

/**
 * Whether its size in use may be too high to tell what defragmenting gives: NOSPACE stands and the file is so large that the alarm
 * could not be disarmed without a word of its own. Such a member is worth its silence in any case.
 */
export function mayHideFreedPages({status, metrics}: MemberObservation, observation: Observation): boolean {
	const value = answered(status);
	if (value === undefined || !alarmsOf(observation).some(({alarm}) => alarm === 'NOSPACE')) {
		return false;
	}
	return (usedRatio(value.dbSizeBytes, quotaOf(value, answered(metrics))) ?? 0) >= disarmRatio;
}

/** After a compaction, for those that can't tell yet what it freed. */
export function uncountedText(names: readonly string[]): string {
	return `Under NOSPACE ${listText(names)} can't count the freed pages before the next write: defragmenting gives them back all the same.`;
}
