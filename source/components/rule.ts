/** The line that begins a section: its word, what it shows, and hints at the right end. */
import {displayWidth} from '../format.ts';
import type {Theme} from '../theme.ts';
import {blank, cutLine, type Line, lineWidth, span} from './line.ts';

/** `── members ── 3 voters, by name ───────── w raft columns ──` in exactly `cells`. The parts give way from the right. */
export function rule(title: string, parts: readonly string[], cells: number, theme: Theme, hint = ''): Line {
	const {styles, symbols} = theme;
	const dash = (count: number) => span(symbols.rule.repeat(Math.max(0, count)), styles.dim);
	const hintCells = hint === '' ? 0 : displayWidth(hint) + 4;
	let left: Line = [dash(2), blank(1), span(title, styles.strong), blank(1)];
	for (const part of parts) {
		const longer = [...left, dash(2), blank(1), span(part), blank(1)];
		if (lineWidth(longer) + hintCells > cells) {
			break;
		}
		left = longer;
	}
	const width = lineWidth(left);
	if (hint === '' || width + hintCells > cells) {
		return cutLine([...left, dash(cells - width)], cells, theme);
	}
	return [...left, dash(cells - width - hintCells), blank(1), span(hint), blank(1), dash(2)];
}
