import {expect, test} from 'vitest';
import {progressBar, sizeBar} from '../../source/components/gauge.ts';
import {cutLine, fillLine, lineWidth, paintLine, span, spread} from '../../source/components/line.ts';
import {rule} from '../../source/components/rule.ts';
import {type Column, firstVisible, tableHead, tableRow} from '../../source/components/table.ts';
import {wrapText} from '../../source/format.ts';
import {createTheme} from '../../source/theme.ts';

const theme = createTheme({unicode: true, color: false});
const paint = (line: Parameters<typeof paintLine>[0]) => paintLine(line, theme);

test('a table keeps its cells, whatever stands in them', () => {
	const columns: readonly Column<{name: string; size: string}>[] = [
		{head: 'NAME', cells: 6, align: 'left', gap: 0, content: ({name}) => span(name)},
		{head: '', cells: 5, align: 'right', gap: 2, content: ({size}) => span(size)},
		{head: 'GIVES BACK', cells: 4, align: 'right', gap: 1, content: () => [span('6'), span('%')]},
	];
	const rows = [
		{name: 'etcd-0', size: '4.79'},
		{name: '数据库节点', size: '12345678'},
	];
	expect(`\n${[tableHead(columns, theme), ...rows.map((row) => tableRow(columns, row, theme))].map(paint).join('\n')}\n`).toBe(`
NAME    GIVES BACK
etcd-0   4.79 6%  
数据…   1234… 6%  
`);
});

test.each([
	[10, 5, 0, 0],
	[10, 5, 4, 0],
	[10, 5, 5, 1],
	[10, 5, 9, 5],
	[3, 5, 2, 0],
	[10, 0, 3, 3],
])('of %i lines in %i rows with the focus on %i the first is %i', (total, rows, focus, first) => {
	expect(firstVisible(total, rows, focus)).toBe(first);
});

test('a bar is whole cells and never longer than it is', () => {
	const bar = (inUse: number, used: number) => paint(sizeBar({inUse, used, cells: 16}, theme));
	expect(bar(1.93 / 8, 4.79 / 8)).toBe('████▒▒▒▒▒▒······');
	expect(bar(0, 0)).toBe('·'.repeat(16));
	expect(bar(1.2, 1.5)).toBe('█'.repeat(16));
	expect(bar(Number.NaN, Number.POSITIVE_INFINITY)).toBe('·'.repeat(16));
	expect(paint(progressBar(0.62, 20, theme))).toBe('████████████░░░░░░░░');
});

test('a rule gives its parts up from the right', () => {
	expect(paint(rule('members', ['3 voters', 'line 1 to 2'], 60, theme, 'w raft columns'))).toBe(
		'── members ── 3 voters ── line 1 to 2 ──── w raft columns ──',
	);
	expect(paint(rule('members', ['3 voters', 'line 1 to 2'], 45, theme, 'w raft columns'))).toBe(
		'── members ── 3 voters ──── w raft columns ──',
	);
	expect(paint(rule('members', ['3 voters'], 12, theme, 'w raft columns'))).toBe('── members ─');
});

test('lines are cut and filled by the cells that characters take', () => {
	const line = [span('数据'), span('库节点', '1')];
	expect(paint(cutLine(line, 10, theme))).toBe('数据库节点');
	expect(paint(cutLine(line, 8, theme))).toBe('数据库…');
	expect(lineWidth(fillLine(line, 8, theme))).toBe(8);
	expect(lineWidth(fillLine(line, 20, theme))).toBe(20);
	expect(paint(spread([span('left side')], [span('right')], 12, theme))).toBe('left s…right');
});

test('text breaks between words, and within one that is too long', () => {
	expect(wrapText('a stopped process, or a host', 12)).toEqual(['a stopped', 'process, or', 'a host']);
	expect(wrapText('https://10.0.159.225:2379', 10)).toEqual(['https://10', '.0.159.225', ':2379']);
	expect(wrapText('', 10)).toEqual(['']);
});
