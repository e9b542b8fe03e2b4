/** The lines of a run, in its columns: sign, name, what it does, how far, and the sizes. */
import {blank, type Line, type Span, span} from '../components/line.ts';
import {cell, durationText, latencyText, sizeText} from '../format.ts';
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

/** ` ◆ etcd-0   defragmenting   0:21 of ~0:34             4.79 GiB → ~1.93 GiB` */
export function entryLine({symbol, style = '', name, state, detail, sizes = ''}: RunEntry, theme: Theme): Line {
	const sign: Span = symbol === undefined ? blank(1) : span(theme.symbols[symbol], style);
	const {ellipsis} = theme.symbols;
	const text = theme.text(detail);
	return [
		blank(1),
		sign,
		blank(1),
		span(cell(theme.text(name), nameCells, 'left', ellipsis), theme.styles.strong),
		blank(1),
		span(cell(theme.text(state), stateCells, 'left', ellipsis)),
		span(sizes === '' ? text : cell(text, detailCells, 'left', ellipsis)),
		span(theme.text(sizes)),
	];
}

/** A line under an entry. */
export function underLine(text: string, theme: Theme): Line {
	return [blank(indentCells), span(theme.text(text))];
}

export function barLine(bar: Line, text: string, theme: Theme): Line {
	return [blank(indentCells), ...bar, span(theme.text(`  ${text}`))];
}

/** `0:33`; what took less than a second is told in milliseconds. */
export function tookText(ms: number): string {
	return ms < 1000 ? latencyText(ms) : durationText(ms);
}

/** `4.79 GiB →  1.95 GiB`; an estimate wears its `~`. */
export function sizesText(before: number, after: number | undefined, sign: ' ' | '~'): string {
	return `${sizeText(before)} → ${after === undefined ? ' ?' : `${sign}${sizeText(after)}`}`;
}
