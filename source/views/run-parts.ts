/** The lines of a run, in its columns: sign, name, what it does, how far, and the sizes. */
import {blank, type Line, span} from '../components/line.ts';
import {cell, displayWidth, sizeText, wrapText} from '../format.ts';
import type {Style, Symbols, Theme} from '../theme.ts';

/** Sign and blanks before it, the name, and the word of the state. */
const nameCells = 8;
const stateCells = 16;
const detailCells = 26;
export const indentCells = 3 + nameCells + 1;
export const barCells = 40;

/** Where the details begin. */
export const detailStart = indentCells + stateCells;

export {nameCells as runNameCells};

export type RunEntry = {
	readonly symbol: keyof Symbols | undefined;
	readonly style?: Style;
	readonly name: string;
	readonly state: string;
	readonly detail: string;
	/** `4.79 GiB → ~1.93 GiB` */
	readonly sizes?: string;
};

/** ` ◆ etcd-0   defragmenting   0:21 of ~0:34             4.79 GiB → ~1.93 GiB`, over more lines where that is too wide. */
export function entryLines(
	{symbol, style = '', name, state, detail, sizes = ''}: RunEntry,
	columns: number,
	theme: Theme,
): readonly Line[] {
	const {ellipsis} = theme.symbols;
	const start: Line = [
		blank(1),
		symbol === undefined ? blank(1) : span(theme.symbols[symbol], style),
		blank(1),
		span(cell(theme.text(name), nameCells, 'left', ellipsis), theme.styles.strong),
		blank(1),
		span(cell(theme.text(state), stateCells, 'left', ellipsis)),
	];
	const texts = wrapText(theme.text(detail), columns - detailStart);
	const [first = '', ...rest] = texts;
	const side = theme.text(sizes);
	if (side !== '' && rest.length === 0 && detailStart + detailCells + displayWidth(side) <= columns) {
		return [[...start, span(cell(first, detailCells, 'left', ellipsis)), span(side)]];
	}
	const below = [...rest, ...(side === '' ? [] : [side])].map((text): Line => [blank(detailStart), span(text)]);
	return [[...start, span(first)], ...below];
}

/** Text under an entry. */
export function underLines(text: string, columns: number, theme: Theme): readonly Line[] {
	return wrapText(theme.text(text), columns - indentCells).map((line): Line => [blank(indentCells), span(line)]);
}

export function barLine(bar: Line, text: string, theme: Theme): Line {
	return [blank(indentCells), ...bar, span(theme.text(`  ${text}`))];
}

/** `4.79 GiB →  1.95 GiB`; an estimate wears its `~`. */
export function sizesText(before: number, after: number | undefined, sign: ' ' | '~'): string {
	return `${sizeText(before)} → ${after === undefined ? ' ?' : `${sign}${sizeText(after)}`}`;
}
