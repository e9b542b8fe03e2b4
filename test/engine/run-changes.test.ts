import {describe, expect, it} from 'vitest';
import type {RunPhase} from '../../source/domain/defrag-run.ts';
import {runChanges} from '../../source/engine/run-changes.ts';
import {doneTurn, etcd0, leaderTurn, sampleRun, sizesBefore} from '../helpers/sample-run.ts';
import {now} from '../helpers/sample-state.ts';

const checking: RunPhase = {kind: 'checking', since: now, gates: []};
const turn = {
	since: now,
	memberId: etcd0,
	name: 'etcd-0',
	role: 'follower' as const,
	estimateMs: 34_000,
	before: sizesBefore,
	termBefore: 7,
	longestSilenceMs: 0,
};

function said(before: RunPhase | undefined, after: RunPhase, turns = sampleRun(after).turns): string[] {
	return runChanges(before && sampleRun(before), sampleRun(after, {turns})).map(
		({kind, subject, text, mark}) => `${kind} ${subject}: ${text}${mark === undefined ? '' : ` [${mark}]`}`,
	);
}

describe('the events of a run', () => {
	it.each<[string, RunPhase | undefined, RunPhase, readonly string[]]>([
		['no news while it looks around', undefined, checking, []],
		[
			'a member begins',
			checking,
			{kind: 'defragmenting', ...turn},
			['defragmenting etcd-0: defragmenting, started here by ana@bastion-1'],
		],
		[
			'an outcome is unknown',
			{kind: 'defragmenting', ...turn},
			{kind: 'unknown', ...turn, reason: 'no answer within 10:00'},
			['warning etcd-0: outcome unknown: no answer within 10:00'],
		],
		['a phase that goes on', {kind: 'defragmenting', ...turn}, {kind: 'defragmenting', ...turn, longestSilenceMs: 9}, []],
		[
			'it halts',
			checking,
			{kind: 'halted', at: now, reason: 'lost quorum', detail: '', nextStep: ''},
			['bad cluster: run halted: lost quorum'],
		],
		[
			'it is cancelled',
			checking,
			{kind: 'cancelled', at: now, by: 'ana@bastion-1'},
			['note cluster: run cancelled by ana@bastion-1'],
		],
	])('%s', (_, before, after, expected) => {
		expect(said(before, after)).toEqual(expected);
	});

	it('a turn that is over is told with its mark, a skipped one is not', () => {
		const finished: RunPhase = {kind: 'finished', at: now};
		expect(said(checking, finished, [...sampleRun(checking).turns, doneTurn, leaderTurn])).toEqual([
			'good etcd-0: defragmented: 4.79 GiB → 1.95 GiB in 0:33 [D]',
			'good etcd-2: defragmented: 5.62 GiB → 1.94 GiB in 0:35 [D]',
			'good cluster: run finished, 2 defragmented',
		]);
	});

	it('a turn that failed says why', () => {
		const failed = {...doneTurn, outcome: 'failed' as const, why: 'permission denied'};
		expect(said(checking, checking, [...sampleRun(checking).turns, failed])).toEqual([
			'bad etcd-0: defragmentation failed: permission denied',
		]);
	});
});
