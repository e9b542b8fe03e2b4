import {blank, type Line, span} from '../components/line.ts';
import {wrapText} from '../format.ts';
import type {Style, Symbols, Theme} from '../theme.ts';

/** ` ✓ Everything is encrypted`, over as many lines as it takes; without a symbol the text stands where it would below one. */
export function signedLines(
	text: string,
	{symbol, style = ''}: {readonly symbol?: keyof Symbols; readonly style?: Style},
	columns: number,
	theme: Theme,
): readonly Line[] {
	const sign = symbol === undefined ? ' ' : theme.symbols[symbol];
	return wrapText(theme.text(text), columns - 3 - sign.length).map(
		(line, index): Line =>
			index === 0 ? [blank(1), span(sign, style), blank(1), span(line)] : [blank(2 + sign.length), span(line)],
	);
}
