/** The one way to all members breaks: that says nothing of etcd, and is told once. */
import {describe, expect, it} from 'vitest';
import type {Failure} from '../../source/domain/failure.ts';
import type {Observation} from '../../source/domain/observation.ts';
import type {State} from '../../source/engine/state.ts';
import {type MemberCase, threeVoters} from '../domain/observations.ts';
import {type Story, tellStory} from './story.ts';

const refused: Failure = {
	kind: 'unreachable',
	message: 'the Kubernetes API at https://api:6443 refuses connections',
	nextStep: 'Check that it runs, and your VPN.',
	beforeEtcd: true,
};
const silent = threeVoters.map((one) => ({...one, status: 'pending', metrics: 'pending'}) as MemberCase);

function watching(kind: NonNullable<State['connection']>['kind'], cases = threeVoters): Story {
	const story = tellStory();
	story.tell({type: 'connected', connection: {kind, security: 'mTLS', endpoints: []}});
	story.poll(cases, 2);
	story.news();
	return story;
}

/** Every question of these members ends with this failure. */
function failing(failure: Failure, members = [0, 1, 2]): (observation: Observation) => Observation {
	return (observation) => {
		const answer = {kind: 'failed', at: observation.at, waitedMs: 0, failure} as const;
		return {
			...observation,
			members: observation.members.map((seen, index) =>
				members.includes(index) ? {...seen, status: answer, metrics: answer} : seen,
			),
		};
	};
}

function pollFailing(story: Story, failure: Failure, members?: number[]): void {
	story.observe(threeVoters, failing(failure, members));
	story.pass(2000);
	story.tick();
}

describe('an API that refuses connections', () => {
	it('is no member that is down, and no quorum that is lost', () => {
		const story = watching('tunnel');
		pollFailing(story, refused);
		pollFailing(story, refused);
		expect(story.states()).toBe('etcd-0 unseen, etcd-1 unseen, etcd-2 unseen');
		expect(story.state().health).toMatchObject({kind: 'no contact', voters: 3});
		expect(story.state().wayLost).toMatchObject({why: refused.message, nextStep: refused.nextStep});
		story.poll(threeVoters, 2);
		expect(story.state().wayLost).toBeUndefined();
		expect(story.news()).toEqual([
			`bad cluster: no member is seen any more: ${refused.message}`,
			'good cluster: seen again, after 0:04',
			...[0, 1, 2].map((index) => `good etcd-${index}: answers again, after 0:04`),
		]);
	});

	it('a kubelet that can not be reached hides its own member alone', () => {
		const story = watching('tunnel');
		pollFailing(story, {...refused, message: 'the tunnel is not opened'}, [1]);
		expect(story.states()).toBe('etcd-0 healthy, etcd-1 unseen, etcd-2 healthy');
		expect(story.state().health.kind).toBe('degraded');
		expect(story.state().members[1]?.condition.explanation).toBe(
			'the tunnel is not opened for {age}; of etcd itself nothing is known',
		);
		expect(story.state().wayLost).toBeUndefined();
	});
});

describe('an API that goes silent under open tunnels', () => {
	it.each([
		['tunnel', 'the Kubernetes API'],
		['exec', 'the Kubernetes API'],
		['ssh', 'SSH'],
	] as const)('by %s: it is rather that than every member at once', (kind, way) => {
		const story = watching(kind);
		story.poll(silent);
		story.tick();
		expect(story.states()).toBe('etcd-0 unseen, etcd-1 unseen, etcd-2 unseen');
		expect(story.state().wayLost?.why).toBe(`no answer through ${way}, from any member`);
		pollFailing(story, {...refused, kind: 'timed-out', message: 'no answer from the Kubernetes API'});
		expect(story.state().wayLost?.why).toBe('no answer from the Kubernetes API');
		expect(story.news()).toEqual([`bad cluster: no member is seen any more: no answer through ${way}, from any member`]);
	});

	it.each<[string, Story, readonly MemberCase[]]>([
		['straight to the members', watching('direct'), silent],
		[
			'while one of them tells its metrics',
			watching('tunnel'),
			silent.map((one, index) => (index === 2 ? {...one, metrics: {}} : one)),
		],
		[
			'while one of them refuses',
			watching('tunnel'),
			silent.map((one, index) => (index === 2 ? {...one, status: 'refused'} : one)),
		],
		['with one member', watching('tunnel', threeVoters.slice(0, 1)), silent.slice(0, 1)],
	])('%s it is the members', (_, story, cases) => {
		story.poll(cases);
		story.tick();
		expect(story.states()).not.toContain('unseen');
		expect(story.states()).toContain('etcd-0 frozen');
	});
});
