import {describe, expect, it} from 'vitest';
import {emptyHistory, type History, record} from '../../source/domain/history.ts';
import {type ColumnsRequest, chartSeries, columnOf, columns, columnTimes, growthPerSecond} from '../../source/domain/series.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Samples `[at, size]`; undefined is a question without an answer. */
function historyOf(samples: readonly (readonly [number, number | undefined])[]): History {
	return samples.reduce(
		(history, [at, dbSizeBytes]) => record(history, at, dbSizeBytes === undefined ? undefined : {dbSizeBytes}),
		emptyHistory,
	);
}

/** A wall clock that is 300 ms off the uptime, so that alignment shows. */
const wallOffsetMs = 1_700_000_000_300;

function request(now: number, changes: Partial<ColumnsRequest> = {}): ColumnsRequest {
	return {windowMs: 5 * minute, columnCount: 30, now, wallOffsetMs, ...changes};
}

describe('columns', () => {
	it('are whole seconds of the wall clock', () => {
		expect(columnTimes(request(hour))).toMatchObject({columnMs: 10 * second});
		expect(columnTimes(request(hour, {columnCount: 90, windowMs: hour})).columnMs).toBe(40 * second);
		expect(columnTimes(request(hour)).firstWallMs % (10 * second)).toBe(0);
	});

	it('hold the peak of their time and carry the last value on', () => {
		const history = historyOf([
			[70_000, 10],
			[72_000, 90],
			[74_000, 20],
			[84_000, 30],
		]);
		const shown = columns(history, 'dbSizeBytes', request(95_000)).slice(-5);
		expect(shown).toEqual([undefined, undefined, 90, 30, 30]);
	});

	it('are empty before the first answer and where there was none', () => {
		const history = historyOf([
			[60_000, 10],
			[70_000, undefined],
			[80_000, undefined],
			[90_000, 10],
			[100_000, 10],
		]);
		expect(columns(history, 'dbSizeBytes', request(101_000)).slice(-6)).toEqual([undefined, 10, undefined, undefined, 10, 10]);
	});

	it('stay as they are until a column is full', () => {
		let history = emptyHistory;
		let last: readonly (number | undefined)[] | undefined;
		let changes = 0;
		for (let at = 10 * minute; at < 12 * minute; at += 2 * second) {
			history = record(history, at, {dbSizeBytes: 5});
			const shown = columns(history, 'dbSizeBytes', request(at));
			changes += JSON.stringify(shown) === JSON.stringify(last) ? 0 : 1;
			last = shown;
		}
		// One at the beginning, then one for each of the twelve columns that two minutes fill.
		expect(changes).toBeLessThanOrEqual(13);
		const steady = columns(history, 'dbSizeBytes', request(12 * minute));
		expect(columns(history, 'dbSizeBytes', request(12 * minute + second))).toEqual(steady);
	});

	it('show the drop of a defragmentation in its column', () => {
		const samples = Array.from({length: 60}, (_, index) => [index * 10 * second, index < 30 ? 558 : 190] as const);
		const shown = columns(historyOf(samples), 'dbSizeBytes', request(590 * second, {windowMs: 10 * minute, columnCount: 60}));
		expect(shown[columnOf(280 * second, request(590 * second, {windowMs: 10 * minute, columnCount: 60}))]).toBe(558);
		expect(shown[columnOf(320 * second, request(590 * second, {windowMs: 10 * minute, columnCount: 60}))]).toBe(190);
	});

	it('end at what is so now, and keep the peak of every column before', () => {
		const samples = [...Array.from({length: 6}, (_, index) => [index * 10 * second, 558] as const), [55 * second, 190] as const];
		const at = (now: number) =>
			columns(historyOf(samples), 'dbSizeBytes', request(now, {windowMs: 10 * minute, columnCount: 10}));
		expect(at(58 * second).at(-1)).toBe(190);
		expect(at(118 * second).slice(0, -1)).toContain(558);
		expect(at(118 * second).at(-1)).toBe(190);
	});

	it('are shifted, not emptied, by a wall clock that steps', () => {
		const history = historyOf(Array.from({length: 150}, (_, index) => [index * 2 * second, 7] as const));
		const stepped = columns(history, 'dbSizeBytes', request(298 * second, {wallOffsetMs: wallOffsetMs - 3_600_000}));
		expect(stepped).toEqual(columns(history, 'dbSizeBytes', request(298 * second)));
	});

	it('can be had of every chart', () => {
		const history = record(emptyHistory, minute, {dbSizeBytes: 1, inUseBytes: 2, quotaBytes: 3});
		expect(chartSeries.map(({field}) => columns(history, field, request(minute)).at(-1))).toEqual([1, 2, 3]);
	});
});

describe('growth', () => {
	const growing = (perMinute: number, from = 0, until = 60) =>
		Array.from({length: until - from}, (_, index) => [(from + index) * minute, 1000 + index * perMinute] as const);

	it.each([
		['a file that grows', growing(60), 1],
		['a file that rests', growing(0), 0],
	])('%s', (_, samples, perSecond) => {
		expect(growthPerSecond(historyOf(samples), 'dbSizeBytes', hour, 59 * minute)).toBeCloseTo(perSecond);
	});

	it('counts from the last defragmentation', () => {
		const samples = [...growing(60, 0, 30).map(([at, size]) => [at, size + 100_000] as const), ...growing(120, 30, 60)];
		expect(growthPerSecond(historyOf(samples), 'dbSizeBytes', hour, 59 * minute)).toBeCloseTo(2);
	});

	it('is unknown while too little was seen', () => {
		expect(growthPerSecond(emptyHistory, 'dbSizeBytes', hour, hour)).toBeUndefined();
		expect(growthPerSecond(historyOf(growing(60, 0, 4)), 'dbSizeBytes', hour, 4 * minute)).toBeUndefined();
	});
});
