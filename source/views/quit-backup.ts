/** Leaving while a backup is going: it ends with us, and leaves nothing. */
import {type Dialog, type Room, row, textRows} from '../components/dialog.ts';
import {emptyLine} from '../components/line.ts';
import type {Backup} from '../domain/backup.ts';
import type {HostBackup} from '../domain/host-backup-run.ts';
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

/** On a control-plane host: its script is ended and its pod removed before we go. */
export function quitHostBackupDialog(
	{node, request}: HostBackup,
	focus: Choice,
	{clusterName}: {readonly clusterName: string},
	room: Room,
	theme: Theme,
): Dialog {
	const here = request.directory === undefined ? '' : ` and from ${request.directory}`;
	return {
		title: 'Quit while a backup is going?',
		aside: clusterName,
		rows: [
			...textRows(`The backup of ${node} is not whole yet. Quitting ends it.`, room, theme),
			...textRows(`What is there of it is removed from the host${here}, and then its debug pod.`, room, theme, 2),
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
