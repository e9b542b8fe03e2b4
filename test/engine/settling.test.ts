/** A member whose defragmentation has just ended, as it is shown before it is asked again. */
import {describe, expect, it} from 'vitest';
import type {RunPhase} from '../../source/domain/defrag-run.ts';
import {sampleRun, sizesBefore} from '../helpers/sample-run.ts';
import {healthyStory, type Story, withMember} from './story.ts';

const memberId = 'a1';

function enter(story: Story, kind: 'defragmenting' | 'settling', since: number): void {
	const turn = {
		since,
		memberId,
		name: 'etcd-1',
		role: 'follower' as const,
		estimateMs: 2000,
		before: sizesBefore,
		termBefore: 7,
		longestSilenceMs: 0,
	};
	const phase: RunPhase =
		kind === 'defragmenting'
			? {kind, ...turn}
			: {kind, ...turn, settlingSince: story.now(), durationMs: story.now() - since, checks: []};
	story.tell({type: 'runChanged', run: sampleRun(phase, {turns: []})});
}

/** In its turn, Status silent since the beginning of it, its metrics telling one in flight. */
function inTurn(): {readonly story: Story; readonly since: number} {
	const story = healthyStory();
	const since = story.now();
	enter(story, 'defragmenting', since);
	story.observe(withMember(1, {status: 'pending', metrics: {defragInflight: 1}}));
	story.pass(2000);
	story.tick();
	expect(story.states()).toBe('etcd-0 healthy, etcd-1 defragmenting, etcd-2 healthy');
	return {story, since};
}

describe('a member that settles', () => {
	it('is not defragmenting any more, whatever the last page of metrics said', () => {
		const {story, since} = inTurn();
		enter(story, 'settling', since);
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 healthy, etcd-2 healthy');
		story.pass(1000);
		story.tick();
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 healthy, etcd-2 healthy');
	});

	it('is silent from the end of the call on, not from its beginning', () => {
		const {story, since} = inTurn();
		const endedAt = story.now();
		enter(story, 'settling', since);
		story.pass(3000);
		story.tick();
		expect(story.state().members[1]?.condition).toMatchObject({state: 'stalled', since: endedAt});
	});

	it('is asked again before a question that failed during the call says anything', () => {
		const {story, since} = inTurn();
		story.observe(withMember(1, {status: 'timed-out', metrics: {defragInflight: 1}}));
		story.pass(100);
		enter(story, 'settling', since);
		story.pass(3000);
		story.tick();
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 healthy, etcd-2 healthy');
		story.observe(withMember(1, {status: 'timed-out'}));
		story.pass(2000);
		story.tick();
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 stalled, etcd-2 healthy');
	});

	it("is another tool's when a page fetched since says that one is in flight", () => {
		const {story, since} = inTurn();
		enter(story, 'settling', since);
		story.pass(2000);
		story.observe(withMember(1, {metrics: {defragInflight: 1}}));
		expect(story.state().members[1]?.condition).toMatchObject({state: 'defragmenting', defragmenting: {ours: false}});
	});

	it('stays so in the cooldown after it', () => {
		const {story, since} = inTurn();
		enter(story, 'settling', since);
		story.pass(500);
		const done = {
			memberId,
			name: 'etcd-1',
			role: 'follower',
			outcome: 'done',
			before: sizesBefore,
			endedAt: story.now(),
		} as const;
		const cooling: RunPhase = {kind: 'cooling down', since: story.now(), until: story.now() + 60_000, why: ''};
		story.tell({type: 'runChanged', run: sampleRun(cooling, {turns: [done]})});
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 healthy, etcd-2 healthy');
		expect(story.news()).toEqual([
			'defragmenting etcd-1: defragmenting, started here by ana@bastion-1',
			expect.stringContaining('good etcd-1: defragmented'),
		]);
	});
});
