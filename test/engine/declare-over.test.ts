/** Who may be declared dead: a member that was refused for a minute, not one that was silent and then refused once. */
import {expect, it} from 'vitest';
import {reasonNotToDeclare} from '../../source/engine/plan-reasons.ts';
import {phases, sampleRun} from '../helpers/sample-run.ts';
import {healthyStory, type Story, withMember} from './story.ts';

function reason(story: Story, typed = 'etcd-1', memberId = 'a1'): string | undefined {
	const run = sampleRun({...phases.unknown, memberId: 'a1', name: 'etcd-1'});
	return reasonNotToDeclare({...story.state(), run}, memberId, typed, story.now());
}

const tooEarly = 'etcd-1: only after connections were refused for 60 s';

it('after a minute of refusals, by its name', () => {
	const story = healthyStory();
	story.poll(withMember(1, {status: 'timed-out', metrics: 'timed-out'}), 300);
	expect(reason(story)).toBe(tooEarly);
	const dead = withMember(1, {status: 'refused', metrics: 'refused'});
	story.poll(dead);
	expect(reason(story), 'one refusal after ten minutes of silence').toBe(tooEarly);
	story.poll(dead, 28);
	expect(reason(story)).toBe(tooEarly);
	story.poll(dead);
	expect(reason(story)).toBeUndefined();
	expect(reason(story, 'etcd-0')).toBe("type the member's name, etcd-1");
	expect(reason(story, 'etcd-0', 'a0')).toBe('its outcome is not unknown');
});

it('not when it was something else in between', () => {
	for (const between of ['timed-out', 'unreachable', {}] as const) {
		const story = healthyStory();
		const dead = withMember(1, {status: 'refused', metrics: 'refused'});
		story.poll(dead, 20);
		story.poll(withMember(1, {status: between}));
		story.poll(dead, 20);
		expect(reason(story), JSON.stringify(between)).toBe(tooEarly);
	}
});
