/** How fast files grew is known only from before NOSPACE: under it nothing grows. */
import {describe, expect, it} from 'vitest';
import {MiB} from '../domain/observations.ts';
import {everyStatus, healthyStory, type Story, tellStory} from './story.ts';

const nospace = {errors: ['memberID:160 alarm:NOSPACE']};

function grow(story: Story, rounds: number): number {
	let bytes = 100 * MiB;
	for (let round = 0; round < rounds; round++) {
		bytes += MiB;
		story.poll(everyStatus({dbSizeBytes: bytes}));
	}
	return bytes;
}

const growths = (story: Story) => story.state().members.map(({growthBeforeAlarm}) => growthBeforeAlarm);

describe('the growth before NOSPACE', () => {
	it('is kept for as long as the alarm stands, and gone with it', () => {
		const story = healthyStory();
		const dbSizeBytes = grow(story, 120);
		expect(growths(story)).toEqual([undefined, undefined, undefined]);
		const full = everyStatus({dbSizeBytes, ...nospace});
		story.poll(full);
		for (const growth of growths(story)) {
			expect((growth ?? 0) / (MiB / 2)).toBeCloseTo(1, 1);
		}
		const atFirst = growths(story);
		story.poll(full, 600);
		expect(growths(story)).toEqual(atFirst);
		story.poll(everyStatus({dbSizeBytes}));
		expect(growths(story)).toEqual([undefined, undefined, undefined]);
	});

	it('is not known of an alarm that stood before we came', () => {
		const story = tellStory();
		story.poll(everyStatus(nospace), 120);
		expect(growths(story)).toEqual([undefined, undefined, undefined]);
	});
});
