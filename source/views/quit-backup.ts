/** Leaving while a backup is going: it ends with us, and leaves nothing. */
import {type Dialog, type Room, row, textRows} from '../components/dialog.ts';
import {emptyLine} from '../components/line.ts';
import type {Backup} from '../domain/backup.ts';
import type {Theme} from '../theme.ts';
import {buttonRows} from './quit.ts';

type Choice = 'stay' | 'stop' | 'quit';

export function quitBackupDialog(
	{from, directory}: Backup,
	focus: Choice,
	{clusterName}: {readonly clusterName: string},
	room: Room,
	theme: Theme,
): Dialog {
	return {
		title: 'Quit while a backup is going?',
		aside: clusterName,
		rows: [
			...textRows(`The snapshot of ${from.name} is not whole yet. Quitting ends it.`, room, theme),
			...textRows(`What is there of it is removed from ${directory}; the cluster is not touched by that.`, room, theme, 2),
			row(emptyLine, 1),
			...buttonRows<Choice>(
				[
					{id: 'stay', label: 'Stay'},
					{id: 'quit', label: 'Quit, no backup'},
				],
				focus,
				room,
				theme,
			),
		],
	};
}
