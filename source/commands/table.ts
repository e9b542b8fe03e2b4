/** Tables for a person who reads a terminal or a log; scripts take JSON. */
import {type Align, cell, displayWidth} from '../format.ts';

export type Column<Row> = {
	readonly title: string;
	readonly align?: Align;
	readonly text: (row: Row) => string;
	/** Where there is no room for all: the highest is left out first. Absent: it always stays. */
	readonly leaveOut?: number;
};

/** As etcdctl draws them. `width` is what the terminal has; without it every column is shown. */
export function tableText<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width = Number.POSITIVE_INFINITY): string {
	const shown = columnsThatFit(columns, rows, width);
	const rule = `+${shown.map(({cells}) => '-'.repeat(cells + 2)).join('+')}+`;
	const line = (texts: readonly string[]) => `|${texts.map((text) => ` ${text} `).join('|')}|`;
	return [
		rule,
		line(shown.map(({column, cells}) => centered(column.title, cells))),
		rule,
		...rows.map((row) => line(shown.map(({column, cells}) => cell(column.text(row), cells, column.align)))),
		rule,
	].join('\n');
}

type Measured<Row> = {readonly column: Column<Row>; readonly cells: number};

function columnsThatFit<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): readonly Measured<Row>[] {
	let shown: readonly Measured<Row>[] = columns.map((column) => ({
		column,
		cells: Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(column.text(row)))),
	}));
	while (widthOf(shown) > width) {
		const first = shown.reduce((a, b) => ((b.column.leaveOut ?? 0) > (a.column.leaveOut ?? 0) ? b : a));
		if (first.column.leaveOut === undefined) {
			break;
		}
		shown = shown.filter((measured) => measured !== first);
	}
	return shown;
}

function widthOf<Row>(shown: readonly Measured<Row>[]): number {
	return shown.reduce((sum, {cells}) => sum + cells + 3, 1);
}

function centered(title: string, cells: number): string {
	const left = Math.floor((cells - displayWidth(title)) / 2);
	return cell(' '.repeat(left) + title, cells);
}
