/** Leadership did not move, or nobody knows whether it did: the run waits for a choice, for as long as it takes. */
import {buttonKeys, type Dialog, type Room, row, textRows} from '../components/dialog.ts';
import {emptyLine} from '../components/line.ts';
import type {State} from '../engine/state.ts';
import {durationText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {namesOf} from './members-shown.ts';
import {buttonRows} from './quit.ts';

type Choice = 'later' | 'other target' | 'as leader' | 'stop';

export function askingDialog(state: State, focus: Choice, choices: readonly Choice[], room: Room, theme: Theme): Dialog {
	const phase = state.run?.phase;
	if (phase?.kind !== 'asking') {
		return {title: 'The run', rows: []};
	}
	const nameOf = namesOf(state, 12, theme);
	const from = nameOf(phase.from);
	const other = phase.otherTarget === undefined ? '' : nameOf(phase.otherTarget);
	const labels: Record<Choice, string> = {
		later: 'Not now',
		'other target': `Move to ${other}`,
		'as leader': `${from} as leader`,
		stop: 'Stop the run',
	};
	return {
		title: `Leadership did not move from ${from} to ${nameOf(phase.to)}`,
		aside: state.clusterName,
		rows: [
			...textRows(
				`${phase.reason}. Nothing goes on until you choose; it waits for ${durationText(state.now - phase.since)}.`,
				room,
				theme,
			),
			...textRows(
				`As leader: ${from} is defragmented where it is; its own clients wait meanwhile, as those of any member.`,
				room,
				theme,
				3,
			),
			row(emptyLine, 1),
			...buttonRows(
				choices.map((id) => ({id, label: labels[id]})),
				focus,
				room,
				theme,
			),
			row(buttonKeys(room, theme, 'not now'), 2),
		],
	};
}
