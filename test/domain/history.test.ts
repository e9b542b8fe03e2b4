import {describe, expect, it} from 'vitest';
import {emptyHistory, type History, historyBytes, points, record} from '../../source/domain/history.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const MiB = 1024 * 1024;

/** One sample every `everyMs` from 0 to `until`. */
function recorded(
	until: number,
	everyMs: number,
	sizeAt: (at: number) => number | undefined,
	start: History = emptyHistory,
): History {
	let history = start;
	for (let at = 0; at <= until; at += everyMs) {
		const dbSizeBytes = sizeAt(at);
		history = record(history, at, dbSizeBytes === undefined ? undefined : {dbSizeBytes, latencyMs: 1});
	}
	return history;
}

function maximaOf(history: History, from: number, spanMs: number): number {
	return Math.max(...[...points(history, 'dbSizeBytes', from, spanMs)].map(({maximum}) => maximum ?? 0));
}

describe('history', () => {
	it('keeps minimum, maximum and last of what falls into one bucket', () => {
		let history = emptyHistory;
		for (const [at, dbSizeBytes] of [
			[0, 50],
			[400, 90],
			[800, 20],
			[1600, 40],
		] as const) {
			history = record(history, at, {dbSizeBytes});
		}
		expect([...points(history, 'dbSizeBytes', 0, minute)]).toEqual([{at: 0, gap: false, minimum: 20, maximum: 90, last: 40}]);
		expect([...points(history, 'latencyMs', 0, minute)]).toEqual([{at: 0, gap: false}]);
	});

	it('tells a gap from a time in which nobody asked', () => {
		let history = record(emptyHistory, 0, {dbSizeBytes: 1});
		history = record(history, 4000, undefined);
		history = record(history, 10_000, {dbSizeBytes: 2});
		expect([...points(history, 'dbSizeBytes', 0, minute)].map(({at, gap, last}) => [at, gap, last])).toEqual([
			[0, false, 1],
			[4000, true, undefined],
			[10_000, false, 2],
		]);
	});

	it.each([
		['15 minutes', 15 * minute, 2 * second],
		['an hour', hour, 10 * second],
		['six hours', 6 * hour, minute],
		['a day', 24 * hour, minute],
	])('gives the finest buckets that reach back over %s', (_, spanMs, bucketMs) => {
		const history = recorded(24 * hour, 10 * second, () => 1);
		const times = [...points(history, 'dbSizeBytes', 24 * hour - spanMs, spanMs)].map(({at}) => at);
		expect(times[0]).toBe(24 * hour - spanMs);
		expect(times.at(-1)).toBe(24 * hour);
		expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(Math.max(bucketMs, 10 * second));
	});

	it('loses no peak that lasted one sample, in any window, to the end of the day', () => {
		const peakAt = 7 * minute + 4 * second;
		const history = recorded(24 * hour - minute, 2 * second, (at) => (at === peakAt ? 900 : 100));
		expect(maximaOf(history, 0, 24 * hour)).toBe(900);
		const young = recorded(14 * minute, 2 * second, (at) => (at === peakAt ? 900 : 100));
		for (const spanMs of [15 * minute, hour, 6 * hour, 24 * hour]) {
			expect(maximaOf(young, 0, spanMs)).toBe(900);
		}
	});

	it('forgets what is older than a day', () => {
		const history = recorded(30 * hour, 10 * second, (at) => (at < hour ? 900 : 100));
		expect(maximaOf(history, 6 * hour, 24 * hour)).toBe(100);
		const oldest = [...points(history, 'dbSizeBytes', 0, 24 * hour)][0]?.at ?? 0;
		expect(30 * hour - oldest).toBeLessThanOrEqual(26 * hour);
	});

	it('holds a day of seven members in 10 MB, also at the shortest interval', () => {
		const history = recorded(25 * hour, second, (at) => 100 * MiB + at);
		expect(historyBytes(history) * 7).toBeLessThan(10 * 1000 * 1000);
	});

	it('shares what is sealed: a sample copies no more than the open tails', () => {
		const before = recorded(2 * hour, 2 * second, () => 1);
		const after = record(before, 2 * hour + 2 * second, {dbSizeBytes: 2});
		for (const [position, tier] of after.tiers.entries()) {
			const was = before.tiers[position];
			expect(tier.sealed.length - (was?.sealed.length ?? 0)).toBeLessThanOrEqual(1);
			expect(tier.sealed.slice(0, was?.sealed.length).every((chunk, index) => chunk === was?.sealed[index])).toBe(true);
		}
	});

	it('is not changed by what is recorded after it', () => {
		const before = recorded(3 * minute, 2 * second, () => 100);
		const seen = [...points(before, 'dbSizeBytes', 0, hour)];
		let after = record(before, 3 * minute + 1, {dbSizeBytes: 900});
		after = record(after, 3 * minute + 2, undefined);
		expect([...points(before, 'dbSizeBytes', 0, hour)]).toEqual(seen);
		expect(maximaOf(after, 0, hour)).toBe(900);
	});

	it('takes a late answer of an earlier bucket into the newest one', () => {
		let history = record(emptyHistory, 10_000, {dbSizeBytes: 1});
		history = record(history, 4000, undefined);
		expect([...points(history, 'dbSizeBytes', 0, minute)]).toEqual([{at: 10_000, gap: true, minimum: 1, maximum: 1, last: 1}]);
	});
});
