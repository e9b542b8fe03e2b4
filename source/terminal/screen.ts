import {blankCell, type Cell, type CellOptions, lineCells} from './cells.ts';

/** Unchanged cells that are cheaper to print again than to step over. */
const shortestJump = 5;

const resetStyle = '\x1b[0m';
const eraseToEndOfLine = '\x1b[K';

/**
 * What the terminal shows, and the fewest bytes that turn it into the next frame.
 *
 * Every run of changed cells is addressed absolutely, and again after a character whose width terminals disagree on, so
 * that a wrong guess never spreads, and mosh and screen, which redraw on their own, are never led astray.
 */
export class Screen {
	#columns: number;
	#rows: number;
	readonly #options: CellOptions;
	/** The last frame's lines as strings, compared first; undefined where the terminal's content isn't known. */
	#lines: (string | undefined)[] = [];
	#cells: Cell[][] = [];

	constructor(columns: number, rows: number, options: CellOptions) {
		this.#columns = columns;
		this.#rows = rows;
		this.#options = options;
	}

	/** Nothing is known of what the terminal shows from now on: the next frame is drawn whole. */
	forget(columns = this.#columns, rows = this.#rows): void {
		this.#columns = columns;
		this.#rows = rows;
		this.#lines = [];
		this.#cells = [];
	}

	/** Whether the next frame will be drawn whole. */
	get isForgotten(): boolean {
		return this.#lines.length === 0;
	}

	/** The bytes that draw `frame`, lines separated by `\n`; empty when it is what the terminal shows already. Lines below the last row are cut. */
	draw(frame: string): string {
		const lines = frame.split('\n');
		let bytes = '';
		for (let row = 0; row < this.#rows; row++) {
			const line = lines[row] ?? '';
			if (this.#lines[row] === line) {
				continue;
			}

			const cells = lineCells(line, this.#columns, this.#options);
			bytes += this.#lines[row] === undefined ? this.#wholeRow(row, cells) : this.#changedCells(row, this.#cells[row]!, cells);
			this.#lines[row] = line;
			this.#cells[row] = cells;
		}

		return bytes === '' ? '' : bytes + resetStyle;
	}

	#wholeRow(row: number, cells: readonly Cell[]): string {
		return `${resetStyle}${moveTo(row, 0)}${eraseToEndOfLine}${this.#run(row, cells, 0, inkedLength(cells))}`;
	}

	#changedCells(row: number, before: readonly Cell[], after: readonly Cell[]): string {
		const length = inkedLength(after);
		let bytes = '';
		let column = 0;
		while (column < length) {
			if (same(before[column], after[column])) {
				column++;
				continue;
			}

			let end = column + 1;
			for (let ahead = end; ahead < length && ahead - end < shortestJump; ahead++) {
				if (!same(before[ahead], after[ahead])) {
					end = ahead + 1;
				}
			}

			bytes += moveTo(row, column) + this.#run(row, after, column, end);
			column = end;
		}

		if (inkedLength(before) > length) {
			bytes += `${resetStyle}${moveTo(row, length)}${eraseToEndOfLine}`;
		}

		return bytes;
	}

	#run(row: number, cells: readonly Cell[], start: number, end: number): string {
		let bytes = '';
		let style = '';
		for (let column = start; column < end; column++) {
			const cell = cells[column]!;
			if (cell.width === 0) {
				continue;
			}

			if (cell.style !== style) {
				bytes += cell.style;
				style = cell.style;
			}

			bytes += cell.text;
			const next = column + cell.width;
			if (next < end && isWidthDisputed(cell)) {
				bytes += moveTo(row, next);
			}
		}

		return bytes;
	}
}

function same(before: Cell = blankCell, after: Cell = blankCell): boolean {
	return before.text === after.text && before.style === after.style;
}

/** Columns up to the last cell that isn't blank. */
function inkedLength(cells: readonly Cell[]): number {
	let length = cells.length;
	while (length > 0 && same(cells[length - 1])) {
		length--;
	}

	return length;
}

/** Wide characters and clusters of several code points, which terminals count differently. */
function isWidthDisputed({text, width}: Cell): boolean {
	return width === 2 || [...text].length > 1;
}

function moveTo(row: number, column: number): string {
	return `\x1b[${row + 1};${column + 1}H`;
}
