/**
 * A line chart over asciichart, which throws on gaps and knows one set of symbols: one call per series and per stretch without a
 * gap, all on one scale, laid over each other, each with its own pen, so that it reads without colour.
 */
import asciichart from 'asciichart';
import {cell, displayWidth} from '../format.ts';
import type {Pen, Style, Theme} from '../theme.ts';
import type {ChartScale} from './chart-scale.ts';
import {type Line, type Span, span} from './line.ts';

export type Points = readonly (number | undefined)[];

/** One line of the chart. `label` and `value` stand at its end, where it is now. */
export type ChartSeries = {
	readonly label: string;
	readonly value: string;
	readonly pen: Pen;
	/** A value a column, undefined where there was no answer. */
	readonly points: Points;
};

export type LineChart = {
	/** Drawn in this order: the last lies over the others. */
	readonly series: readonly ChartSeries[];
	/** A level that fills the blanks of its row. */
	readonly limit?: {readonly label: string; readonly value: string; readonly bytes: number};
	readonly scale: ChartScale;
	readonly columnCount: number;
	/** A letter for a column of the axis. */
	readonly marks: ReadonlyMap<number, string>;
	/** Texts under the axis, from left to right, each beginning at its column. */
	readonly times: readonly {readonly column: number; readonly text: string}[];
};

const valueCells = 8;

/** Cells left of the plot. */
export function axisCells({labels, unit}: ChartScale): number {
	return 1 + Math.max(...labels.map((label) => label.length)) + 1 + unit.length + 2;
}

/** Cells right of the plot, for labels of these widths. */
export function labelCells(labels: readonly string[]): number {
	return 2 + 2 + Math.max(0, ...labels.map(displayWidth)) + 2 + valueCells;
}

/** `scale.rows` rows of values, the axis, and the times: `scale.rows + 2` lines. */
export function lineChart(chart: LineChart, theme: Theme): readonly Line[] {
	const {scale, columnCount} = chart;
	const grid = drawGrid(chart, theme);
	const labels = placeLabels(chart, theme);
	const axis = axisCells(scale);
	const numberCells = axis - scale.unit.length - 4;
	const rows = grid.map((cells, row): Line => {
		const number = cell(scale.labels[row] ?? '', numberCells, 'right');
		const unit = row === 0 ? scale.unit : ' '.repeat(scale.unit.length);
		const label = labels[row];
		const head = span(` ${number} ${unit} ${theme.symbols.axis}`, theme.styles.dim);
		return label === undefined ? [head, ...merge(cells)] : [head, ...merge(cells), ...label];
	});
	const margin = ' '.repeat(axis - 1);
	const axisLine = Array.from({length: columnCount}, (_, column): Span => {
		const mark = chart.marks.get(column);
		return mark === undefined ? span(theme.symbols.axisLine, theme.styles.dim) : span(mark, theme.styles.strong);
	});
	return [
		...rows,
		[span(margin + theme.symbols.axisCorner, theme.styles.dim), ...merge(axisLine)],
		[span(`${margin} ${timesText(chart.times)}`, theme.styles.dim)],
	];
}

type Cell = Span;

function drawGrid({series, limit, scale, columnCount}: LineChart, theme: Theme): Cell[][] {
	const empty = span(' ');
	const grid = Array.from({length: scale.rows}, () => Array.from({length: columnCount}, () => empty));
	for (const {points, pen} of series) {
		for (const stretch of stretches(points.slice(0, columnCount))) {
			drawStretch(grid, stretch, pen, scale);
		}
	}
	const limitRow = limit === undefined ? undefined : grid[rowOf(limit.bytes, scale)];
	for (const [column, drawn] of limitRow?.entries() ?? []) {
		if (drawn === empty && limitRow !== undefined) {
			limitRow[column] = span(theme.symbols.quota, theme.styles.quota);
		}
	}
	return grid;
}

type Stretch = {readonly from: number; readonly values: readonly number[]};

/** The parts without a gap; what is no finite number is one. */
export function stretches(points: Points): readonly Stretch[] {
	const found: {from: number; values: number[]}[] = [];
	let open: {from: number; values: number[]} | undefined;
	for (const [column, value] of points.entries()) {
		if (value === undefined || !Number.isFinite(value)) {
			open = undefined;
			continue;
		}
		if (open === undefined) {
			open = {from: column, values: []};
			found.push(open);
		}
		open.values.push(value);
	}
	return found;
}

function drawStretch(grid: Cell[][], {from, values}: Stretch, pen: Pen, scale: ChartScale): void {
	const inside = values.map((value) => Math.min(scale.topBytes, Math.max(0, value)));
	// asciichart draws the way between values: with the first one twice there is a column for each.
	const drawn = asciichart.plot([inside[0] ?? 0, ...inside], {
		min: 0,
		max: scale.topBytes,
		height: scale.rows - 1,
		offset: 1,
		format: () => ' ',
		symbols: pen.symbols,
	});
	for (const [row, text] of drawn.split('\n').entries()) {
		for (const [column, glyph] of [...text].slice(1).entries()) {
			const cells = grid[row];
			if (glyph !== ' ' && cells !== undefined && from + column < cells.length) {
				cells[from + column] = span(glyph, pen.style);
			}
		}
	}
}

/** Counted from the top. */
function rowOf(bytes: number, {stepBytes, rows}: ChartScale): number {
	return Math.min(rows - 1, Math.max(0, rows - 1 - Math.round(bytes / stepBytes)));
}

/** Each label at its line, highest first, a row lower where two meet, and all of them on the chart while it has the rows. */
function placeLabels({series, limit, scale}: LineChart, theme: Theme): readonly (Line | undefined)[] {
	type Label = {
		readonly glyph: string;
		readonly style: Style;
		readonly label: string;
		readonly value: string;
		readonly at: number;
	};
	const labels: Label[] = [
		...(limit === undefined
			? []
			: [{label: limit.label, value: limit.value, glyph: theme.symbols.quota, style: theme.styles.quota, at: limit.bytes}]),
		...series.map(({label, value, pen, points}) => ({
			label,
			value,
			glyph: pen.symbols[4] ?? '',
			style: pen.style,
			at: points.findLast((point) => point !== undefined) ?? 0,
		})),
	];
	const cells = Math.max(0, ...labels.map(({label}) => displayWidth(label)));
	const ordered = labels.toSorted((a, b) => b.at - a.at).slice(0, scale.rows);
	const placed: (Line | undefined)[] = Array.from({length: scale.rows});
	let next = 0;
	for (const [index, {glyph, style, label, value, at}] of ordered.entries()) {
		const row = Math.min(Math.max(rowOf(at, scale), next), scale.rows - (ordered.length - index));
		placed[row] = [span('  '), span(glyph, style), span(` ${cell(label, cells)}  ${cell(value, valueCells, 'right')}`)];
		next = row + 1;
	}
	return placed;
}

/** Cells of one style side by side become one span. */
function merge(cells: readonly Cell[]): Line {
	const merged: {text: string; style: Style}[] = [];
	for (const {text, style} of cells) {
		const last = merged.at(-1);
		if (last !== undefined && last.style === style) {
			last.text += text;
		} else {
			merged.push({text, style});
		}
	}
	return merged;
}

function timesText(times: LineChart['times']): string {
	let line = '';
	for (const {column, text} of times) {
		if (line === '' || column > line.length) {
			line = line.padEnd(column) + text;
		}
	}
	return line;
}
