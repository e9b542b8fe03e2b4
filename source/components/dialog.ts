/** Boxes over the view: their frame, their rows that give way, their buttons. */
import {displayWidth, wrapText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {blank, cutLine, emptyLine, fillLine, type Line, lineWidth, span} from './line.ts';

/**
 * A row of a dialog. `gives`: the order in which rows give way to a low screen; a row without it always stays. `told`: rows that
 * leave one behind in their place, which tells how many of them are not shown. `text`: the same object for every row of one text.
 */
export type DialogRow = {readonly line: Line; readonly gives?: number; readonly told?: Told; readonly text?: object};
export type Told = (hidden: number) => Line;

export type Dialog = {
	readonly title: string;
	/** At the right end of the title. */
	readonly aside?: string;
	readonly rows: readonly DialogRow[];
};

/** As wide as the pages are drawn; on a wider screen it stands in the middle. */
const dialogColumns = 80;

export type Room = {readonly columns: number; readonly rows: number};

export function dialogWidth({columns}: Pick<Room, 'columns'>): number {
	return Math.min(columns, dialogColumns);
}

/** Cells between the two blanks that stand inside each side of the frame. */
export function dialogCells(room: Pick<Room, 'columns'>): number {
	return dialogWidth(room) - 5;
}

/** The whole box, each line exactly `dialogWidth` wide, at most `rows` high. */
export function dialogLines({title, aside = '', rows}: Dialog, room: Room, theme: Theme): readonly Line[] {
	const width = dialogWidth(room);
	const {box, styles} = theme;
	const side = span(box.vertical, styles.strong);
	const shown = rowsThatFit(rows, Math.max(1, room.rows - 2));
	const body = shown.map((one): Line => {
		const line = isBroken(one, rows, shown) ? [...cutLine(one.line, width - 6, theme), span(theme.symbols.ellipsis)] : one.line;
		const inside: Line = lineWidth(line) === 0 ? emptyLine : [blank(2), ...line];
		return [side, ...fillLine(inside, width - 2, theme), side];
	});
	const bottom = box.bottomLeft + box.horizontal.repeat(Math.max(0, width - 2)) + box.bottomRight;
	return [titleLine(title, aside, width, theme), ...body, [span(bottom, styles.strong)]];
}

function titleLine(title: string, aside: string, width: number, theme: Theme): Line {
	const {box, styles} = theme;
	const end = aside === '' ? box.topRight : ` ${theme.text(aside)} ${box.topRight}`;
	const start = cutLine([span(`${box.topLeft} ${theme.text(title)} `)], width - 1, theme);
	const room = width - lineWidth(start) - displayWidth(end);
	const right = room < 1 ? box.topRight : end;
	const dashes = box.horizontal.repeat(Math.max(0, width - lineWidth(start) - displayWidth(right)));
	return [...start, span(dashes + right)].map(({text}) => span(text, styles.strong));
}

/** Whether the text of a row goes on in one that is not shown. */
function isBroken(row: DialogRow, rows: readonly DialogRow[], shown: readonly DialogRow[]): boolean {
	const next = rows[rows.indexOf(row) + 1];
	return row.text !== undefined && next !== undefined && next.text === row.text && !shown.includes(next);
}

/** What fits; where rows that are to be told of have gone, there is one that says how many. */
function rowsThatFit(rows: readonly DialogRow[], count: number): readonly DialogRow[] {
	const kept = rowsKept(rows, count);
	const told = rows.find((row) => row.told !== undefined && !kept.includes(row))?.told;
	if (told === undefined) {
		return kept;
	}
	const left = rowsKept(rows, count - 1);
	const hidden = rows.filter((row) => row.told === told && !left.includes(row));
	const place = rows.slice(0, rows.indexOf(hidden[0]!)).filter((row) => left.includes(row)).length;
	return left.toSpliced(place, 0, {line: told(hidden.length)});
}

/** The rows that may go go first, lowest `gives` first, a text from its end; of those that must stay, the last ones: there are the buttons. */
function rowsKept(rows: readonly DialogRow[], count: number): readonly DialogRow[] {
	let kept = [...rows];
	while (kept.length > count) {
		const next = kept.reduce<DialogRow | undefined>(
			(first, row) => (row.gives !== undefined && (first?.gives === undefined || row.gives < first.gives) ? row : first),
			undefined,
		);
		if (next === undefined) {
			return kept.slice(kept.length - count);
		}
		const last = next.text === undefined ? next : kept.findLast(({text, gives}) => text === next.text && gives === next.gives);
		kept = kept.filter((row) => row !== last);
	}
	return kept;
}

/** A sentence over as many rows as it takes. */
export function textRows(
	text: string,
	room: Pick<Room, 'columns'>,
	theme: Theme,
	gives?: number,
	style = '',
): readonly DialogRow[] {
	const shared = {};
	return wrapText(theme.text(text), dialogCells(room)).map((line) => ({...row([span(line, style)], gives), text: shared}));
}

export function row(line: Line, gives?: number): DialogRow {
	return gives === undefined ? {line} : {line, gives};
}

export type Button<Id extends string> = {readonly id: Id; readonly label: string; readonly open?: boolean};

/** `> [ Cancel ]            [ Start ]`, the focused one marked and inverse, a closed one dim. */
export function buttonsLine<Id extends string>(buttons: readonly Button<Id>[], focus: Id, theme: Theme, gapCells: number): Line {
	return buttons.flatMap(({id, label, open = true}, index): Line => {
		const focused = id === focus;
		const style = focused ? theme.styles.inverse : open ? '' : theme.styles.dim;
		const marker = focused ? span(`${theme.symbols.selected} `, theme.styles.strong) : blank(2);
		return [...(index === 0 ? [] : [blank(gapCells)]), marker, span(`[ ${theme.text(label)} ]`, style)];
	});
}

/** How buttons are pressed: the last row of every dialog that has some. */
export function buttonKeys(room: Pick<Room, 'columns'>, theme: Theme, leaving = 'cancel'): Line {
	const wide = dialogCells(room) >= 70;
	return keysLine(
		[
			['Enter', wide ? `does what has the ${theme.symbols.selected}   ` : `the one with ${theme.symbols.selected}`],
			['Tab', 'other button'],
			['Esc', leaving],
		],
		theme,
	);
}

/** `Esc cancel   Enter go on`: keys bold. */
export function keysLine(keys: readonly (readonly [key: string, text: string])[], theme: Theme): Line {
	return keys.flatMap(
		([key, text], index): Line => [
			...(index === 0 ? [] : [blank(3)]),
			span(theme.text(key), theme.styles.strong),
			span(` ${theme.text(text)}`),
		],
	);
}
