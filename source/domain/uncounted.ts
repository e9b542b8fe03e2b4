/**
 * etcd counts the pages that a compaction freed when it has written again, some of them only at the second write, and under NOSPACE
 * nothing writes: a member counts the pages of the compaction's first batches at most, and goes on saying that its file is full of live
 * data until it is defragmented (seen on 3.4.23, for as long as it was watched: 13.8 MiB of 16 stayed in use, and 1.2 MiB were).
 */
import {alarmsOf} from './alarm.ts';
import {quotaOf, usedRatio} from './db-size.ts';
import {disarmRatio, maximumLagEntries} from './defrag-policy.ts';
import {answered, type MemberObservation, type Observation} from './observation.ts';
import {listText} from './text.ts';
import {answeringVoters, committedIndex} from './voters.ts';

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

/**
 * What it holds, as far as that can be told: voters hold the same data, so that a member that can't count holds what the smallest of
 * those says that have applied what it has, one that was defragmented already for instance.
 */
export function heldBytes(seen: MemberObservation, observation: Observation): number {
	const own = answered(seen.status)?.dbSizeInUseBytes ?? 0;
	if (!mayHideFreedPages(seen, observation)) {
		return own;
	}
	const committed = committedIndex(observation);
	const others = answeringVoters(observation).flatMap(({status: {value}}) =>
		committed - value.raftAppliedIndex > maximumLagEntries ? [] : [value.dbSizeInUseBytes],
	);
	return Math.min(own, ...others);
}

/** Whether a member's size in use, after a compaction under NOSPACE, is small enough to be believed. */
export function isCounted(inUseBytes: number, quotaBytes: number | undefined): boolean {
	return quotaBytes === undefined || inUseBytes < disarmRatio * quotaBytes;
}

/** After a compaction, for those that can't tell yet what it freed. */
export function uncountedText(names: readonly string[]): string {
	return `Under NOSPACE ${listText(names)} can't count all the freed pages before the next writes: defragmenting gives them back all the same.`;
}
