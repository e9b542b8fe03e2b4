import {describe, expect, it} from 'vitest';
import {threeVoters} from '../domain/observations.ts';
import {everyStatus, healthyStory, tellStory, withMember} from './story.ts';

/** 161 is a1, etcd-1. */
const nospace = {errors: ['memberID:161 alarm:NOSPACE ']};

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
