/** The dialog in which a word is typed; what it means is the plan's own words. */
import {
	buttonKeys,
	buttonsLine,
	type Dialog,
	type DialogRow,
	dialogCells,
	type Room,
	row,
	textRows,
} from '../components/dialog.ts';
import {blank, emptyLine, type Line, lineWidth, span} from '../components/line.ts';
import {type ConfirmationState, isComplete, rightLetters} from '../confirmation-state.ts';
import type {Theme} from '../theme.ts';

export type ConfirmationProps = {
	readonly title: string;
	readonly aside: string;
	/** The gravest first. */
	readonly consequences: readonly string[];
	readonly confirmation: ConfirmationState;
	/** Of the button that goes on: `Start`. */
	readonly button: string;
	/** Between the consequences and the word. */
	readonly more?: readonly DialogRow[];
};

const buttonGapCells = 12;
const buttonIndentCells = 7;

export function confirmationDialog(props: ConfirmationProps, room: Room, theme: Theme): Dialog {
	const {title, aside, consequences, confirmation, button, more = []} = props;
	const complete = isComplete(confirmation);
	const buttons = buttonsLine(
		[
			{id: 'cancel', label: 'Cancel'},
			{id: 'confirm', label: button, open: complete},
		],
		confirmation.focus,
		theme,
		buttonGapCells,
	);
	const opening = 'opens when the word is complete';
	const indent = dialogCells(room) - lineWidth(buttons) - 2 - opening.length;
	const roomy = indent >= 0;
	return {
		title,
		aside,
		rows: [
			...consequences.flatMap((text, index) => textRows(text, room, theme, index === 0 ? undefined : 30 - index)),
			...more,
			row(emptyLine, 1),
			...wordRows(confirmation, room, theme),
			row([
				blank(roomy ? Math.min(buttonIndentCells, indent) : 0),
				...buttons,
				blank(2),
				span(roomy && !complete ? opening : '', theme.styles.dim),
			]),
			row(buttonKeys(room, theme), 40),
		],
	};
}

/** `Type the word  defragment  :  defrag____     6 of 10, key by key`; a note of what a key did not do stands in its place. */
function wordRows(confirmation: ConfirmationState, room: Room, theme: Theme): readonly DialogRow[] {
	const {styles, symbols} = theme;
	const word: Line = [
		span('Type the word  '),
		span(theme.text(confirmation.word), styles.strong),
		span('  :  '),
		...fieldSpans(confirmation, theme),
	];
	const side: Line =
		confirmation.note === undefined
			? [span(progressText(confirmation))]
			: [span(symbols.warning, styles.warning), span(` ${theme.text(confirmation.note)}`)];
	const together = lineWidth(word) + 5 + lineWidth(side) <= dialogCells(room);
	if (together) {
		return [row([...word, blank(5), ...side])];
	}
	const field: Line = [span(':  '), ...fieldSpans(confirmation, theme)];
	const fits = lineWidth(word) <= dialogCells(room);
	const asked = [...textRows(`Type the word  ${confirmation.word}`, room, theme)];
	return fits ? [row(word), row(side)] : [...asked, row(field), row(side)];
}

/** The letters as typed, the wrong ones marked, then what is missing. */
function fieldSpans(confirmation: ConfirmationState, theme: Theme): Line {
	const letters = [...confirmation.typed];
	const right = rightLetters(confirmation);
	const missing = Math.max(0, [...confirmation.word].length - letters.length);
	return [
		span(theme.text(letters.slice(0, right).join('')), theme.styles.strong),
		span(theme.text(letters.slice(right).join('')), theme.styles.bad),
		span('_'.repeat(missing)),
	];
}

function progressText(confirmation: ConfirmationState): string {
	const length = [...confirmation.word].length;
	const right = rightLetters(confirmation);
	const wrong = [...confirmation.typed].length - right;
	return wrong > 0 ? `wrong from letter ${right + 1} on; Backspace` : `${right} of ${length}, key by key`;
}
