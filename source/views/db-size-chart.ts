/** The chart of db size over time, for all members or the selected one: a section of the overview, and a view of its own. */

import {chartScale} from '../components/chart-scale.ts';
import type {Line} from '../components/line.ts';
import {axisCells, type ChartSeries, labelCells, lineChart, type Points} from '../components/line-chart.ts';
import {rule} from '../components/rule.ts';
import type {History, HistoryField} from '../domain/history.ts';
import {type ColumnsRequest, chartWindows, columnOf, columns as columnsOf, columnTimes} from '../domain/series.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import {durationText, hourAndMinute, sizeText, timeOfDay} from '../format.ts';
import type {Theme} from '../theme.ts';
import {namesOf} from './members-shown.ts';
import type {ScreenView} from './view.ts';

export type DbSizeChart = {
	readonly state: State;
	readonly screen: Pick<ScreenView, 'chartWindow' | 'chartScope'>;
	/** Whose lines are drawn. */
	readonly members: readonly MemberRecord[];
	readonly columns: number;
	/** At most; the steps of the axis decide how many of them are used. Fewer than `smallestChartRows` draw nothing. */
	readonly rows: number;
	readonly theme: Theme;
};

/** The rule, the axis and the times stand around the rows of values. */
const rowsAround = 3;
export const smallestChartRows = 5 + rowsAround;

/** Where even the ends of the time axis have no room, there is no chart. */
const smallestColumnCount = 12;
const nameCells = 12;

const inUseLabel = 'in use';
const quotaLabel = 'quota';

export function dbSizeChart(chart: DbSizeChart): readonly Line[] {
	const {state, screen, members, columns, rows, theme} = chart;
	const window = chartWindows.find(({id}) => id === screen.chartWindow) ?? chartWindows[0]!;
	if (rows < smallestChartRows) {
		return [];
	}
	const names = namesOf(state, nameCells, theme);
	const reserved = labelCells([inUseLabel, quotaLabel, ...members.map(({member}) => names(member.id))]);
	const roughly: ColumnsRequest = {...state, windowMs: window.ms, columnCount: Math.max(1, columns - reserved)};
	const quota = quotaOf(members);
	const scale = chartScale(Math.max(quota ?? 0, ...members.flatMap((member) => peaks(member, roughly))), rows - rowsAround);
	const room = columns - reserved - axisCells(scale);
	if (room < smallestColumnCount) {
		return [];
	}
	const columnMs = Math.ceil(window.ms / room / 1000) * 1000;
	const request = {...roughly, columnCount: Math.ceil(window.ms / columnMs)};
	const marks = marksOf(chart, request);
	const scope = screen.chartScope === 'all' ? 'all members' : members.map(({member}) => names(member.id)).join(', ');
	return [
		rule('db size', [scope, windowText(window.title, columnMs, columns), legendOf(marks)].filter(Boolean), columns, theme),
		...lineChart(
			{
				series: seriesOf(chart, request, (record) => names(record.member.id)),
				...(quota === undefined ? {} : {limit: {label: quotaLabel, value: sizeText(quota), bytes: quota}}),
				scale,
				columnCount: request.columnCount,
				marks,
				times: timesOf(request, window.ms),
			},
			theme,
		),
	];
}

/** The smallest one binds: a member that reaches it stops the writes of all. */
function quotaOf(members: readonly MemberRecord[]): number | undefined {
	const known = members.flatMap(({quota, status}) => (quota.bytes === undefined || status === undefined ? [] : [quota.bytes]));
	return known.length === 0 ? undefined : Math.min(...known);
}

function peaks({history}: MemberRecord, request: ColumnsRequest): number[] {
	return memberColumns(history, 'dbSizeBytes', request).filter((value) => value !== undefined);
}

/** Lowest first, so that the higher lines lie over the falls of others; the size in use, drawn once, below them all. */
function seriesOf({state, members, theme}: DbSizeChart, request: ColumnsRequest, nameOf: (record: MemberRecord) => string) {
	const sizes = members.map((record): ChartSeries => {
		const place = state.members.findIndex(({member}) => member.id === record.member.id);
		return {
			label: nameOf(record),
			value: valueText(record.status?.value.dbSizeBytes, theme),
			pen: theme.pens[place % theme.pens.length]!,
			points: memberColumns(record.history, 'dbSizeBytes', request),
		};
	});
	const fullest = members
		.filter(({status}) => status !== undefined)
		.toSorted((a, b) => (b.status?.value.dbSizeInUseBytes ?? 0) - (a.status?.value.dbSizeInUseBytes ?? 0))[0];
	const inUse: readonly ChartSeries[] =
		fullest === undefined
			? []
			: [
					{
						label: inUseLabel,
						value: valueText(fullest.status?.value.dbSizeInUseBytes, theme),
						pen: theme.inUsePen,
						points: memberColumns(fullest.history, 'inUseBytes', request),
					},
				];
	return [...inUse, ...sizes.toSorted((a, b) => lastOf(a) - lastOf(b))];
}

function lastOf({points}: ChartSeries): number {
	return points.findLast((point) => point !== undefined) ?? 0;
}

function valueText(bytes: number | undefined, theme: Theme): string {
	return bytes === undefined ? theme.symbols.none : sizeText(bytes);
}

function windowText(title: string, columnMs: number, columns: number): string {
	const width =
		columnMs % 60_000 === 0 ? `${columnMs / 60_000} min` : columnMs < 60_000 ? `${columnMs / 1000} s` : durationText(columnMs);
	return columns < 100 ? title : `${title}, ${width} a column`;
}

const markTitles = {D: 'defragmentation', L: 'leader changed', A: 'alarm'} as const;
type Mark = keyof typeof markTitles;
const gravest: readonly Mark[] = ['A', 'D', 'L'];

function marksOf({state, members, screen}: DbSizeChart, request: ColumnsRequest): ReadonlyMap<number, Mark> {
	const marks = new Map<number, Mark>();
	const ids = new Set(members.map(({member}) => member.id));
	for (const {mark, at, memberId} of state.events) {
		const column = columnOf(at, request);
		const concerns = screen.chartScope === 'all' || memberId === undefined || ids.has(memberId);
		if (mark === undefined || column < 0 || column >= request.columnCount || !concerns) {
			continue;
		}
		const there = marks.get(column);
		if (there === undefined || gravest.indexOf(mark) < gravest.indexOf(there)) {
			marks.set(column, mark);
		}
	}
	return marks;
}

/** Only the letters that stand on the axis. */
function legendOf(marks: ReadonlyMap<number, Mark>): string {
	const used = new Set(marks.values());
	return (['D', 'L', 'A'] as const)
		.filter((mark) => used.has(mark))
		.map((mark) => `${mark} ${markTitles[mark]}`)
		.join('  ');
}

/** Labels a sixth or a fourth of the window apart, each centred under its column. */
function timesOf(request: ColumnsRequest, windowMs: number) {
	const {columnMs, firstWallMs} = columnTimes(request);
	const {columnCount} = request;
	const withSeconds = windowMs < 60 * 60_000;
	const intervals = columnCount >= (withSeconds ? 100 : 80) ? 6 : columnCount >= 36 ? 4 : 2;
	return Array.from({length: intervals + 1}, (_, index) => {
		const column = Math.round((index * columnCount) / intervals);
		const wallMs = firstWallMs + column * columnMs;
		const text = withSeconds ? timeOfDay(wallMs) : hourAndMinute(wallMs);
		return {column: index === 0 ? 0 : column - Math.ceil(text.length / 2), text};
	});
}

/** A history is never changed, so its columns are kept with it until the chart shifts. */
const kept = new WeakMap<History, Map<string, {readonly firstWallMs: number; readonly values: Points}>>();

function memberColumns(history: History, field: HistoryField, request: ColumnsRequest): Points {
	const {columnMs, firstWallMs} = columnTimes(request);
	const key = `${field} ${request.columnCount} ${columnMs}`;
	const ofHistory = kept.get(history) ?? new Map<string, {readonly firstWallMs: number; readonly values: Points}>();
	kept.set(history, ofHistory);
	const there = ofHistory.get(key);
	if (there?.firstWallMs === firstWallMs) {
		return there.values;
	}
	const values = columnsOf(history, field, request);
	ofHistory.set(key, {firstWallMs, values});
	return values;
}
