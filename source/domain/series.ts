/** From a member's history to the columns of a chart. */
import {type History, type HistoryField, points} from './history.ts';

export type ChartWindow = '5m' | '15m' | '1h' | '6h' | '24h';

export const chartWindows: readonly {readonly id: ChartWindow; readonly title: string; readonly ms: number}[] = [
	{id: '5m', title: '5 m', ms: 5 * 60_000},
	{id: '15m', title: '15 m', ms: 15 * 60_000},
	{id: '1h', title: '1 h', ms: 60 * 60_000},
	{id: '6h', title: '6 h', ms: 6 * 60 * 60_000},
	{id: '24h', title: '24 h', ms: 24 * 60 * 60_000},
];

/** What can be drawn over time; another chart is another row. */
export const chartSeries: readonly {readonly id: string; readonly title: string; readonly field: HistoryField}[] = [
	{id: 'dbSize', title: 'db size', field: 'dbSizeBytes'},
	{id: 'inUse', title: 'in use', field: 'inUseBytes'},
	{id: 'quota', title: 'quota', field: 'quotaBytes'},
];

export type ColumnsRequest = {
	readonly windowMs: number;
	readonly columnCount: number;
	/** Uptime ms. */
	readonly now: number;
	readonly wallOffsetMs: number;
};

/** Longer than the longest interval of polling: a value stands until then, unless the member failed to answer. */
const carryMs = 90_000;

/** Columns of whole seconds of the wall clock, so that a chart shifts only when a column is full. */
export function columnTimes({windowMs, columnCount, now, wallOffsetMs}: ColumnsRequest): {
	readonly columnMs: number;
	readonly firstWallMs: number;
} {
	const columnMs = Math.max(1, Math.ceil(windowMs / columnCount / 1000)) * 1000;
	const current = Math.floor((now + wallOffsetMs) / columnMs);
	return {columnMs, firstWallMs: (current - columnCount + 1) * columnMs};
}

/** The column of an instant; negative before the first. */
export function columnOf(at: number, request: ColumnsRequest): number {
	const {columnMs, firstWallMs} = columnTimes(request);
	return Math.floor((at + request.wallOffsetMs - firstWallMs) / columnMs);
}

/** Each column holds its peak, the newest one what was seen last: a line ends at what is so now. Undefined where there was no answer. */
export function columns(history: History, field: HistoryField, request: ColumnsRequest): readonly (number | undefined)[] {
	const {columnMs, firstWallMs} = columnTimes(request);
	const from = firstWallMs - request.wallOffsetMs;
	const result: (number | undefined)[] = Array.from({length: request.columnCount});
	const failed = new Set<number>();
	let carried: {value: number; at: number} | undefined;
	let next = 0;
	const carryTo = (column: number) => {
		for (; next < column; next++) {
			const start = from + next * columnMs;
			if (
				next >= 0 &&
				next < result.length &&
				result[next] === undefined &&
				!failed.has(next) &&
				carried !== undefined &&
				start - carried.at <= carryMs
			) {
				result[next] = carried.value;
			}
		}
	};
	for (const point of points(history, field, from - carryMs, request.windowMs)) {
		const column = Math.floor((point.at - from) / columnMs);
		carryTo(Math.min(column, result.length));
		if (column >= 0 && column < result.length && point.maximum !== undefined) {
			result[column] = column === result.length - 1 ? point.last : Math.max(result[column] ?? 0, point.maximum);
		}
		if (point.gap && point.last === undefined) {
			failed.add(column);
			carried = undefined;
		} else if (point.last !== undefined) {
			carried = {value: point.last, at: point.at};
		}
	}
	carryTo(Math.floor((request.now - from) / columnMs) + 1);
	return result;
}

/** A file shrinks by a defragmentation only; what it grew before then says nothing about the time to its quota. */
const dropRatio = 0.01;

/**
 * How fast a figure has grown over the last `spanMs`, or since it last fell, in bytes per second. Undefined where that is less than
 * a tenth of the span: too short to forecast from.
 */
export function growthPerSecond(history: History, field: HistoryField, spanMs: number, now: number): number | undefined {
	let first: {at: number; value: number} | undefined;
	let last: {at: number; value: number} | undefined;
	for (const {at, last: value} of points(history, field, now - spanMs, spanMs)) {
		if (value !== undefined) {
			const fell = last !== undefined && value < last.value * (1 - dropRatio);
			first = first === undefined || fell ? {at, value} : first;
			last = {at, value};
		}
	}
	if (first === undefined || last === undefined || last.at - first.at < spanMs / 10) {
		return undefined;
	}
	return ((last.value - first.value) / (last.at - first.at)) * 1000;
}
