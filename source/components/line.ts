/** A line of the screen as data: spans of one style each. Views are made of lines, so that a frame is one text node for Ink. */
import {displayWidth, startOf} from '../format.ts';
import {combine, type Style, type Theme} from '../theme.ts';

export type Span = {readonly text: string; readonly style: Style};
export type Line = readonly Span[];

export const emptyLine: Line = [];

export function span(text: string, style: Style = ''): Span {
	return {text, style};
}

export function blank(cells: number): Span {
	return span(' '.repeat(Math.max(0, cells)));
}

export function lineWidth(line: Line): number {
	return line.reduce((width, {text}) => width + displayWidth(text), 0);
}

/** The line with a style added to all of it: a dim row, the selected one. */
export function restyle(line: Line, style: Style): Line {
	return style === '' ? line : line.map((part) => span(part.text, combine(part.style, style)));
}

/** The line in exactly `cells`: cut with an ellipsis, or filled with blanks. */
export function fillLine(line: Line, cells: number, theme: Theme): Line {
	const cut = cutLine(line, cells, theme);
	const width = lineWidth(cut);
	return width < cells ? [...cut, blank(cells - width)] : cut;
}

/** The line in at most `cells`, its end replaced by the ellipsis where it is longer. */
export function cutLine(line: Line, cells: number, theme: Theme): Line {
	if (lineWidth(line) <= cells) {
		return line;
	}
	const {ellipsis} = theme.symbols;
	const cut: Span[] = [];
	let left = cells - ellipsis.length;
	for (const part of line) {
		const width = displayWidth(part.text);
		if (width > left) {
			cut.push(span(startOf(part.text, left) + ellipsis, part.style));
			break;
		}
		cut.push(part);
		left -= width;
	}
	return cut;
}

/** `left` and, as far to the right as `cells` allow, `right`. The left gives way. */
export function spread(left: Line, right: Line, cells: number, theme: Theme): Line {
	const rightCells = lineWidth(right);
	return rightCells >= cells ? cutLine(right, cells, theme) : [...fillLine(left, cells - rightCells, theme), ...right];
}

export function paintLine(line: Line, theme: Theme): string {
	return line.map(({text, style}) => theme.paint(text, style)).join('');
}
