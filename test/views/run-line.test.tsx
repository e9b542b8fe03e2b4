import {expect, test} from 'vitest';
import type {Run, RunPhase} from '../../source/domain/defrag-run.ts';
import {GiB, now, prodState} from '../helpers/sample-state.ts';
import {type PictureOptions, picture} from './picture.tsx';

const second = 1000;
const before = {dbSizeBytes: 4.79 * GiB, inUseBytes: 1.93 * GiB};
const etcd0 = '264c7c58ecbdabee';
const etcd1 = '251cd44483d811c3';
const etcd2 = '9ac311f93915cc79';
const turn = {
	memberId: etcd0,
	name: 'etcd-0',
	role: 'follower' as const,
	estimateMs: 34 * second,
	before,
	termBefore: 7,
	longestSilenceMs: 20 * second,
};
const leaderWaits = {memberId: etcd2, name: 'etcd-2', role: 'leader' as const, why: 'leader, last', estimateMs: 34 * second};

function runIn(phase: RunPhase, extra: Partial<Run> = {}): Run {
	return {
		id: 'r1',
		scope: {kind: 'all'},
		clusterId: 'cdf818194e3a8c32',
		operator: 'ana@bastion-1',
		startedAt: now - 60 * second,
		confirmed: [etcd0, etcd2],
		voters: [etcd0, etcd1, etcd2],
		moveLeader: true,
		interactive: true,
		acknowledged: [],
		estimateMs: 134 * second,
		turns: [],
		waiting: [leaderWaits],
		phase,
		moves: [],
		...extra,
	};
}

const done = {
	memberId: etcd0,
	name: 'etcd-0',
	role: 'follower' as const,
	outcome: 'done' as const,
	before,
	endedAt: now - second,
};

const phases: readonly Run[] = [
	runIn({
		kind: 'checking',
		since: now,
		next: etcd0,
		gates: [{id: 'flight', title: 'nothing in flight', state: 'pending', detail: ''}],
	}),
	runIn({kind: 'defragmenting', since: now - 21 * second, ...turn}),
	runIn({kind: 'defragmenting', since: now - 41 * second, ...turn}, {cancel: {at: now, by: 'ana'}}),
	runIn({kind: 'unknown', since: now - 604 * second, ...turn, reason: 'no answer within 10:00'}),
	runIn({
		kind: 'settling',
		since: now - 36 * second,
		settlingSince: now - 2 * second,
		durationMs: 33 * second,
		checks: [],
		...turn,
	}),
	runIn({kind: 'cooling down', since: now - 19 * second, until: now + 41 * second, why: 'etcd-0', next: etcd2}, {turns: [done]}),
	runIn({kind: 'moving leader', since: now, from: etcd2, to: etcd1}, {turns: [done]}),
	runIn({kind: 'asking', since: now, from: etcd2, to: etcd1, reason: 'no leader within 15 s'}, {turns: [done]}),
	runIn({kind: 'halted', at: now, reason: 'etcd-0 did not settle within 5:00', detail: '', nextStep: ''}),
	runIn({kind: 'cancelled', at: now, by: 'ana'}, {turns: [done]}),
	runIn({kind: 'finished', at: now}, {turns: [done], waiting: []}),
];

function lines(unicode: boolean): string {
	return `\n${phases
		.map((run) =>
			picture(prodState({run}), 120, 24, {unicode})
				.split('\n')
				.find((line) => line.startsWith(' run ')),
		)
		.join('\n')}\n`;
}

test('every phase of a run in one line', () => {
	expect(lines(true)).toMatchInlineSnapshot(`
		"
		 run  ◌ asking the gates before etcd-0   member 1 of 2   nothing in flight
		 run  ◆ etcd-0 defragmenting 0:21 of ~0:34   member 1 of 2   then cooldown 1:00, etcd-2 (leader)
		 run  ◆ etcd-0 defragmenting 0:41 of ~0:34   member 1 of 2   stops after this member
		 run  ? etcd-0 unknown, 10:04 without an answer   not sent again, nothing else starts   member 1 of 2
		 run  ◌ etcd-0 settling 0:02 of at most 5:00   member 1 of 2   then cooldown 1:00, etcd-2 (leader)
		 run  ◌ cooldown 0:41 left   then etcd-2 (leader)   member 2 of 2
		 run  ◌ moving leadership to etcd-1   member 2 of 2
		 run  ▲ leadership did not move: choose   4 opens the run   member 2 of 2
		 run  ■ halted 14:32:08: etcd-0 did not settle within 5:00   4 opens the run
		 run  – cancelled 14:32:08 by ana   4 shows the summary
		 run  ✓ finished 14:32:08   4 shows the summary
		"
	`);
	expect(lines(false)).toMatch(/^[\x20-\x7e\n]*$/);
});

test.each(['overview', 'charts', 'events', 'member'] as const)('it stands on %s, at the smallest size too', (view) => {
	const run = phases[1]!;
	expect(picture(prodState({run}), 60, 15, {screen: {view}})).toContain(' run  ◆ etcd-0 defragmenting 0:21 of ~0:34');
});

test.each([8, 9, 10])('on the view of the run it names no way to it', (index) => {
	const line = (options: PictureOptions, columns = 120) =>
		picture(prodState({run: phases[index]!}), columns, 24, options)
			.split('\n')
			.find((drawn) => drawn.startsWith(' run '));
	expect(line({screen: {view: 'run'}})).not.toMatch(/4 (shows|opens)/);
	expect(line({screen: {view: 'events'}})).toMatch(/4 (shows|opens)/);
});
