/** Tables of fixed cells: the columns that have room, the figures right-aligned, so that a column reads down like a ledger. */
import {type Align, cell, displayWidth} from '../format.ts';
import type {Theme} from '../theme.ts';
import {blank, fillLine, type Line, type Span, span} from './line.ts';

export type Column<Row> = {
	readonly head: string;
	readonly cells: number;
	readonly align: Align;
	/** Blanks before it. */
	readonly gap: number;
	/** A text is put into the cells; a line of several spans is as wide as they are. */
	readonly content: (row: Row) => Span | Line;
};

/** The heads, dim. A right-aligned head longer than its column reaches over the one before, as `GIVES BACK` does. */
export function tableHead<Row>(columns: readonly Column<Row>[], theme: Theme): Line {
	let head = '';
	for (const column of columns) {
		head += ' '.repeat(column.gap);
		const over = column.align === 'right' ? Math.max(0, displayWidth(column.head) - column.cells) : 0;
		const kept = over > 0 ? head.slice(0, head.length - over) : head;
		head = kept + cell(column.head, column.cells + over, column.align, theme.symbols.ellipsis);
	}
	return [span(head, theme.styles.dim)];
}

export function tableRow<Row>(columns: readonly Column<Row>[], row: Row, theme: Theme): Line {
	return columns.flatMap((column) => {
		const content = column.content(row);
		const filled = isSpan(content)
			? [span(cell(content.text, column.cells, column.align, theme.symbols.ellipsis), content.style)]
			: fillLine(content, column.cells, theme);
		return column.gap === 0 ? filled : [blank(column.gap), ...filled];
	});
}

export function tableWidth<Row>(columns: readonly Column<Row>[]): number {
	return columns.reduce((width, {cells, gap}) => width + cells + gap, 0);
}

/** The first of `total` lines to show in `rows`, so that the block of `focusLines` at `focus` is among them. */
export function firstVisible(total: number, rows: number, focus: number, focusLines = 1): number {
	const needed = focus + focusLines - rows;
	return Math.max(0, Math.min(Math.max(0, needed), focus, total - rows));
}

function isSpan(content: Span | Line): content is Span {
	return !Array.isArray(content);
}
