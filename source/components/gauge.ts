/** Bars of whole cells. */
import type {Theme} from '../theme.ts';
import {type Line, span} from './line.ts';

export type SizeBar = {
	/** Shares of the quota, 0–1; more than 1 fills the bar. */
	readonly inUse: number;
	readonly used: number;
	readonly cells: number;
};

/** The quota as a bar: in use, given back by defragmentation, free. */
export function sizeBar({inUse, used, cells}: SizeBar, theme: Theme): Line {
	const usedCells = wholeCells(used, cells);
	const inUseCells = Math.min(usedCells, wholeCells(inUse, cells));
	const {symbols, styles} = theme;
	return [
		span(symbols.full.repeat(inUseCells)),
		span(symbols.givesBack.repeat(usedCells - inUseCells), styles.warning),
		span(symbols.free.repeat(cells - usedCells), styles.dim),
	];
}

/** Work fills it; give `1 - ratio` for a wait that empties it. */
export function progressBar(ratio: number, cells: number, theme: Theme): Line {
	const done = wholeCells(ratio, cells);
	return [span(theme.symbols.full.repeat(done)), span(theme.symbols.toDo.repeat(cells - done), theme.styles.dim)];
}

function wholeCells(ratio: number, cells: number): number {
	return Number.isFinite(ratio) ? Math.round(Math.min(1, Math.max(0, ratio)) * cells) : 0;
}
