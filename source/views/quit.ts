/** Leaving while a run is going: what goes on without us, what does not, and the choice. */
import {
	type Button,
	buttonsLine,
	type Dialog,
	type DialogRow,
	dialogCells,
	type Room,
	row,
	textRows,
} from '../components/dialog.ts';
import {blank, emptyLine, lineWidth, span} from '../components/line.ts';
import {cooldownMs} from '../domain/defrag-policy.ts';
import type {Run} from '../domain/defrag-run.ts';
import {listText} from '../domain/text.ts';
import type {State} from '../engine/state.ts';
import {cell, durationText, timeNotBefore} from '../format.ts';
import type {Theme} from '../theme.ts';
import {namesOf} from './members-shown.ts';

type Choice = 'stay' | 'stop' | 'quit';

export function quitDialog(state: State, run: Run, focus: Choice, choices: readonly Choice[], room: Room, theme: Theme): Dialog {
	const nameOf = namesOf(state, 12, theme);
	const {phase} = run;
	const atWork = 'memberId' in phase ? nameOf(phase.memberId) : undefined;
	const since = 'memberId' in phase ? durationText(state.now - phase.since) : '';
	const waiting = run.waiting.filter(({memberId}) => !('memberId' in phase) || memberId !== phase.memberId);
	const stop = atWork === undefined ? 'Stay, stop the run' : `Stay, stop after ${atWork}`;
	const labels = {stay: 'Stay', stop, quit: 'Quit'};
	const buttons: readonly Button<Choice>[] = choices.map((id) => ({id, label: labels[id]}));
	return {
		title: 'Quit while a run is going?',
		aside: state.clusterName,
		rows: [
			...(atWork === undefined ? [] : named(atWork, workText(phase, since), room, theme)),
			...(waiting.length === 0
				? []
				: named(
						waiting.length === 1 ? nameOf(waiting[0]!.memberId) : `${waiting.length} more`,
						`${waiting.length === 1 ? 'has' : `${listText(waiting.map(({memberId}) => nameOf(memberId)))} have`} not started and will not start.`,
						room,
						theme,
					)),
			...textRows(`Cooldown stands: no etcdtop on this machine starts one ${cooldownEnd(run, state)}.`, room, theme, 2),
			row(emptyLine, 1),
			...buttonRows(buttons, focus, room, theme),
		],
	};
}

function cooldownEnd({phase}: Run, {wallOffsetMs}: State): string {
	return phase.kind === 'cooling down'
		? `before ${timeNotBefore(phase.until + wallOffsetMs)}`
		: `for ${durationText(cooldownMs)} after ${'memberId' in phase ? 'it' : 'the last one'}`;
}

function workText(phase: Run['phase'], since: string): string {
	switch (phase.kind) {
		case 'defragmenting':
			return `is being defragmented for ${since}. etcd goes on by itself to the end; quitting does not stop it, and nothing can.`;
		case 'unknown':
			return `has not answered for ${since} and may still be at it. Quitting stops the watching; its outcome stays open in the journal, and nothing starts until it is known.`;
		default:
			return 'is defragmented and settles; quitting leaves nobody to see that it did.';
	}
}

/** The member's name, then the text beside it. */
function named(name: string, text: string, room: Room, theme: Theme): readonly DialogRow[] {
	const cells = 9;
	const [first, ...rest] = textRows(text, {columns: room.columns - cells}, theme);
	const left = cell(name, cells, 'left', theme.symbols.ellipsis);
	const fits = name.length < cells;
	return [
		...(fits ? [] : [row([span(name, theme.styles.strong)])]),
		row([fits ? span(left, theme.styles.strong) : blank(cells), ...(first?.line ?? [])]),
		...rest.map(({line}) => row([blank(cells), ...line])),
	];
}

/** Side by side where they fit, else below each other. */
export function buttonRows<Id extends string>(
	buttons: readonly Button<Id>[],
	focus: Id,
	room: Room,
	theme: Theme,
): readonly DialogRow[] {
	const line = buttonsLine(buttons, focus, theme, 6);
	const indent = 7;
	if (lineWidth(line) + indent <= dialogCells(room)) {
		return [row([blank(indent), ...line])];
	}
	return buttons.map((button) => row(buttonsLine([button], focus, theme, 0)));
}
