import stringWidth from 'string-width';
import {applySgr, plainStyle, type Style} from './style.ts';

/** One column of the screen. The right half of a wide character is a cell of its own, so that a line is as long as it is wide. */
export type Cell = {
	/** What is printed here; for the right half of a wide character its left half's text behind a NUL, which is never printed. */
	readonly text: string;
	/** The SGR sequence that sets this cell's whole style, starting from none. */
	readonly style: string;
	/** Columns that printing it takes: 0 for the right half of a wide character. */
	readonly width: 0 | 1 | 2;
};

export type CellOptions = {
	/** Print `?` for what is not ASCII, twice for a wide character. */
	readonly ascii: boolean;
	/** Keep SGR sequences; else colours, bold, dim and inverse are all dropped. */
	readonly styled: boolean;
};

export const blankCell: Cell = {text: ' ', style: plainStyle.sequence, width: 1};

const graphemes = new Intl.Segmenter('en', {granularity: 'grapheme'});
const asciiOnly = /^[\x20-\x7e]*$/;
const escapeOrText = /\x1b\[([\d;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[^[]?|[\x00-\x1a\x1c-\x1f\x7f]|([^\x00-\x1f\x7f]+)/g;

/** Splits one line of a frame into at most `columns` cells. Escape sequences other than SGR, and control characters, are dropped. */
export function lineCells(line: string, columns: number, options: CellOptions): Cell[] {
	const cells: Cell[] = [];
	let style: Style = plainStyle;
	for (const [, parameters, text] of line.matchAll(escapeOrText)) {
		if (parameters !== undefined) {
			if (options.styled) {
				style = applySgr(style, parameters);
			}
		} else if (text !== undefined) {
			appendText(cells, text, style.sequence, columns, options.ascii);
		}
	}

	return cells;
}

function appendText(cells: Cell[], text: string, style: string, columns: number, ascii: boolean): void {
	if (asciiOnly.test(text)) {
		for (const character of text) {
			if (cells.length >= columns) {
				return;
			}

			cells.push({text: character, style, width: 1});
		}

		return;
	}

	for (const {segment} of graphemes.segment(text)) {
		const width = stringWidth(segment);
		if (width === 0) {
			continue;
		}

		if (cells.length + width > columns) {
			// Half of a wide character can't be drawn: the last column stays blank.
			if (cells.length < columns) {
				cells.push({text: ' ', style, width: 1});
			}

			return;
		}

		if (ascii && !asciiOnly.test(segment)) {
			for (let column = 0; column < width; column++) {
				cells.push({text: '?', style, width: 1});
			}
		} else if (width === 1) {
			cells.push({text: segment, style, width: 1});
		} else {
			cells.push({text: segment, style, width: 2}, {text: `\0${segment}`, style, width: 0});
		}
	}
}
