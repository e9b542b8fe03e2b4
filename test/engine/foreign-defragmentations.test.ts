import {describe, expect, it} from 'vitest';
import type {MemberMetrics} from '../../source/domain/observation.ts';
import {MiB, threeVoters} from '../domain/observations.ts';
import {doneTurn, sampleRun} from '../helpers/sample-run.ts';
import {healthyStory, wallOffsetMs, withMember} from './story.ts';

describe('a defragmentation by another tool', () => {
	const inflight: Partial<MemberMetrics> = {defragInflight: 1, defragCount: 2, defragSecondsSum: 10};
	const before = withMember(1, {metrics: {defragCount: 2, defragSecondsSum: 10}});
	const during = withMember(1, {status: 'pending', metrics: inflight});
	const after = withMember(1, {status: {dbSizeBytes: 40 * MiB}, metrics: {defragCount: 3, defragSecondsSum: 43}});

	it('is shown while it lasts, and told with sizes and time when it is over', () => {
		const story = healthyStory(before);
		story.observe(during);
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 defragmenting, etcd-2 healthy');
		expect(story.state().health.kind).toBe('healthy');
		story.pass(30_000);
		story.observe(during);
		story.pass(2000);
		const endedAt = story.now();
		story.poll(after, 3);
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 healthy, etcd-2 healthy');
		expect(story.news()).toEqual([
			'defragmenting etcd-1: defragmenting, not started here: in flight 1, Status silent',
			'good etcd-1: defragmented by another tool (count 2 → 3): 100 MiB → 40.0 MiB in 0:33 [D]',
		]);
		expect(story.state().members[1]?.lastDefragmentation).toEqual({
			endedWallMs: endedAt + wallOffsetMs,
			durationMs: 33_000,
			before: 100 * MiB,
			after: 40 * MiB,
			by: 'another tool',
		});
	});

	it('between two polls is told by its count', () => {
		const story = healthyStory(before);
		story.poll(after, 2);
		expect(story.news()).toEqual(['good etcd-1: defragmented by another tool (count 2 → 3): 100 MiB → 40.0 MiB in 0:33 [D]']);
	});

	it('without metrics is told by the file that shrank', () => {
		const story = healthyStory(before);
		const blind = threeVoters.map((one) => ({...one, metrics: 'unreachable' as const}));
		story.poll(blind, 2);
		story.poll(withMember(2, {status: {dbSizeBytes: 99.5 * MiB}}, blind), 2);
		expect(story.news()).toEqual([]);
		story.poll(withMember(2, {status: {dbSizeBytes: 50 * MiB}}, blind), 2);
		expect(story.news()).toEqual(['good etcd-2: defragmented by another tool: 99.5 MiB → 50.0 MiB [D]']);
	});

	it('is none when the process is another one: the counts began again', () => {
		const story = healthyStory(before);
		story.poll(during);
		story.poll(withMember(1, {metrics: {defragCount: 0, processStartSeconds: 4000}}), 2);
		expect(story.news().filter((line) => line.includes('another tool'))).toEqual([]);
	});

	it('is not made of a start that is printed a fraction of a second off', () => {
		const story = healthyStory(before);
		story.poll(withMember(1, {metrics: {processStartSeconds: 1000.9}}), 2);
		expect(story.news()).toEqual([]);
	});

	it('that another instance wrote down is its, once', () => {
		const story = healthyStory(before);
		story.poll(after, 2);
		const byAna = {
			endedWallMs: story.now() + wallOffsetMs,
			before: 100 * MiB,
			after: 40 * MiB,
			durationMs: 33_000,
			by: 'ana@bastion-1',
		};
		story.tell({type: 'defragmentationsRead', byMember: {a1: [byAna]}});
		expect(story.state().members[1]?.defragmentations).toEqual([byAna]);
	});

	it('is none when a run here did it: that one tells of its turn itself', () => {
		const story = healthyStory(before);
		const turn = {
			memberId: 'a1',
			name: 'etcd-1',
			role: 'follower' as const,
			estimateMs: 34_000,
			before: {dbSizeBytes: 100 * MiB, inUseBytes: 40 * MiB},
			termBefore: 7,
		};
		const since = story.now();
		const run = sampleRun({kind: 'defragmenting', since, ...turn, longestSilenceMs: 0}, {turns: []});
		story.tell({type: 'runChanged', run});
		story.observe(during);
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 defragmenting, etcd-2 healthy');
		story.pass(33_000);
		const done = {
			...doneTurn,
			...turn,
			after: {dbSizeBytes: 40 * MiB, inUseBytes: 40 * MiB},
			endedAt: story.now(),
		};
		story.tell({type: 'runChanged', run: {...run, turns: [done], phase: {kind: 'finished', at: story.now()}}});
		story.poll(after, 3);
		expect(story.news()).toEqual([
			'defragmenting etcd-1: defragmenting, started here by ana@bastion-1',
			'good etcd-1: defragmented: 100 MiB → 40.0 MiB in 0:33 [D]',
			'good cluster: run finished, 1 defragmented',
		]);
		story.poll(withMember(1, {status: {dbSizeBytes: 30 * MiB}, metrics: {defragCount: 4, defragSecondsSum: 44}}), 2);
		expect(story.news()).toEqual(['good etcd-1: defragmented by another tool (count 3 → 4): 40.0 MiB → 30.0 MiB in 0:01 [D]']);
	});
});
