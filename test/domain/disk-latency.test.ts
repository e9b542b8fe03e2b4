import {describe, expect, it} from 'vitest';
import {type DiskSample, diskLatency, keepDiskSample} from '../../source/domain/disk-latency.ts';
import {countedSince, quantile} from '../../source/domain/histogram.ts';
import type {Histogram, MemberMetrics} from '../../source/domain/observation.ts';

const minute = 60_000;

/** Counts of writes up to 1 ms, 10 ms, 100 ms, 1 s, and slower. */
function histogram(...counts: readonly number[]): Histogram {
	let sum = 0;
	const cumulative = counts.map((count) => {
		sum += count;
		return sum;
	});
	return {upperBounds: [0.001, 0.01, 0.1, 1], cumulativeCounts: cumulative.slice(0, 4), count: cumulative.at(-1) ?? 0, sum: 1};
}

describe('a quantile', () => {
	it.each([
		['of nothing', histogram(0, 0, 0, 0, 0), undefined],
		['in the first bucket', histogram(100, 0, 0, 0, 0), 0.00099],
		['within a bucket', histogram(0, 0, 100, 0, 0), 0.01 + 0.09 * 0.99],
		['above the last bound', histogram(0, 0, 0, 0, 100), 1],
	])('%s', (_, counted, expected) => {
		const found = quantile(counted, 0.99);
		expected === undefined ? expect(found).toBeUndefined() : expect(found).toBeCloseTo(expected, 6);
	});
});

describe('what was counted since', () => {
	it('is the difference', () => {
		expect(countedSince(histogram(10, 5, 0, 1, 0), histogram(4, 5, 0, 0, 0))).toMatchObject({
			cumulativeCounts: [6, 6, 6, 7],
			count: 7,
		});
	});

	it('is everything when the process is another one', () => {
		const now = histogram(3, 0, 0, 0, 0);
		expect(countedSince(now, histogram(400, 0, 0, 0, 0))).toBe(now);
		expect(countedSince(now, undefined)).toBe(now);
	});
});

describe('the disk of the last minutes', () => {
	const metrics = (walFsync: Histogram): MemberMetrics => ({sampleCount: 1, walFsync});

	/** One page a minute. */
	function watched(pages: readonly Histogram[]): readonly DiskSample[] {
		return pages.reduce<readonly DiskSample[]>(
			(samples, page, index) => keepDiskSample(samples, index * minute, metrics(page)),
			[],
		);
	}

	it('is slow now, however good the years before were', () => {
		const samples = watched([histogram(1_000_000, 0, 0, 0, 0)]);
		expect(diskLatency(samples, metrics(histogram(1_000_000, 0, 0, 200, 0))).walFsyncP99Ms).toBeGreaterThan(900);
	});

	it('is fit again minutes after its trouble', () => {
		const fit = (minutes: number) => histogram(minutes * 1000, 0, 0, 500, 0);
		const samples = watched([histogram(0, 0, 0, 0, 0), ...[1, 2, 3, 4, 5, 6].map(fit)]);
		expect(diskLatency(samples, metrics(fit(7))).walFsyncP99Ms).toBeLessThanOrEqual(1);
	});

	it('is unknown with few writes, at the first look, and without figures', () => {
		const first = histogram(1000, 0, 0, 0, 0);
		expect(diskLatency([], metrics(first))).toEqual({});
		expect(diskLatency(watched([first]), metrics(histogram(1010, 0, 0, 5, 0)))).toEqual({});
		expect(diskLatency(watched([first]), {sampleCount: 1})).toEqual({});
	});

	it('keeps few samples, a minute apart', () => {
		let samples: readonly DiskSample[] = [];
		for (let at = 0; at < 60 * minute; at += 2000) {
			samples = keepDiskSample(samples, at, metrics(histogram(at, 0, 0, 0, 0)));
		}
		expect(samples.map(({at}) => at / minute)).toEqual([54, 55, 56, 57, 58, 59]);
	});
});
