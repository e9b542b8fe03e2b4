import {describe, expect, it} from 'vitest';
import type {MemberCase} from '../domain/observations.ts';
import {MiB, threeVoters} from '../domain/observations.ts';
import {healthyStory, tellStory, wallOffsetMs, withLatency, withMember} from './story.ts';

describe('the beginning', () => {
	it('tells how many members were found, and nothing else of a healthy cluster', () => {
		const story = tellStory();
		story.tell({type: 'connected', connection: {kind: 'direct', security: 'mTLS', endpoints: ['https://10.0.0.1:2379']}});
		expect(story.state().health.kind).toBe('connecting');
		story.poll(threeVoters, 3);
		expect(story.news()).toEqual(['good cluster: 3 members found through 10.0.0.1:2379']);
		expect(story.state().health).toEqual({
			kind: 'healthy',
			voters: 3,
			answeringVoters: 3,
			leader: {id: 'a0', name: 'etcd-0'},
			raftTerm: 7,
		});
		expect(story.state().members.map(({role}) => role)).toEqual(['leader', 'follower', 'follower']);
	});

	it('waits for the members that have not answered yet, not longer than they may take', () => {
		const story = tellStory();
		story.observe(withMember(2, {status: 'pending', metrics: 'pending'}));
		expect(story.state().health.kind).toBe('connecting');
		story.pass(2000);
		story.tick();
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 healthy, etcd-2 frozen');
		expect(story.state().health.kind).toBe('degraded');
	});

	it('without a member list there is no contact', () => {
		const story = tellStory();
		const failure = {kind: 'refused', message: 'connection refused', nextStep: ''} as const;
		story.tell({type: 'membershipFailed', now: story.now(), failure});
		expect(story.state()).toMatchObject({health: {kind: 'no contact'}, membershipFailure: failure});
		story.poll(threeVoters);
		expect(story.state().membershipFailure).toBeUndefined();
	});
});

describe('an unchanged cluster', () => {
	it('keeps the time of its figures, its members and its events', () => {
		const story = healthyStory();
		const {changedAt, members, health, alerts} = story.state();
		for (let second = 0; second < 60; second++) {
			story.pass(1000);
			story.tick();
		}
		expect(story.state().members).toBe(members);
		story.poll(threeVoters, 30);
		expect(story.state()).toMatchObject({changedAt, health, alerts});
		expect(story.news()).toEqual([]);
	});

	it('shows a latency that rests while it only trembles', () => {
		const story = tellStory();
		const shown = new Set<number | undefined>();
		for (const latencyMs of [1.3, 1.9, 1.1, 2.2, 1.5, 1.4, 1.2, 2.1]) {
			story.observe(threeVoters, withLatency(latencyMs));
			story.pass(2000);
			shown.add(story.state().members[0]?.latencyMs);
		}
		expect([...shown]).toEqual([1.3]);
		expect(story.state().members[0]?.latencies).toEqual([2.2, 1.5, 1.4, 1.2, 2.1]);
		expect(story.state().members[0]?.maximumLatencyMs).toBe(2.2);
	});

	it('shows a latency that moves by less than twice once a minute, and one that doubles at once', () => {
		const story = tellStory();
		const shown = (latencyMs: number, rounds: number) => {
			for (let round = 0; round < rounds; round++) {
				story.observe(threeVoters, withLatency(latencyMs));
				story.pass(2000);
			}
			return story.state().members[0]?.latencyMs;
		};
		expect(shown(10, 5)).toBe(10);
		expect(shown(15, 10)).toBe(10);
		expect(shown(15, 20)).toBe(15);
		expect(shown(31, 5)).toBe(31);
	});

	it('has a new time when a figure changed', () => {
		const story = healthyStory();
		story.observe(withMember(1, {status: {dbSizeBytes: 101 * MiB}}));
		expect(story.state().changedAt).toBe(story.now());
	});

	it('is not moved by a wall clock that steps, only its times of day are', () => {
		const story = healthyStory();
		const {members, changedAt} = story.state();
		story.tell({type: 'ticked', now: story.now(), wallMs: story.now() + wallOffsetMs - 3_600_000});
		expect(story.state()).toMatchObject({changedAt, wallOffsetMs: wallOffsetMs - 3_600_000});
		expect(story.state().members).toBe(members);
		story.tell({type: 'ticked', now: story.now(), wallMs: story.now() + wallOffsetMs - 3_600_000 + 100});
		expect(story.state().wallOffsetMs).toBe(wallOffsetMs - 3_600_000);
		expect(story.news()).toEqual([]);
	});
});

describe('leadership', () => {
	const named = (leaderId: string | undefined, raftTerm: number): readonly MemberCase[] =>
		threeVoters.map((one) => ({
			...one,
			status: {raftTerm, ...(leaderId === undefined ? {leaderId: undefined as never} : {leaderId})},
		}));

	it('a change is told once with its terms, also when the members learn of it one after another', () => {
		const story = healthyStory();
		story.poll([named('a0', 7)[0] ?? {name: ''}, named('a1', 8)[1] ?? {name: ''}, named('a0', 7)[2] ?? {name: ''}]);
		story.poll(named('a1', 8), 3);
		expect(story.news()).toEqual(['warning cluster: leader changed: etcd-0 → etcd-1, term 7 → 8 [L]']);
		expect(story.state().members.map(({role}) => role)).toEqual(['follower', 'leader', 'follower']);
	});

	it('an election in between is told, and who came out of it', () => {
		const story = healthyStory();
		story.poll(named(undefined, 8), 2);
		expect(story.state().health.kind).toBe('no quorum');
		story.poll(named('a2', 9));
		expect(story.news()).toEqual([
			'bad cluster: no leader any more, it was etcd-0',
			'warning cluster: leader changed: etcd-0 → etcd-2, term 7 → 9 [L]',
		]);
	});

	it('the same leader in a new term was elected again', () => {
		const story = healthyStory();
		story.poll(named('a0', 8));
		expect(story.news()).toEqual(['warning cluster: etcd-0 was elected again, term 7 → 8 [L]']);
	});
});

describe('the member list', () => {
	it('tells who joins, is promoted, moves and leaves', () => {
		const story = healthyStory();
		const learner: MemberCase = {name: 'etcd-3', id: 'b3', isLearner: true};
		story.poll([...threeVoters, learner], 2);
		story.poll([...threeVoters, {...learner, isLearner: false}]);
		expect(story.state().health.voters).toBe(4);
		story.observe(threeVoters, (observation) => ({
			...observation,
			members: observation.members.map((seen, index) =>
				index === 0 ? {...seen, member: {...seen.member, endpoint: 'https://10.9.9.9:2379'}} : seen,
			),
		}));
		expect(story.news()).toEqual([
			'note etcd-3: joined the member list as a learner',
			'note etcd-3: promoted from learner to voter',
			'note etcd-0: now reached at https://10.9.9.9:2379',
			'warning etcd-3: removed from the member list',
		]);
	});

	it('puts members in the order of their names, numbers as numbers', () => {
		const story = tellStory();
		story.poll([{name: 'etcd-10'}, {name: 'etcd-2'}, {name: 'etcd-1'}]);
		expect(story.state().members.map(({member}) => member.name)).toEqual(['etcd-1', 'etcd-2', 'etcd-10']);
	});
});

describe('events', () => {
	it('are bounded, the newest kept', () => {
		const story = healthyStory();
		for (let number = 0; number < 600; number++) {
			story.tell({type: 'happened', event: {at: story.now(), kind: 'note', subject: 'cluster', text: String(number)}});
		}
		expect(story.state().events).toHaveLength(500);
		expect(story.state().events[0]?.text).toBe('599');
	});

	it('the end of a cooldown is one', () => {
		const story = healthyStory();
		story.tell({type: 'cooldownChanged', cooldown: {kind: 'cooling', until: story.now() + 1000, why: 'etcd-1 was defragmented'}});
		expect(story.news()).toEqual([]);
		story.tell({type: 'cooldownChanged', cooldown: {kind: 'over'}});
		expect(story.news()).toEqual(['good cluster: cooldown over; it stood because etcd-1 was defragmented']);
	});
});
