import {describe, expect, it} from 'vitest';
import type {MemberMetrics, MemberStatus} from '../../source/domain/observation.ts';
import {type MemberCase, MiB, threeVoters} from '../domain/observations.ts';
import {type Story, tellStory, wallOffsetMs} from './story.ts';

function withMember(
	index: number,
	changes: Partial<MemberCase>,
	cases: readonly MemberCase[] = threeVoters,
): readonly MemberCase[] {
	return cases.map((one, position) => (position === index ? {...one, ...changes} : one));
}

/** The same Status figures for every member. */
function everyStatus(status: Partial<MemberStatus>): readonly MemberCase[] {
	return threeVoters.map((one) => ({...one, status}));
}

function healthyStory(cases = threeVoters): Story {
	const story = tellStory();
	story.tell({type: 'connected', connection: {kind: 'direct', security: 'mTLS', endpoints: ['https://10.0.0.1:2379']}});
	story.poll(cases, 2);
	story.news();
	return story;
}

const nospace = {errors: ['memberID:161 alarm:NOSPACE ']};

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
			story.observe(threeVoters, (observation) => ({
				...observation,
				members: observation.members.map((seen) =>
					seen.status.kind === 'answered' ? {...seen, status: {...seen.status, latencyMs}} : seen,
				),
			}));
			story.pass(2000);
			shown.add(story.state().members[0]?.latencyMs);
		}
		expect([...shown]).toEqual([1.3]);
		expect(story.state().members[0]?.latencies).toEqual([2.2, 1.5, 1.4, 1.2, 2.1]);
		expect(story.state().members[0]?.maximumLatencyMs).toBe(2.2);
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

describe('alarms', () => {
	it('one that is raised while we watch has its time and its mark, and goes with a word', () => {
		const story = healthyStory();
		const raisedAt = story.now();
		story.poll(everyStatus(nospace), 3);
		expect(story.state().alarms).toEqual([
			{memberId: 'a1', alarm: 'NOSPACE', name: 'etcd-1', since: raisedAt, sinceStart: false},
		]);
		expect(story.state().health.kind).toBe('NOSPACE');
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 NOSPACE, etcd-2 healthy');
		expect(story.news()).toEqual(['alarm etcd-1: NOSPACE raised: 100 MiB, quota 2.00 GiB [A]']);
	});

	it('one that stood when we came is told as such', () => {
		const story = tellStory();
		story.poll(everyStatus(nospace));
		expect(story.state().alarms).toMatchObject([{memberId: 'a1', sinceStart: true}]);
		expect(story.news()).toContain('alarm etcd-1: NOSPACE stands since before the start: 100 MiB, quota 2.00 GiB');
	});

	it('stands until every member that answers has let it go; then writes are accepted again, until the next one', () => {
		const story = tellStory();
		story.poll(everyStatus(nospace));
		story.poll(withMember(0, {status: {}}, everyStatus(nospace)));
		expect(story.state().alarms).toHaveLength(1);
		const goneAt = story.now();
		story.poll(threeVoters, 2);
		expect(story.state()).toMatchObject({alarms: [], writableAgainAt: goneAt});
		expect(story.news()).toContain('good etcd-1: NOSPACE disarmed');
		story.poll(everyStatus(nospace));
		expect(story.state().writableAgainAt).toBeUndefined();
	});

	it('does not go because a member is silent, nor because all are', () => {
		const story = tellStory();
		story.poll(everyStatus(nospace));
		story.news();
		story.poll(
			everyStatus(nospace).map((one) => ({...one, status: 'pending', metrics: 'pending'})),
			2,
		);
		story.poll(threeVoters.map((one) => ({...one, status: 'refused', metrics: 'refused'})));
		expect(story.state().alarms).toHaveLength(1);
		expect(story.news().filter((line) => line.includes('NOSPACE'))).toEqual([]);
	});

	it('with CORRUPT beside it no write is called accepted', () => {
		const story = tellStory();
		story.poll(everyStatus({errors: ['memberID:161 alarm:NOSPACE ', 'memberID:160 alarm:CORRUPT ']}));
		expect(story.state().health.kind).toBe('CORRUPT');
		story.poll(everyStatus({errors: ['memberID:160 alarm:CORRUPT ']}));
		expect(story.state().writableAgainAt).toBeUndefined();
	});
});

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
		expect(story.news()).toEqual(['good cluster: cooldown over; etcd-1 was defragmented']);
	});
});
