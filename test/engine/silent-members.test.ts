import {describe, expect, it} from 'vitest';
import {MiB, threeVoters} from '../domain/observations.ts';
import {healthyStory, type Story, tellStory, withLatency, withMember} from './story.ts';

describe('members that do not answer', () => {
	it('a question that is open for less than it may take changes nothing', () => {
		const story = healthyStory();
		story.observe(withMember(1, {status: 'pending', metrics: 'pending'}));
		story.pass(1000);
		story.tick();
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 healthy, etcd-2 healthy');
		story.poll(threeVoters);
		expect(story.news()).toEqual([]);
	});

	it('a killed one is down at once, and back when it answers, restarted', () => {
		const story = healthyStory();
		story.poll(withMember(1, {status: 'refused', metrics: 'refused'}), 5);
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 down, etcd-2 healthy');
		expect(story.state().health).toMatchObject({kind: 'degraded', voters: 3, answeringVoters: 2});
		expect(story.state().members[1]?.condition.explanation).toBe(
			'its endpoint connection refused for {age}; is etcd running there? 2 of 3 voters left, none to spare',
		);
		expect(story.state().members[1]?.status?.value.dbSizeBytes).toBe(100 * MiB);
		story.poll(withMember(1, {metrics: {processStartSeconds: 4990}}), 2);
		expect(story.news()).toEqual([
			'bad etcd-1: down: its endpoint connection refused; is etcd running there? 2 of 3 voters left, none to spare',
			'warning etcd-1: restarted: it is another process now',
			'good etcd-1: answers again, after 0:10',
		]);
	});

	it('a frozen one is told once, while its questions end and are asked again', () => {
		const story = healthyStory();
		const open = withMember(1, {status: 'pending', metrics: 'pending'});
		const ended = withMember(1, {status: 'timed-out', metrics: 'timed-out'});
		story.poll(open);
		story.tick();
		for (let question = 0; question < 3; question++) {
			story.poll(ended, 2);
			story.poll(open, 2);
		}
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 frozen, etcd-2 healthy');
		story.poll(threeVoters);
		expect(story.news()).toEqual([
			'bad etcd-1: frozen: port open, neither Status nor metrics answer: a stopped process, or a host that hangs',
			'good etcd-1: answers again, after 0:26',
		]);
	});

	it('two of three down are no quorum; all of them are no contact, which is no change of leader', () => {
		const story = healthyStory();
		const down = {status: 'refused', metrics: 'refused'} as const;
		story.poll(withMember(1, down, withMember(2, down)));
		expect(story.state().health.kind).toBe('no quorum');
		story.poll(threeVoters.map((one) => ({...one, ...down})));
		expect(story.state().health.kind).toBe('no contact');
		expect(story.news().filter((line) => line.includes('lead'))).toEqual([]);
		story.poll(threeVoters);
		expect(story.news().filter((line) => line.includes('lead'))).toEqual([]);
		expect(story.state().health.kind).toBe('healthy');
	});
});

describe('members that answer late', () => {
	function poll(story: Story, ...latencies: readonly number[]): void {
		for (const latencyMs of latencies) {
			story.observe(threeVoters.slice(0, 1), withLatency(latencyMs));
			story.pass(2000);
		}
	}

	it('are slow by the median of five, and in time again by it', () => {
		const story = tellStory();
		poll(story, 1.2, 1.2, 1.2, 1.2, 1.2, 900, 900);
		expect(story.states()).toBe('etcd-0 healthy');
		story.news();
		poll(story, 612, 650, 640);
		expect(story.states()).toBe('etcd-0 slow');
		expect(story.state().alerts.map(({text}) => text)).toEqual(['Status takes 612 ms (limit 500 ms)']);
		poll(story, 1.9, 1.9, 1.9);
		expect(story.news()).toEqual(['warning etcd-0: slow: 612 ms (limit 500 ms)', 'good etcd-0: answers in time again: 1.9 ms']);
		expect(story.state().alerts).toEqual([]);
	});

	it('are not slow for a first answer, which has its connection to make', () => {
		const story = tellStory();
		poll(story, 900);
		expect(story.states()).toBe('etcd-0 healthy');
		expect(story.state().alerts).toEqual([]);
	});
});
