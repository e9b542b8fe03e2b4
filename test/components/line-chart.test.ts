import {describe, expect, test} from 'vitest';
import {type ChartScale, chartScale} from '../../source/components/chart-scale.ts';
import {paintLine} from '../../source/components/line.ts';
import {type ChartSeries, lineChart, type Points, stretches} from '../../source/components/line-chart.ts';
import {createTheme} from '../../source/theme.ts';

const theme = createTheme({unicode: true, color: false});
const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

function draw(
	points: readonly Points[],
	scale: ChartScale = chartScale(4 * GiB, 5),
	columnCount = 12,
	limitBytes?: number,
): string {
	const series = points.map(
		(one, index): ChartSeries => ({label: `m${index}`, value: '', pen: theme.pens[index % 3]!, points: one}),
	);
	const lines = lineChart(
		{
			series,
			scale,
			columnCount,
			marks: new Map([[3, 'D']]),
			times: [
				{column: 0, text: '13:32'},
				{column: 7, text: '14:32'},
			],
			...(limitBytes === undefined ? {} : {limit: {label: 'quota', value: '', bytes: limitBytes}}),
		},
		theme,
	);
	return `\n${lines.map((line) => paintLine(line, theme).trimEnd()).join('\n')}\n`;
}

const flat = (value: number | undefined, length = 12): Points => Array.from({length}, () => value);

test('a fall, a rise, a gap and a limit', () => {
	const points = [4, 4, 4, 1, 1, undefined, undefined, 1, 1, 3, 3, 3].map((value) =>
		value === undefined ? undefined : value * GiB,
	);
	expect(draw([points], chartScale(4 * GiB, 5), 12, 4 * GiB)).toMatchInlineSnapshot(`
		"
		 4 GiB ┤───╮╌╌╌╌╌╌╌╌  ╌ quota
		 3     ┤   │     ╭──  ─ m0
		 2     ┤   │     │
		 1     ┤   ╰─  ──╯
		 0     ┤
		       └───D────────
		        13:32  14:32
		"
	`);
});

test('the last series lies over the others', () => {
	expect(draw([flat(2 * GiB), [...flat(4 * GiB, 6), ...flat(1 * GiB, 6)], flat(2 * GiB)])).toMatchInlineSnapshot(`
		"
		 4 GiB ┤══════╗
		 3     ┤      ║
		 2     ┤━━━━━━━━━━━━  ─ m0
		 1     ┤      ╚═════  ━ m2
		 0     ┤              ═ m1
		       └───D────────
		        13:32  14:32
		"
	`);
});

test('labels stand at their lines, a row lower where two meet', () => {
	expect(draw([flat(2 * GiB), flat(2 * GiB), flat(0)])).toMatchInlineSnapshot(`
		"
		 4 GiB ┤
		 3     ┤
		 2     ┤════════════  ─ m0
		 1     ┤              ═ m1
		 0     ┤━━━━━━━━━━━━  ━ m2
		       └───D────────
		        13:32  14:32
		"
	`);
});

describe('never throws', () => {
	test.each<[string, readonly Points[]]>([
		['nothing', []],
		['an empty series', [[]]],
		['only gaps', [flat(undefined)]],
		['one point', [[2 * GiB]]],
		['one point between gaps', [[undefined, 2 * GiB, undefined]]],
		['NaN and infinities', [[Number.NaN, 1 * GiB, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]]],
		['below zero and above the top', [[-5 * GiB, 900 * GiB]]],
		['more points than columns', [flat(1 * GiB, 99)]],
		['more series than rows', Array.from({length: 20}, () => flat(1 * GiB))],
	])('%s', (_, points) => {
		const lines = draw(points).trim().split('\n');
		expect(lines.length).toBe(7);
	});
});

test('stretches end where there is no finite number', () => {
	expect(stretches([1, 2, undefined, Number.NaN, 3])).toEqual([
		{from: 0, values: [1, 2]},
		{from: 4, values: [3]},
	]);
});

test.each<[number, number, string, readonly string[]]>([
	[8 * GiB, 9, 'GiB', ['8', '7', '6', '5', '4', '3', '2', '1', '0']],
	[8 * GiB, 5, 'GiB', ['8', '6', '4', '2', '0']],
	[8 * GiB, 3, 'GiB', ['10', '5', '0']],
	[2 * GiB, 9, 'GiB', ['2', '1.5', '1', '0.5', '0']],
	[64 * MiB, 9, 'MiB', ['70', '60', '50', '40', '30', '20', '10', '0']],
	[0, 9, 'MiB', ['1', '0.8', '0.6', '0.4', '0.2', '0']],
	[Number.NaN, 3, 'MiB', ['1', '0.5', '0']],
	[900 * GiB, 5, 'GiB', ['1000', '500', '0']],
])('%d bytes in %i rows', (bytes, rows, unit, labels) => {
	const scale = chartScale(bytes, rows);
	expect(scale.unit).toBe(unit);
	expect(scale.labels).toEqual(labels);
	expect(scale.rows).toBeLessThanOrEqual(rows);
});
