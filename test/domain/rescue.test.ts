import {expect, test} from 'vitest';
import {emptyPrefixTable} from '../../source/domain/key-prefixes.ts';
import {beginRescue, decideRescue, type Rescue, type RescueEvidence, rescueWatchMs} from '../../source/domain/rescue.ts';
import type {RescueVoter} from '../../source/domain/rescue-voters.ts';

const MiB = 1024 * 1024;
const quotaBytes = 100 * MiB;
const nospace = {memberId: 'a', name: 'etcd-0', alarm: 'NOSPACE'};
const raised = [{memberId: 'a', name: 'etcd-0', since: 1000, sinceStart: false}];

const voter = (dbSize: number, inUse: number): RescueVoter => ({
	memberId: 'a',
	name: 'etcd-0',
	dbSizeBytes: dbSize * MiB,
	dbSizeInUseBytes: inUse * MiB,
	quotaBytes,
	quotaAssumed: false,
});

const full = [voter(100, 95), voter(100, 96)];
const fragmented = [voter(100, 20), voter(99, 20)];
const small = [voter(20, 20), voter(20, 20)];

function evidence(changes: Partial<RescueEvidence> = {}): RescueEvidence {
	return {wallMs: 5000, alarms: [nospace], raised, voters: full, silent: [], isBackingUp: false, isDisarming: false, ...changes};
}

const begun = beginRescue(evidence({voters: [{...full[0]!, growthBytesPerSecond: 5}, full[1]!]}), 'c', 'ana');
const snapshot = {kind: 'taken', at: 1, file: 'x'} as const;
const counted = {revision: 7, inUseBytes: 95 * MiB, uncounted: false};
const uncounted = {...counted, uncounted: true};
const defragmented = {runId: 'r', givenBackBytes: 1};

const scanned = (keys: number) => ({
	phase: 'done' as const,
	table: {
		...emptyPrefixTable,
		keys,
		groups: [{prefix: '/registry/pods', keys, keyBytes: 0, samples: 1, sampledBytes: MiB}],
	},
});

test('what it begins with', () => {
	expect(begun).toMatchObject({round: 1, startedAt: 5000, operator: 'ana', raised, growthBeforeAlarm: 5});
	expect(begun.before).toHaveLength(2);
	expect(beginRescue(evidence(), 'c', 'ana')).not.toHaveProperty('growthBeforeAlarm');
});

test.each<[string, Partial<Rescue>, Partial<RescueEvidence>, object]>([
	['a snapshot comes first', {}, {}, {kind: 'ask', step: 'snapshot'}],
	['nobody answers', {}, {voters: []}, {kind: 'wait', step: 'members'}],
	['CORRUPT stands too', {}, {alarms: [nospace, {...nospace, alarm: 'CORRUPT'}]}, {kind: 'halt'}],
	['full of what may be history', {snapshot}, {}, {kind: 'ask', step: 'compact'}],
	['one is being taken', {}, {isBackingUp: true}, {kind: 'wait', step: 'snapshot'}],
	['little in use', {snapshot}, {voters: fragmented}, {kind: 'ask', step: 'defragment'}],
	['compacting', {snapshot}, {compaction: {kind: 'under way'}}, {kind: 'wait', step: 'compact'}],
	[
		'it failed',
		{snapshot},
		{compaction: {kind: 'failed', reason: 'no leader'}},
		{kind: 'ask', step: 'compact', why: 'no leader'},
	],
	['compacted, and counted: it is full of keys', {snapshot, compacted: counted}, {}, {kind: 'can not help'}],
	[
		'compacted, and not counted: only defragmenting tells',
		{snapshot, compacted: uncounted},
		{},
		{kind: 'ask', step: 'defragment'},
	],
	[
		'not counted, but the keys were',
		{snapshot, compacted: uncounted, scan: scanned(93)},
		{keys: 93},
		{kind: 'can not help', used: 0.95},
	],
	[
		'keys that were deleted since count no more',
		{snapshot, compacted: uncounted, scan: scanned(93)},
		{keys: 50},
		{kind: 'ask', step: 'defragment'},
	],
	[
		'without metrics nobody knows of deletes',
		{snapshot, compacted: uncounted, scan: scanned(93)},
		{},
		{kind: 'ask', step: 'defragment'},
	],
	['a run', {snapshot}, {voters: fragmented, run: {kind: 'under way'}}, {kind: 'wait', step: 'defragment'}],
	[
		'a run that was halted',
		{snapshot},
		{voters: fragmented, run: {kind: 'halted', reason: 'it did not settle'}},
		{kind: 'ask', step: 'defragment', why: 'it did not settle'},
	],
	['defragmented, and full still', {snapshot, compacted: uncounted, defragmented}, {}, {kind: 'can not help'}],
	[
		'defragmented, and tight: the disarming has a word for it',
		{snapshot, compacted: uncounted, defragmented},
		{voters: [voter(95, 95)]},
		{kind: 'ask', step: 'disarm', memberId: 'a'},
	],
	['small, whoever did it', {}, {voters: small}, {kind: 'ask', step: 'disarm', memberId: 'a'}],
	['being disarmed', {}, {voters: small, isDisarming: true}, {kind: 'wait', step: 'disarm'}],
	['watched', {disarmed: {at: 1}}, {alarms: [], calmSince: 900}, {kind: 'watch', until: 900 + rescueWatchMs}],
	['over', {finished: {at: 1}}, {}, {kind: 'finished'}],
])('%s', (_, changes, seen, decision) => {
	expect(decideRescue({...begun, ...changes}, evidence(seen), 1000)).toMatchObject(decision);
});

function noted(changes: Partial<Rescue>, seen: Partial<RescueEvidence>, now = 1000): Rescue {
	const decision = decideRescue({...begun, ...changes}, evidence(seen), now);
	if (decision.kind !== 'note') {
		throw new Error(`not noted: ${decision.kind}`);
	}
	return decision.rescue;
}

test('what the cluster shows is noted once: a compaction, a run, an alarm that is gone', () => {
	const compaction = {kind: 'finished', ...counted} as const;
	const run = {kind: 'finished', id: 'r', givenBackBytes: 1} as const;
	expect(noted({}, {compaction})).toMatchObject({compacted: counted});
	expect(decideRescue({...begun, compacted: counted}, evidence({compaction}), 1000).kind).toBe('ask');
	expect(noted({}, {run})).toMatchObject({defragmented});
	expect(noted({}, {snapshot: {at: 1, file: 'x'}})).toMatchObject({snapshot});
	expect(noted({}, {alarms: []})).toMatchObject({disarmed: {at: 5000}});
});

test('a compaction after a run makes another run worth it', () => {
	const run = {kind: 'finished', id: 'r', givenBackBytes: 1} as const;
	const again = noted(
		{compacted: counted, defragmented, snapshot},
		{run, compaction: {kind: 'finished', ...uncounted, revision: 9}},
	);
	expect(again).not.toHaveProperty('defragmented');
	expect(decideRescue(again, evidence({run}), 1000)).toMatchObject({kind: 'ask', step: 'defragment'});
});

test('raised again: another round, from the compaction on, with the snapshot that there is', () => {
	const done = {snapshot, compacted: counted, defragmented, disarmed: {at: 1}, probe: {kind: 'written', at: 1}} as const;
	const again = noted(done, {raised: [{...raised[0]!, since: 9000}]});
	expect(again).toMatchObject({round: 2, snapshot, raised: [{since: 9000}]});
	expect(again).not.toHaveProperty('compacted');
	expect(again).not.toHaveProperty('probe');
	expect(decideRescue(again, evidence(), 1000)).toMatchObject({kind: 'ask', step: 'compact'});
});

test('ten minutes without the alarm end it; a silent cluster does not', () => {
	const calm = {alarms: [], calmSince: 1000};
	expect(decideRescue({...begun, disarmed: {at: 1}}, evidence(calm), 999 + rescueWatchMs).kind).toBe('watch');
	expect(noted({disarmed: {at: 1}}, calm, 1000 + rescueWatchMs)).toMatchObject({finished: {at: 5000}});
	expect(decideRescue({...begun, disarmed: {at: 1}}, evidence({...calm, voters: []}), 1e9).kind).toBe('wait');
});
